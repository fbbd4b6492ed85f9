import { type Check, fail, ok, warn } from './check.js'
import { type Copy, findCopies } from './installed.js'
import { compareVersions, versionNumbers } from './versions.js'

const API = '@opentelemetry/api'
const LEAST_API = '1.9.0'
/** The first API that the 2.x line of the SDK does not take. */
const API_OF_3 = '1.10.0'

/** What makes spans: which of these a program has depends on its set-up and on the line. */
const SDK = ['@opentelemetry/sdk-trace-base', '@opentelemetry/sdk-trace-node', '@opentelemetry/sdk-trace']

/** The copies and versions of OpenTelemetry that programs in that folder would load. */
export function checkPackages(cwd: string): Check[] {
  const copies = findCopies(cwd, [API, ...SDK])
  const sdk = copies.filter(({ name }) => name !== API)
  return [
    checkApi(
      copies.filter(({ name }) => name === API),
      sdk,
    ),
    checkSdk(sdk),
  ]
}

function checkApi(copies: readonly Copy[], sdk: readonly Copy[]): Check {
  const [first] = copies
  if (first === undefined) {
    const text = 'is not installed where programs in this folder look for it; without it nothing is tracked'
    return warn(API, text, `npm install ${API}@1.9.1`)
  }
  const wrong = copies.find(({ version }) => compareVersions(version, LEAST_API) < 0 || versionNumbers(version)[0] > 1)
  if (wrong !== undefined) {
    const text = `${wrong.version} in ${wrong.folder} is not from ${LEAST_API} to below 2; spans made through it are lost`
    return fail(API, text, `npm install ${API}@1.9.1`)
  }
  if (copies.length > 1) {
    const text = `${copies.length} copies: ${listed(copies)}; spans made through one may not reach the other`
    return warn(API, text, `npm dedupe && npm ls ${API}`)
  }
  if (compareVersions(first.version, API_OF_3) >= 0 && sdk.some(({ version }) => versionNumbers(version)[0] === 2)) {
    return warn(API, `${first.version} is not for the SDK 2.x that is installed`, `npm install ${API}@1.9.1`)
  }
  return ok(API, `${first.version}, one copy`)
}

function checkSdk(copies: readonly Copy[]): Check {
  const name = 'OpenTelemetry SDK'
  if (copies.length === 0) {
    const text = 'is not installed where programs in this folder look for it; nothing records what is wrapped'
    return warn(name, text, 'npm install @runspan/node')
  }
  const majors = new Set(copies.map(({ version }) => versionNumbers(version)[0]))
  if (majors.size > 1) return warn(name, `several lines at once: ${listed(copies)}`, `npm ls ${SDK.join(' ')}`)
  if (majors.has(2)) {
    const twice = SDK.find((one) => copies.filter((copy) => copy.name === one).length > 1)
    if (twice === undefined) return ok(name, listed(copies))
    return warn(name, `several copies of ${twice}: ${listed(copies)}`, `npm dedupe && npm ls ${twice}`)
  }
  const [first] = copies as [Copy, ...Copy[]]
  if (versionNumbers(first.version)[0] < 2) {
    return warn(name, `${listed(copies)} is older than 2.0, the first line that is tested`, 'npm install @runspan/node')
  }
  // The two lines in one install are refused by npm: here the user's own set-up stays.
  const text = `${listed(copies)}: startRunspan() needs 2.x. Add to your own set-up, both from @runspan/exporter: sampler: workflowSampler(yourSampler), spanProcessors: [new WorkflowResultsProcessor()]`
  return warn(name, text, 'npm install @runspan/exporter')
}

function listed(copies: readonly Copy[]): string {
  const several = new Set(copies.map(({ name }) => name)).size < copies.length
  return copies.map(({ name, version, folder }) => `${name} ${version}${several ? ` in ${folder}` : ''}`).join(', ')
}
