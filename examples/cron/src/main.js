// Keeps compressed copies of a folder's files: node main.js FOLDER BACKUPS [KEEP_DAYS]
import { startRunspan } from '@runspan/node'
import { backup } from './backup.js'

const [folder, backups, days = '30'] = process.argv.slice(2)
if (folder === undefined || backups === undefined || !(Number(days) >= 0)) {
  console.error('Usage: node main.js FOLDER BACKUPS [KEEP_DAYS]')
  process.exit(2)
}

const runspan = startRunspan({ serviceName: 'backup' })
try {
  const { copied, removed } = await backup(folder, backups, Number(days))
  console.log(`${copied} files copied, ${removed} old copies removed`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
await runspan.shutdown()
