/** Prints one figure against its gate. */
export function report(id, what, figure, gate, unit, detail = '') {
  const met = figure >= gate ? 'gate met' : 'gate missed'
  const shown = unit === 'x' ? `${figure.toFixed(2)}x` : `${(figure / 1000).toFixed(0)} k ${unit}`
  const wanted = unit === 'x' ? `${gate}x` : `${gate / 1000} k`
  console.log(`${id}  ${what.padEnd(58)} ${shown.padStart(18)}  (gate ${wanted})  ${met}${detail && `  ${detail}`}`)
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** CPU seconds that `work` takes in this process. */
export async function cpuSeconds(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
