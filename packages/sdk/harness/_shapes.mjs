// The ways a function can give or throw a value. `make(value, throws)` gives the function; `use(result)` does with its
// result what a caller does, and gives what came of it.
const THEN = 'then'

const deferred = (value, throws) =>
  new Promise((resolve, reject) => setImmediate(() => (throws ? reject(value) : resolve(value))))
const settled = (value, throws) => (throws ? Promise.reject(value) : new Promise((resolve) => resolve(value)))

class Subclass extends Promise {
  extra() {
    return 1
  }
}

const awaited = async (result, look) => {
  look(result)
  return await result
}

export const shapes = {
  sync: {
    make: (value, throws) => () => {
      if (throws) throw value
      return value
    },
    use: (result) => result,
  },
  async: {
    make: (value, throws) => async () => {
      await null
      if (throws) throw value
      return value
    },
    use: awaited,
  },
  settled: { make: (value, throws) => () => settled(value, throws), use: awaited },
  deferred: { make: (value, throws) => () => deferred(value, throws), use: awaited },
  subclass: {
    make: (value, throws) => () => (throws ? Subclass.reject(value) : new Subclass((resolve) => resolve(value))),
    use: awaited,
  },
  members: {
    make: (value, throws) => () => Object.assign(settled(value, throws), { cancel: () => 'cancelled' }),
    use: awaited,
  },
  thenable: {
    make: (value, throws) => () => {
      let calls = 0
      return {
        [THEN](ok, failed) {
          calls += 1
          return settled(value, throws).then(ok, failed)
        },
        calls: () => calls,
      }
    },
    use: async (result, look) => {
      look(result)
      const before = result.calls()
      try {
        return await result
      } finally {
        look({ before, after: result.calls() })
      }
    },
  },
  generator: {
    make: (value, throws) =>
      function* () {
        const sent = yield value
        if (throws) throw value
        return sent
      },
    use: (result, look) => {
      look(result)
      const first = result.next()
      look(first.done)
      const last = result.next(first.value)
      look(last.done)
      return last.value
    },
  },
  asyncGenerator: {
    make: (value, throws) =>
      async function* () {
        yield 1
        if (throws) throw value
        return value
      },
    use: async (result, look) => {
      look(result)
      look((await result.next()).value)
      const last = await result.next()
      look(last.done)
      return last.value
    },
  },
}
