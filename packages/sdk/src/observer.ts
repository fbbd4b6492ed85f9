/** What is done when a call has come to its end. Of the three ends the first one counts. None of them throws. */
export interface Observer {
  /** The value of a call that returned or resolved. */
  readonly onValue: (value: unknown) => void
  /** What a call threw or rejected with. */
  readonly onError: (error: unknown) => void
  /** The caller let go of what it got; the reason is undefined where it may well have been all it wanted. */
  readonly onAbandoned: (reason: string | undefined) => void
  /** Runs code in the call's own context: each part of a generator's body. */
  readonly within: <T>(work: () => T) => T
}

interface Watch {
  /** What it means when the caller lets go of it now. */
  reason: string | undefined
  over: boolean
  readonly observers: Observer[]
}

const watches = new WeakMap<object, Watch>()
// A watch must not hold the object it is about, or that would never be given up.
const abandoned = new FinalizationRegistry<Watch>((watch) => {
  if (!watch.over) for (const observer of watch.observers.splice(0)) observer.onAbandoned(watch.reason)
})

/** The ends of an object that several calls may have returned: it is changed once, and all hear of it. */
export interface Ending {
  readonly observers: readonly Observer[]
  begin(): void
  value(value: unknown): void
  error(error: unknown): void
}

/**
 * Lets an observer hear of the end of an object. `intercept` changes the object so that the ending is told; it is
 * called for the first observer only, and gives false when the object cannot be changed. Then so does this.
 *
 * @param unused what it means when nobody ever begins to use the object; undefined when that is no fault.
 */
export function watch(
  object: object,
  observer: Observer,
  intercept: (ending: Ending) => boolean,
  unused?: string,
): boolean {
  const known = watches.get(object)
  if (known !== undefined) {
    if (known.over) return false
    known.observers.push(observer)
    return true
  }
  const made: Watch = { reason: unused, over: false, observers: [observer] }
  if (!intercept(endingOf(made))) return false
  watches.set(object, made)
  abandoned.register(object, made)
  return true
}

function endingOf(made: Watch): Ending {
  const end = (tell: (observer: Observer) => void) => {
    if (made.over) return
    made.over = true
    for (const observer of made.observers.splice(0)) tell(observer)
  }
  return {
    observers: made.observers,
    begin: () => {
      made.reason = 'it was given up before its end'
    },
    value: (value) => end((observer) => observer.onValue(value)),
    error: (error) => end((observer) => observer.onError(error)),
  }
}

/** A member of an object or of what it inherits from, without running the code behind a getter. */
export function findMember(object: object, name: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** True when the object has that method; one behind a getter does not count. */
export function hasMethod(object: object, name: PropertyKey): boolean {
  return typeof findMember(object, name)?.value === 'function'
}

/** Gives an object an own member, listed only if it had one of that name that was; false when it takes none. */
export function define(object: object, name: PropertyKey, value: unknown): boolean {
  const enumerable = Object.getOwnPropertyDescriptor(object, name)?.enumerable === true
  return Reflect.defineProperty(object, name, { value, configurable: true, writable: true, enumerable })
}
