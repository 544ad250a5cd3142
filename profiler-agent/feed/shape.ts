// Checks of the shape of JSON values that say where a value is not as it should be. Pure; knows no message.

/** Returns what is wrong with a value at a path (`runs[2].totals: expected an object`), or `undefined`. Unknown keys are allowed. */
export type Check = (value: unknown, path: string) => string | undefined

export const text: Check = expecting('a text', (value) => typeof value === 'string')
export const count: Check = expecting('a number', (value) => Number.isFinite(value))
export const flag: Check = expecting('true or false', (value) => typeof value === 'boolean')
export const nothing: Check = expecting('null', (value) => value === null)
export const anything: Check = () => undefined

function expecting(what: string, isFine: (value: unknown) => boolean): Check {
  return (value, path) => (isFine(value) ? undefined : `${path || 'message'}: expected ${what}`)
}

export function exactly(...allowed: readonly (string | number)[]): Check {
  const words = allowed.map((each) => JSON.stringify(each)).join(' or ')
  return expecting(words, (value) => allowed.some((each) => each === value))
}

export function optional(check: Check): Check {
  return (value, path) => (value === undefined ? undefined : check(value, path))
}

export function nullable(check: Check): Check {
  return (value, path) => (value === null ? undefined : check(value, path))
}

export function object(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isObject(value)) return `${path || 'message'}: expected an object`
    for (const [name, check] of Object.entries(fields)) {
      const wrong = check(value[name], path === '' ? name : `${path}.${name}`)
      if (wrong !== undefined) return wrong
    }
    return undefined
  }
}

export function list(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path}: expected a list`
    for (const [index, item] of value.entries()) {
      const wrong = check(item, `${path}[${index}]`)
      if (wrong !== undefined) return wrong
    }
    return undefined
  }
}

/** Values of an object whose keys are data. */
export function record(check: Check): Check {
  return (value, path) => {
    if (!isObject(value)) return `${path}: expected an object`
    for (const [key, item] of Object.entries(value)) {
      const wrong = check(item, `${path}.${key}`)
      if (wrong !== undefined) return wrong
    }
    return undefined
  }
}

/** An object that is one of several, told apart by the text under `key`. */
export function variant(key: string, variants: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isObject(value)) return `${path || 'message'}: expected an object`
    const name = value[key]
    const check = typeof name === 'string' && Object.hasOwn(variants, name) ? variants[name] : undefined
    const at = path === '' ? key : `${path}.${key}`
    return check === undefined ? `${at}: unknown ${JSON.stringify(name)}` : check(value, path)
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
