/**
 * A number with one decimal, an exact half rounded to the even digit: 6.25 is "6.2". `toFixed` would round it up, and
 * other programs' reports of the same run would differ.
 */
export function oneDecimal(value: number): string {
  const size = Math.abs(value)
  const text = (size % 1 === 0.25 ? size - 0.05 : size).toFixed(1)
  return value < 0 ? `-${text}` : text
}

/** As {@link oneDecimal}, with its sign, also when positive. */
export function signedOneDecimal(value: number): string {
  const text = oneDecimal(value)
  return value < 0 ? text : `+${text}`
}
