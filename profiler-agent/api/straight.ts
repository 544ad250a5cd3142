// The functions where nobody listens: each calls what it is given, and remembers nothing.

import type { Api } from './global'

/** `(name, fn)` or `(name, options, fn)`; whatever else is given is nobody's error. */
function call(_name: unknown, options: unknown, fn?: unknown): unknown {
  const work = typeof fn === 'function' ? fn : options
  return typeof work === 'function' ? work() : undefined
}

function nothing(): void {
  // There is nobody to tell.
}

// One function for all of them: its result is what the callback gives, which is all that their types say.
const declare = call as Api['agent'] & Api['step'] & Api['tool'] & Api['retrieval']

export const straight: Api = {
  agent: declare,
  step: declare,
  tool: declare,
  retrieval: declare,
  outcome: nothing,
  tag: nothing,
  headers: () => ({}),
  within: (_headers, fn) => (typeof fn === 'function' ? fn() : (undefined as ReturnType<typeof fn>)),
}
