import type { Delivery, Sink } from './sink.js'

/**
 * Hands a document to every sink. Says whether all of them took it: at once when they all answer at once, so that a
 * document in a file is there before its run's caller goes on.
 */
export function deliver(
  sinks: readonly Sink[],
  delivery: Delivery,
  report: (message: string) => void,
): boolean | Promise<boolean> {
  let taken = true
  const later: Promise<boolean>[] = []
  const fail = (sink: Sink, error: unknown): false => {
    report(`the sink '${sink.name}' did not take a document: ${messageOf(error)}`)
    return false
  }
  for (const sink of sinks) {
    try {
      const answer = sink.write(delivery)
      if (answer !== undefined)
        later.push(
          Promise.resolve(answer).then(
            () => true,
            (error) => fail(sink, error),
          ),
        )
    } catch (error) {
      taken = fail(sink, error)
    }
  }
  if (later.length === 0) return taken
  return Promise.all(later).then((answers) => taken && answers.every(Boolean))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
