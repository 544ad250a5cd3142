// What the copies of this module in a process, and the hook, find of each other: one object under one global symbol.

/** What the module exports. */
export type Api = typeof import('./api')

/** `headers` are those for a call that is made right now; the hook asks for them. */
export interface Context {
  readonly version: 1
  readonly headers: () => readonly (readonly [name: string, value: string])[]
  readonly api: Api
  /** The file of this code, which is no code of the user's wherever it lies. */
  readonly file: string
}

const CONTEXT = Symbol.for('costflame.context')

/** The functions that a copy of this version put there. */
export function contextOf(global: object): Api | undefined {
  const context = Reflect.get(global, CONTEXT) as Partial<Context> | undefined
  return context?.version === 1 ? context.api : undefined
}

export function putContext(global: object, context: Context): void {
  Object.defineProperty(global, CONTEXT, { value: context, enumerable: false, configurable: true })
}
