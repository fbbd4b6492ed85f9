const KINDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']

/** A manifest, or an entry of the lock file, in which every package of ours has the new version. */
export function withVersion(manifest, version, ours) {
  const result = { ...manifest }
  if (manifest.version !== undefined && ours.has(manifest.name)) result.version = version
  for (const kind of KINDS) {
    if (manifest[kind] === undefined) continue
    const moved = Object.entries(manifest[kind]).map(([name, range]) => [name, ours.has(name) ? version : range])
    result[kind] = Object.fromEntries(moved)
  }
  return result
}

/** Packages in an order in which each comes after those it depends on, so that no install meets a gap. */
export function inPublishOrder(manifests) {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]))
  const ordered = new Set()
  const visit = (manifest, path) => {
    if (path.includes(manifest.name))
      throw new Error(`The packages need each other: ${[...path, manifest.name].join(' > ')}`)
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const needed = byName.get(name)
      if (needed !== undefined && !ordered.has(needed)) visit(needed, [...path, manifest.name])
    }
    ordered.add(manifest)
  }
  for (const manifest of manifests) if (!ordered.has(manifest)) visit(manifest, [])
  return [...ordered]
}

/** The text below `## <version>` in a changelog, or undefined. */
export function changesOf(changelog, version) {
  const [, ...sections] = changelog.split(/^## /m)
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version)
  return section?.slice(section.indexOf('\n') + 1).trim() || undefined
}
