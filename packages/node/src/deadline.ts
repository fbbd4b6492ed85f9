/** Waits for work, but no longer than `ms` milliseconds; says whether the work was done in time. Never rejects. */
export async function withDeadline(
  work: Promise<unknown>,
  ms: number,
  onError: (error: unknown) => void,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((settle) => {
    timer = setTimeout(() => settle(false), ms)
  })
  const done = work.then(
    () => true,
    (error: unknown) => {
      onError(error)
      return true
    },
  )
  const inTime = await Promise.race([done, late])
  clearTimeout(timer)
  return inTime
}
