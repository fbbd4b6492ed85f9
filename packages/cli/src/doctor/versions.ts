/** The numbers of a version: `2.12.0-rc.1` is 2, 12 and 0. */
export function versionNumbers(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/[-+].*$/, '')
    .split('.')
    .map(Number)
  return [major, minor, patch]
}

/** Below 0 when the first is the older one, above 0 when it is the younger one. */
export function compareVersions(a: string, b: string): number {
  const other = versionNumbers(b)
  const differences = versionNumbers(a).map((number, index) => number - (other[index] ?? 0))
  return differences.find((difference) => difference !== 0) ?? 0
}
