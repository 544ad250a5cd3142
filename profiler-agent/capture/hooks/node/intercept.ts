// Sees the calls of one method of one object, before they happen. The object, its listeners and what the method does stay as they are.

import { quietly } from './quietly'

/** Calls `before` with the arguments of each call of `target[name]`; what `before` throws is nobody's concern. */
export function intercept(target: object, name: string, before: (args: readonly unknown[]) => void): void {
  const original: unknown = Reflect.get(target, name)
  if (typeof original !== 'function') return
  const value = new Proxy(original, {
    apply(method, self, args: unknown[]) {
      quietly(() => before(args))
      return Reflect.apply(method, self, args)
    },
  })
  // Not enumerable, as the method on the prototype is not.
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

/** Copies what is written to a stream: `write(chunk, encoding?)` and `end(chunk?, encoding?)`. */
export function interceptWrites(stream: object, onChunk: (chunk: unknown, encoding: unknown) => void): void {
  intercept(stream, 'write', ([chunk, encoding]) => onChunk(chunk, encoding))
  intercept(stream, 'end', ([chunk, encoding]) => {
    if (typeof chunk !== 'function') onChunk(chunk, encoding)
  })
}
