/** True when everything is to be shown in full, by `npm run torture`; else a short form of it runs with the other tests. */
export const FULL = process.env.MODE === 'torture'

/** The number for the full form, or the one for the short form. */
export function scale(full: number, short: number): number {
  return FULL ? full : short
}

/** Calls `work` for 0 to `count - 1`, so many at a time. */
export async function inTurns(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) {
      const index = next
      next += 1
      await work(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane))
}
