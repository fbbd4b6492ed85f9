import { maskControls } from '@runspan/results/terminal'
import { EXIT } from '../cli-error.js'
import { resolveDoctor } from '../config.js'
import type { Output } from '../output.js'
import type { Check } from './check.js'
import { checkEndpoints } from './check-endpoints.js'
import { checkFolder } from './check-folder.js'
import { checkNode } from './check-node.js'
import { checkPackages } from './check-packages.js'
import { checkVariables } from './check-variables.js'

/** Looks at all that tracking needs, and says how to mend what is not well; gives the exit code. */
export async function doctor(output: Output): Promise<number> {
  const { resultsDir, variables } = resolveDoctor()
  const checks = [
    checkNode(),
    ...checkPackages(process.cwd()),
    ...checkFolder(resultsDir),
    ...checkVariables(variables),
    ...(await checkEndpoints(variables)),
  ]
  for (const check of checks) writeCheck(check, output)
  return checks.some(({ state }) => state === 'FAIL') ? EXIT.bad : EXIT.well
}

function writeCheck({ state, name, text, fix }: Check, output: Output): void {
  if (output.form === 'json') {
    output.line(JSON.stringify({ check: name, state, text, fix }))
    return
  }
  const masked = [name, text, fix ?? ''].map(maskControls)
  if (output.form === 'pipe') {
    output.line([state, ...masked].join('\t'))
    return
  }
  output.line(`${state.padEnd(6)}${masked[0]}: ${masked[1]}`)
  if (fix !== null) output.line(`      fix: ${masked[2]}`)
}
