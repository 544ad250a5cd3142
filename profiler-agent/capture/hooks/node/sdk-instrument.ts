// Makes the entries of a model SDK hold their caller: a module that declares some gets one more line at its end, which hands us its
// classes and functions when it is loaded. What the module exports stays what it was; prototypes and functions get our stand-ins.

import { asEntry } from './held-stack'
import { quietly } from './quietly'
import { SDK_ENTRIES, type SdkEntries } from './sdk-entries'

const GIVEN = Symbol.for('costflame.entries')

/** What the added line calls, by the index of its row. */
interface Given {
  /** Ours, no user's. */
  readonly file: string
  methods(row: number, classes: readonly unknown[]): void
  entry(declared: unknown): unknown
}

export function acceptEntries(): void {
  const value: Given = {
    file: __filename,
    methods: (row, classes) => quietly(() => holdInMethods(SDK_ENTRIES[row], classes)),
    entry: (declared) => asEntry(declared),
  }
  Object.defineProperty(globalThis, GIVEN, { value, enumerable: false, configurable: true })
}

/** The source of a module that may have the entries of this row, with the line that hands them over; undefined where it has none. */
export function withEntries(row: SdkEntries, source: string): string | undefined {
  const classes = [...source.matchAll(CLASS)].map(([, name]) => name)
  const functions = (row.functions ?? []).filter((name) => declaration(name).test(source))
  if (classes.length + functions.length === 0) return undefined
  return `${source}\n${handOver(SDK_ENTRIES.indexOf(row), classes, functions)}`
}

/** What may be a class, declared at the top of a module: nothing else starts a line in what compilers write. */
const CLASS = /^(?:export (?:default )?)?(?:class|var|let|const) ([A-Z$][\w$]*)/gm

const declaration = (name: string) => new RegExp(`^(?:export )?(?:async )?function ${name}\\(`, 'm')

/** Every name is asked for first, and nothing that fails is told: the module must load as it would without us. */
function handOver(
  row: number,
  classes: readonly (string | undefined)[],
  functions: readonly string[],
): string {
  const known = classes.map((name) => `typeof ${name}==="function"&&${name}`)
  const given = functions.map((name) => `if(typeof ${name}==="function")${name}=$.entry(${name});`)
  return `;{const $=globalThis[Symbol.for("${GIVEN.description}")];if($)try{$.methods(${row},[${known}]);${given.join('')}}catch{}}`
}

function holdInMethods(row: SdkEntries | undefined, classes: readonly unknown[]): void {
  for (const declared of classes) {
    if (row === undefined || typeof declared !== 'function') continue
    const prototype: unknown = declared.prototype
    if (typeof prototype !== 'object' || prototype === null) continue
    for (const name of Object.getOwnPropertyNames(prototype))
      if (name !== 'constructor' && row.methods.test(name)) holdInMethod(prototype, name, row.haveQueue)
    for (const name of row.fields?.[declared.name] ?? []) holdInField(prototype, name)
  }
}

function holdInMethod(prototype: object, name: string, hasQueue?: boolean): void {
  const property = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof property?.value !== 'function' || property.configurable !== true) return
  Object.defineProperty(prototype, name, { ...property, value: asEntry(property.value, hasQueue) })
}

/** The constructor assigns it: the object gets a property of its own, as without us. */
function holdInField(prototype: object, name: string): void {
  if (name in prototype) return
  Object.defineProperty(prototype, name, {
    set(value: unknown) {
      Object.defineProperty(this, name, {
        ...{ value: asEntry(value), writable: true, enumerable: true, configurable: true },
      })
    },
    enumerable: false,
    configurable: true,
  })
}
