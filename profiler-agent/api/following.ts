// Follows what a declared function gave back to the end of the work behind it. Whoever called gets the very thing, or a promise that settles alike.

/** The span whose function gave something back. */
export interface Followed {
  /** The work is over, or would be if nobody took anything from the stream that it gave; `value` is what it came to. */
  readonly ended: (value?: unknown) => void
  readonly failed: () => void
  /** Runs in the context of the span. */
  readonly run: <Result>(work: () => Result) => Result
}

/** Gives `result` on. Throws nothing of its own. */
export function follow<Result>(result: Result, span: Followed): Result {
  try {
    if (isPlainPromise(result)) return followPromise(result, span) as Result
    if (isThenable(result)) followThenable(result, span)
    else if (isIterator(result)) followIterator(result, span)
    else {
      span.ended(result)
      if (isAsyncIterable(result)) followIterable(result, span)
    }
  } catch {
    // A frozen object, or a proxy that answers everything: its span is over now.
    span.ended()
  }
  return result
}

/** Another promise than the one given, because listening to that one would silence the report of a rejection that nobody handles. */
function followPromise(promise: Promise<unknown>, span: Followed): Promise<unknown> {
  return promise.then(
    (value) => follow(value, span),
    (error) => {
      span.failed()
      throw error
    },
  )
}

/** Does the first of the things that it is given. */
function onlyOnce(): (work: () => void) => void {
  let isDone = false
  return (work) => {
    if (!isDone) work()
    isDone = true
  }
}

type Callback = ((value: unknown) => unknown) | null | undefined

/**
 * Promises of a make of their own are given on as they are: they have methods of their own, and some start their work, or read a body,
 * only when somebody asks for it.
 */
function followThenable(thenable: PromiseLike<unknown>, span: Followed): void {
  const { then } = thenable
  const once = onlyOnce()
  override(thenable, 'then', function (this: unknown, onValue: Callback, onError: Callback): unknown {
    return Reflect.apply(then, this, [
      (value: unknown) => {
        once(() => follow(value, span))
        return typeof onValue === 'function' ? onValue(value) : value
      },
      (error: unknown) => {
        once(span.failed)
        if (typeof onError === 'function') return onError(error)
        throw error
      },
    ])
  })
}

type Step = { readonly done?: boolean } | PromiseLike<{ readonly done?: boolean }>
type Method = (this: unknown, ...args: unknown[]) => Step

/** What a generator does it does while somebody takes from it: in the context of its span, wherever that is. */
function followIterator(iterator: object, span: Followed): void {
  const once = onlyOnce()
  const ended = () => once(() => span.ended())
  const failed = () => once(span.failed)
  for (const name of ['next', 'return', 'throw']) {
    const method = Reflect.get(iterator, name) as Method | undefined
    if (typeof method !== 'function') continue
    override(iterator, name, function (this: unknown, ...args: unknown[]): unknown {
      try {
        return watchStep(
          span.run(() => Reflect.apply(method, this, args)),
          { ended, failed },
        )
      } catch (error) {
        failed()
        throw error
      }
    })
  }
}

function watchStep(step: Step, { ended, failed }: Pick<Followed, 'ended' | 'failed'>): unknown {
  const look = (settled: Step) => {
    if ((settled as { readonly done?: boolean } | undefined)?.done === true) ended()
    return settled
  }
  if (!isPlainPromise(step)) return look(step)
  return step.then(look, (error) => {
    failed()
    throw error
  })
}

/** A stream ends its span again when it has been read. */
function followIterable(iterable: AsyncIterable<unknown>, span: Followed): void {
  const iterate = iterable[Symbol.asyncIterator]
  override(iterable, Symbol.asyncIterator, function (this: unknown, ...args: unknown[]): unknown {
    const iterator: unknown = span.run(() => Reflect.apply(iterate, this, args))
    if (isObject(iterator)) followIterator(iterator, span)
    return iterator
  })
}

/** Not enumerable, as the method of the prototype is not. Throws where the object takes nothing. */
function override(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isPlainPromise(value: unknown): value is Promise<never> {
  return (
    isObject(value) && Object.getPrototypeOf(value) === Promise.prototype && !Object.hasOwn(value, 'then')
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof Reflect.get(value, 'then') === 'function'
}

function isIterator(value: unknown): value is object {
  if (!isObject(value) || typeof Reflect.get(value, 'next') !== 'function') return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && typeof Reflect.get(value, Symbol.asyncIterator) === 'function'
}
