// Writes the dashboards as Grafana reads them. With --check it writes nothing, and fails when they are not up to date.
//   node examples/stack/dashboards/build.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { oneWorkflow } from './one-workflow.mjs'
import { workflows } from './workflows.mjs'

const check = process.argv.includes('--check')
for (const [name, builder] of Object.entries({ workflows, 'one-workflow': oneWorkflow })) {
  const path = new URL(`../grafana/dashboards/${name}.json`, import.meta.url)
  const built = JSON.parse(JSON.stringify(builder.build()))
  if (!check) writeFileSync(path, `${JSON.stringify(built, null, 2)}\n`)
  else if (!isDeepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), built)) {
    console.error(`${path.pathname} is not what the script builds; run it without --check`)
    process.exitCode = 1
  }
}
