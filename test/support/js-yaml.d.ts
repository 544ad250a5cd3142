// js-yaml comes with mocha, without types: only what tests use of it.
declare module 'js-yaml' {
  export function load(text: string): unknown
}
