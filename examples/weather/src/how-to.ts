/** All it takes to do the same with a function of one's own. */
export const HOW_TO = [
  "import { startRunspan } from '@runspan/node'",
  "import { trackWorkflow } from '@runspan/sdk'",
  "const runspan = startRunspan({ serviceName: 'my-service' })",
  "await trackWorkflow('my_job', async () => console.log('your code here'))()",
  'await runspan.shutdown()',
] as const
