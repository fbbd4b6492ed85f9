import { startRunspan } from '@runspan/node'
import { createApp } from './app.js'

const runspan = startRunspan({ serviceName: 'summary-service' })
const server = createApp().listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})

process.once('SIGTERM', () => {
  server.close(async () => {
    await runspan.shutdown()
    process.exit(0)
  })
})
