/** What is to be done at once when the process ends; one listener for all, however many there are. */
const last = new Set<() => void>()

function doLast(): void {
  for (const work of last) work()
}

/** Does this when the process ends, unless it is taken back: returns how. */
export function atExit(work: () => void): () => void {
  if (last.size === 0) process.on('exit', doLast)
  last.add(work)
  return () => {
    last.delete(work)
    if (last.size === 0) process.off('exit', doLast)
  }
}
