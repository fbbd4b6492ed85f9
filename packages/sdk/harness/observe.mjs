// Calls every shape with every value, wrapped or not, and prints what a caller can see, a line for each case.
// node observe.mjs plain | tracked | bare: `bare` wraps without a provider.
import { types } from 'node:util'
import { corpus } from './_corpus.mjs'
import { shapes } from './_shapes.mjs'

const mode = process.argv[2]
let track = (_name, fn) => fn
if (mode !== 'plain') {
  const sdk = await import('@runspan/sdk')
  track = sdk.trackStep
}
if (mode === 'tracked') await import('./_provider.mjs')

let unhandled = []
process.on('unhandledRejection', (reason) => unhandled.push(reason))

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** Without running any code of the value's. */
function describe(value) {
  if (types.isProxy(value)) return 'proxy'
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return `${typeof value} ${Object.is(value, -0)}`
  const prototype = Object.getPrototypeOf(value)
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return [
    typeof value,
    typeof made === 'function' ? made.name : String(prototype),
    types.isPromise(value),
    types.isGeneratorObject(value),
    Object.isExtensible(value),
    // A stream of Node counts its listeners in fields of its own, and some of them are ours.
    Array.isArray(value)
      ? value.length
      : Object.keys(value)
          .filter((key) => !/^_events/.test(key))
          .join(),
  ].join(' ')
}

async function observe(shape, make, throws) {
  const value = make()
  const seen = []
  const note = (what) => seen.push(what)
  const look = (part) => note(describe(part))
  const fn = shape.make(value, throws)
  const wrapped = track('case', fn)
  note([wrapped.name, wrapped.length, Object.prototype.toString.call(wrapped), wrapped.constructor.name].join(' '))
  let result
  try {
    result = wrapped()
    note('returned')
    if (result === value) note('the value itself')
  } catch (error) {
    note(`threw ${Object.is(error, value)}`)
    return seen
  }
  try {
    const got = shape.use(result, look)
    const isLate = types.isPromise(got) && got !== value
    const end = isLate ? await got : got
    note(`gave ${isLate} ${Object.is(end, value)} ${describe(end)}`)
  } catch (error) {
    note(`failed ${Object.is(error, value)}`)
  }
  await tick()
  note(`handled ${unhandled.length}`)
  unhandled = []
  // The same again, with nobody to wait for it.
  const other = make()
  const again = track('case', shape.make(other, throws))
  try {
    const left = again()
    if (types.isPromise(left)) await tick()
    await tick()
  } catch (error) {
    note(`threw again ${Object.is(error, other)}`)
  }
  note(`unhandled ${unhandled.length} ${unhandled.every((reason) => Object.is(reason, other))}`)
  unhandled = []
  return seen
}

const lines = []
for (const [name, shape] of Object.entries(shapes)) {
  for (let n = 0; n < corpus.length; n += 1) {
    for (const throws of [false, true]) {
      lines.push(
        `${name} ${n} ${throws ? 'throws' : 'gives'}: ${(await observe(shape, corpus[n], throws)).join(' | ')}`,
      )
    }
  }
}
process.stdout.write(`${JSON.stringify({ values: corpus.length, shapes: Object.keys(shapes).length, lines })}\n`)
