import * as imports from './import-rules.js'
import * as manifests from './manifest-rules.js'
import * as text from './text-rules.js'
import type { Rule } from './tree.js'

/** What holds for the whole repository, by the sentence that says it. */
export const RULES: Readonly<Record<string, Rule>> = {
  'every package is in the table of packages': imports.packagesAreKnown,
  'a package imports only what the table allows': imports.importsFollowTheTable,
  'what a package imports, its manifest declares': imports.importsAreDeclared,
  'results/core imports nothing from outside core': imports.coreImportsNothing,
  'a relative import stays inside its package': imports.relativeImportsStayInside,
  'no files import each other in a circle': imports.noImportCircles,
  'nobody imports an index of their own package': imports.nobodyImportsTheirOwnIndex,
  'nothing is exported with a star': imports.noStarExports,
  'an index holds named exports and nothing else': imports.indexesOnlyExport,
  "only a package's config.ts reads the environment": imports.onlyConfigReadsTheEnvironment,
  'the top level holds only what the design names': text.topLevelIsShort,
  'no file has more than 400 lines': text.filesAreShort,
  'a file is named for the noun or verb it owns': text.filesAreNamedForWhatTheyOwn,
  'no folder holds only an index': text.noFolderForAnIndexAlone,
  'an attribute name is spelled in one file': text.attributeNamesHaveOneOwner,
  'a metric name is spelled in one file': text.metricNamesHaveOneOwner,
  'no file names a registry, one machine or unfinished work': text.noLeftovers,
  'no test is left out': text.noTestIsLeftOut,
  'OpenTelemetry is pinned to one line': manifests.openTelemetryIsPinned,
  'libraries take the OpenTelemetry API as a peer': manifests.theApiIsAPeer,
  'manifests agree on licence, engine, names and versions': manifests.manifestsAgree,
  'the lock file names no registry and has an integrity for everything': manifests.lockIsPortable,
  'the lock file serves every platform': manifests.lockNamesEveryPlatform,
  'one copy of the OpenTelemetry API is installed': manifests.oneOpenTelemetryApi,
}
