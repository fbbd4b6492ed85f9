import { join } from 'node:path'
import { startCollector } from '@runspan/collector'
import type { DetailedDocument } from '@runspan/results'
import type { Config } from './config.js'

/** A collector of this process, which gets the same spans over OTLP and rebuilds the same document from them. */
export interface SecondRoad {
  /** Where spans go; undefined when there is no collector. */
  readonly url: string | undefined
  /** One line on whether the collector's document is the one on disk. */
  compare(document: DetailedDocument): Promise<string>
  close(): Promise<void>
}

/** Starts the collector on a free port; a second pipeline at the same time finds its store taken and goes on without. */
export async function openSecondRoad(config: Config): Promise<SecondRoad> {
  if (config.endpoint !== undefined) return without(`spans go to ${config.endpoint}`)
  if (config.store === undefined) return without('no documents are kept')
  try {
    const collector = await startCollector({ store: join(config.store, 'runs.db'), port: 0 })
    return {
      url: collector.url,
      compare: (document) => compare(collector.url, document),
      close: () => collector.close(),
    }
  } catch (error) {
    return without((error as Error).message)
  }
}

function without(why: string): SecondRoad {
  return { url: undefined, compare: async () => `in process only: ${why}`, close: async () => {} }
}

async function compare(url: string, document: DetailedDocument): Promise<string> {
  const answer = await fetch(`${url}/api/runs/${document.run.key}/document?detail=1`)
  if (!answer.ok) return `DIFFER: over OTLP the collector answers ${answer.status}`
  const received = (await answer.json()) as DetailedDocument
  return essence(received) === essence(document)
    ? 'agree: the document made in process and the one rebuilt from OTLP are the same'
    : `DIFFER: see ${url}`
}

/** Everything but how the document came to be, which is what differs by road. */
function essence({ provenance: _, ...rest }: DetailedDocument): string {
  return JSON.stringify(rest)
}
