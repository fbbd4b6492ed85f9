// Ends the process in one of the ways a program ends, with the same code wrapped or not.
// node crash.mjs plain | tracked <case>
import { setTimeout as sleep } from 'node:timers/promises'

const [mode, name] = process.argv.slice(2)
let track = (_name, fn) => fn
if (mode !== 'plain') {
  await import('./_provider.mjs')
  const sdk = await import('@runspan/sdk')
  track = sdk.trackStep
}

const failing = (error) =>
  track('s', () => {
    throw error
  })
const rejecting = (error) =>
  track('s', async () => {
    await sleep(1)
    throw error
  })

const cases = {
  'a throw that nobody catches': () => failing(new TypeError('thrown'))(),
  'a thrown text': () => failing('just text')(),
  'a thrown undefined': () => failing(undefined)(),
  'a thrown object': () => failing({ a: 1 })(),
  'a throw from a timer': () => void setTimeout(failing(new Error('timer')), 1),
  'a rejection that nobody handles': () => void rejecting(new RangeError('rejected'))(),
  'a rejected text': () => void rejecting('just text')(),
  'a rejected promise with members': () =>
    void track('s', () => Object.assign(Promise.reject(new Error('members')), { a: 1 }))(),
  'a rejection that is handled': () => void rejecting(new Error('handled'))().catch(() => console.error('handled')),
  'a rejection that is handled late': async () => {
    process.on('rejectionHandled', () => console.error('handled late'))
    process.on('unhandledRejection', () => console.error('unhandled'))
    const late = rejecting(new Error('late'))()
    await sleep(20)
    late.catch(() => {})
  },
  'a stream that breaks': () =>
    void track('s', () => import('node:stream').then(({ PassThrough }) => new PassThrough()))().then((stream) =>
      stream.destroy(new Error('stream')),
    ),
  'an exit in the middle': () => track('s', () => process.exit(3))(),
  'an exit code that was set': () =>
    track('s', () => {
      process.exitCode = 4
    })(),
  'a step that never settles': () => void track('s', () => new Promise(() => {}))(),
  'a signal': () => {
    setTimeout(() => {}, 5_000)
    track('s', () => process.kill(process.pid, 'SIGTERM'))()
  },
  'a warning of its own': () => track('s', () => process.emitWarning('own'))(),
  'a natural end': () => track('s', () => console.error('said'))(),
}

if (name === '--list') console.log(JSON.stringify(Object.keys(cases)))
else await cases[name]()
