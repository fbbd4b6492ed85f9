// Known weaknesses of what users install, by `npm audit`. Not every registry answers it: then that is said, and nothing
// is claimed.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNpm } from './run-command.mjs'

/** Advisories looked at and found not to concern us, each until a day: `'GHSA-…': { until: '2027-02-01', why: '…' }`. */
const ACCEPTED = {}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const today = new Date().toISOString().slice(0, 10)

function advisoriesOf(report) {
  const via = Object.values(report.vulnerabilities ?? {}).flatMap((entry) => entry.via)
  const named = via.filter((cause) => typeof cause === 'object').map((cause) => [cause.url.split('/').at(-1), cause])
  return new Map(named)
}

const { stdout } = runNpm(['audit', '--omit=dev', '--json'], { cwd: root })
let report
try {
  report = JSON.parse(stdout)
} catch {
  // No JSON at all is no answer either.
  report = { error: {} }
}

if (report.error !== undefined || report.auditReportVersion === undefined) {
  process.stdout.write(
    `npm audit: this registry gives no answer (${report.statusCode ?? 'no report'}); nothing was checked\n`,
  )
} else {
  const advisories = advisoriesOf(report)
  const open = [...advisories].filter(([id]) => !(ACCEPTED[id]?.until >= today))
  process.stdout.write(`npm audit: ${advisories.size} advisories, ${open.length} not accepted\n`)
  for (const [id, { title, name, severity }] of open) process.stderr.write(`${id} ${severity} in ${name}: ${title}\n`)
  process.exitCode = open.length === 0 ? 0 : 1
}
