// Times variants in turns, round by round, on the CPU clock, and compares them within each round: the machine may be
// twice as slow a minute later, but it is so for both.
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Microseconds per call of each variant, round by round. */
export async function timeRounds(variants, { rounds = 25, calls = 4_000, warmUp = 8 } = {}) {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(variants)) {
      const before = cpuMs()
      await run(calls)
      if (round >= 0) times[name].push(((cpuMs() - before) * 1_000) / calls)
    }
  }
  return times
}

/** The median of the rounds' ratios of two variants, and how far the middle half of them reaches. */
export function ratio(times, name, base) {
  const ratios = times[name].map((time, round) => time / times[base][round]).sort((a, b) => a - b)
  const at = (part) => ratios[Math.floor(ratios.length * part)]
  return { ratio: median(ratios), low: at(0.25), high: at(0.75), us: median(times[name]), base: median(times[base]) }
}

/** Prints a figure and whether it is within its gate. */
export function say(id, what, { ratio: found, low, high, us, base }, gate) {
  const verdict = gate === undefined ? '' : found <= gate ? `gate met (${gate})` : `gate missed (${gate})`
  const spread = `${low.toFixed(2)}-${high.toFixed(2)}`
  console.log(
    `${id.padEnd(4)} ${what.padEnd(52)} ${found.toFixed(2)}x  ${spread}  ${us.toFixed(2)} us to ${base.toFixed(2)} us  ${verdict}`,
  )
}
