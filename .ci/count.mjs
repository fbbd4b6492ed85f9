// Prints `passed failed skipped` of a test run from its JSON report.
import { existsSync, readFileSync } from 'node:fs'

/** A file that could not even be loaded has no test to fail: it counts as one. */
function countTests(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

const path = process.argv[2]
// Without a report the run ended before its first test: one failure.
const counts = existsSync(path)
  ? countTests(JSON.parse(readFileSync(path, 'utf8')))
  : { passed: 0, failed: 1, skipped: 0 }
process.stdout.write(`${counts.passed} ${counts.failed} ${counts.skipped}\n`)
