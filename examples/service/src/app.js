import { continueRun } from '@runspan/sdk'
import express from 'express'
import { summarise, UnreadableError } from './summarise.js'

/** A service with one job: POST a CSV file to /summaries, get what its columns of numbers hold. */
export function createApp() {
  const app = express()
  app.disable('x-powered-by')
  app.post('/summaries', express.text({ type: 'text/csv', limit: '5mb' }), async (request, response) => {
    try {
      // A caller that is itself in a run gets these steps into its document; everybody else gets a run of their own.
      const summary = await continueRun(request.headers, () => summarise(request.body))
      response.json(summary)
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error
      response.status(422).json({ error: error.message })
    }
  })
  return app
}
