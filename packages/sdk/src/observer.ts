import { guard } from './report.js'

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
  /** Has `check` called before the run ends, or soon where there is none: see {@link Kind.isLeft}. */
  readonly checkLater: (check: () => void) => void
}

interface Watch {
  /** What it means when the caller lets go of it now. */
  reason: string | undefined
  begun: boolean
  over: boolean
  readonly observers: Set<Observer>
}

/** How a kind of object comes to its end. */
export interface Kind<T extends object> {
  /** Changes the object so that its end is told; false when it cannot be changed. */
  readonly intercept: (object: T, ending: Ending) => boolean
  /** What it means when nobody ever begins to use it; undefined when that is no fault. */
  readonly unused?: string
  /** True when the end of such an object may never be heard: the call that returned it ended when it did. */
  readonly isLeft?: (object: T, begun: boolean) => boolean
}

const watches = new WeakMap<object, Watch>()
// A watch must not hold the object it is about, or that would never be given up.
const abandoned = new FinalizationRegistry<Watch>((watch) => {
  if (!watch.over) tell(watch, (observer) => observer.onAbandoned(watch.reason))
})

/** The ends of an object that several calls may have returned: it is changed once, and all hear of it. */
export interface Ending {
  readonly observers: ReadonlySet<Observer>
  begin(): void
  value(value: unknown): void
  error(error: unknown): void
}

/**
 * Lets an observer hear of the end of an object, which is changed for the first of them only. False when it cannot be
 * changed, or is over already.
 */
export function watch<T extends object>(
  object: T,
  { intercept, unused, isLeft }: Kind<T>,
  observer: Observer,
): boolean {
  let made = watches.get(object)
  if (made?.over) return false
  if (made === undefined) {
    made = { reason: unused, begun: false, over: false, observers: new Set() }
    if (!intercept(object, endingOf(made))) return false
    watches.set(object, made)
    abandoned.register(object, made)
  }
  made.observers.add(observer)
  if (isLeft !== undefined) checkLater(made, new WeakRef(object), isLeft, observer)
  return true
}

function checkLater<T extends object>(
  watch: Watch,
  weak: WeakRef<T>,
  isLeft: (object: T, begun: boolean) => boolean,
  observer: Observer,
): void {
  observer.checkLater(() => {
    const object = weak.deref()
    const left = object === undefined || guard('a result could not be looked at', () => isLeft(object, watch.begun))
    if (!left || !watch.observers.delete(observer)) return
    observer.onAbandoned(object === undefined ? watch.reason : undefined)
  })
}

function endingOf(made: Watch): Ending {
  return {
    observers: made.observers,
    begin: () => {
      made.begun = true
      made.reason = 'it was given up before its end'
    },
    value: (value) => tell(made, (observer) => observer.onValue(value)),
    error: (error) => tell(made, (observer) => observer.onError(error)),
  }
}

function tell(watch: Watch, end: (observer: Observer) => void): void {
  watch.over = true
  const { observers } = watch
  for (const observer of observers) {
    observers.delete(observer)
    end(observer)
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
