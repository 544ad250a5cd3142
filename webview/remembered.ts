// Keeps the last result of a function as long as it is asked with the same things, so that panes can ask for all they show at every change.

export function remembered<Args extends readonly unknown[], Result>(
  make: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { readonly args: Args; readonly result: Result } | undefined
  return (...args) => {
    const known = last
    if (known !== undefined && args.every((arg, index) => Object.is(arg, known.args[index])))
      return known.result
    const result = make(...args)
    last = { args, result }
    return result
  }
}
