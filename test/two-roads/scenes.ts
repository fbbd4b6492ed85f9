import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { continueRun, currentStep, headers, runStep, runWorkflow, trackStep, trackWorkflow } from '@runspan/sdk'

/** Real work, tracked; each scene leaves finished spans and nothing else. */
export type Scene = () => Promise<unknown>

const ignore = () => undefined
const never = () => new Promise<never>(ignore)

/** What a document can be made of, one scene for each way that a run can go. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'nested and parallel steps': () =>
    runWorkflow(
      'nested',
      { version: '1.4.0', title: 'Nested work', mode: 'nightly', tags: { team: 'data' } },
      async () => {
        await runStep('extract', { id: '7', target: 'https://example.org/a.csv' }, async () => {
          await Promise.all([1, 2, 3].map((part) => runStep(`part ${part}`, async () => runStep('deep', () => part))))
        })
        await Promise.all(
          ['a', 'b'].map((month) => runStep(month, { tags: ['monthly', month] }, async (step) => step.progress(0.25))),
        )
      },
    ),

  'retries, one that succeeds and one that is used up': () =>
    runWorkflow('retries', async () => {
      let tries = 0
      await runStep('flaky', { retry: { maxRetries: 3, delay: 1 } }, async () => {
        await runStep('inside a try', () => tries)
        tries += 1
        if (tries < 3) throw Object.assign(new Error(`busy ${tries}`), { status: 503 })
      })
      await runStep('hopeless', { retry: { maxRetries: 1, delay: 1 } }, async () => {
        throw new RangeError('always')
      }).catch(ignore)
    }),

  'a failure with its causes, through three levels': () =>
    runWorkflow('failing', () =>
      runStep('outer', () =>
        runStep('inner', async () => {
          const cause = Object.assign(new Error('connect ECONNREFUSED'), { errno: -111, code: 'ECONNREFUSED' })
          throw new AggregateError([new TypeError('one'), cause], 'all of them', { cause: new Error('why', { cause }) })
        }),
      ),
    ).catch(ignore),

  'a failure between the steps': () =>
    runWorkflow('torn', async () => {
      await runStep('first', () => 1)
      throw Object.assign(new Error('between'), { code: 42 })
    }).catch(ignore),

  'a step that skips itself': () =>
    runWorkflow('skipping', async () => {
      await runStep('publish', (step) => step.skip('it is a holiday'))
      await runStep('rest', () => 'done')
    }),

  'a run in a run': () => {
    const inner = trackWorkflow('inner run', { version: '2' }, async (n: number) => {
      await runStep('inner step', () => n)
      if (n === 2) throw new Error('the second one fails')
    })
    return runWorkflow('outer run', { runId: 'outer-1' }, async () => {
      await runStep('before', () => inner(1))
      await inner(2).catch(ignore)
    })
  },

  'a foreign span between two steps': () =>
    runWorkflow('foreign', () =>
      runStep('caller', () =>
        trace.getTracer('http').startActiveSpan('GET /orders', async (span) => {
          await runStep('callee', () => 1)
          span.end()
        }),
      ),
    ),

  'steps that join by headers, as in another process': () =>
    runWorkflow('joined', async () => {
      const carrier = await runStep('sender', () => headers())
      await context.with(ROOT_CONTEXT, () =>
        continueRun(carrier, () => runStep('receiver', () => runStep('below the receiver', () => 1))),
      )
    }),

  'a step outside any run, with steps of its own': () =>
    runStep('loose', async () => {
      await runStep('loose child', () => 1)
      await runStep('loose failure', async () => {
        throw new Error('loose')
      }).catch(ignore)
    }),

  'a time that was over': () =>
    runWorkflow('slow', async () => {
      await runStep('stuck', { timeout: 5 }, never).catch(ignore)
    }),

  'a signal that was aborted': () =>
    runWorkflow('aborted', async () => {
      const signal = AbortSignal.abort(new DOMException('the user left', 'AbortError'))
      await runStep('watched', { signal }, async (step) => step.signal.throwIfAborted()).catch(ignore)
    }).catch(ignore),

  'text of every kind': () =>
    runWorkflow('unicode 漢字 🙂', { title: 'é\u0301 \u202e rtl \u2028', runId: 'läuft/../1' }, async () => {
      await runStep('NUL \u0000 ESC \u001b[31m', { target: 'half \ud83d of a pair', tags: ['\udc00', '"\\'] }, (step) =>
        step.warn('odd \ud800 and \u0000'),
      )
      await runStep('long', { title: 'x'.repeat(70_000), target: '🙂'.repeat(40_000) }, ignore)
      await runStep('__proto__', { id: 'constructor', mode: ' ' }, ignore)
    }),

  'values that JSON and OTLP do not know': () => {
    const odd = {
      nan: Number.NaN,
      big: 2n ** 64n,
      date: new Date(Number.NaN),
      map: new Map([[1, 2]]),
      cut: 'y'.repeat(20_000),
    }
    const step = trackStep('captured', { capture: true }, async (..._given: unknown[]) => ({
      ...odd,
      ok: -0,
      tiny: 5e-324,
    }))
    return runWorkflow('hostile', { capture: true, inputs: odd }, async () => {
      await step(odd, undefined, Symbol('s'), Number.POSITIVE_INFINITY, 2 ** 53)
      await runStep('attributes', { attributes: { 'user.nan': Number.NaN, 'user.list': ['a', 'b'] } }, () => {
        currentStep().set({ 'user.big': 2 ** 60, 'user.lone': '\ud800' })
        currentStep().progress(Number.NaN)
        currentStep().progress(1 / 3)
      })
      for (const thrown of [undefined, null, Symbol('thrown'), Object.create(null), 'text', { code: 2 ** 40 }]) {
        await runStep('throws', async () => {
          throw thrown
        }).catch(ignore)
      }
    })
  },

  'the same id and name many times': () =>
    runWorkflow('many', async () => {
      await Promise.all(Array.from({ length: 60 }, (_, n) => runStep('row', { id: String(n % 4) }, () => n)))
    }),
}

/** The outcomes of the rows of each scene's documents, in their order; `9 success` is nine rows of one outcome. */
export const OUTCOMES_OF: Readonly<Record<string, readonly string[]>> = {
  'nested and parallel steps': ['9 success'],
  'retries, one that succeeds and one that is used up': ['retry retry success success success success retry failed'],
  'a failure with its causes, through three levels': ['failed failed'],
  'a failure between the steps': ['failed success'],
  'a step that skips itself': ['skipped success'],
  'a run in a run': ['success', 'failed success', 'success success failed'],
  'a foreign span between two steps': ['success success'],
  'steps that join by headers, as in another process': ['3 success'],
  'a step outside any run, with steps of its own': ['success success failed'],
  'a time that was over': ['timed_out'],
  'a signal that was aborted': ['cancelled'],
  'text of every kind': ['3 success'],
  'values that JSON and OTLP do not know': ['success success failed failed failed failed failed failed'],
  'the same id and name many times': ['60 success'],
}
