import assert from 'node:assert/strict'
import { entriesAt } from '../../../../../profiler-agent/capture/hooks/node/sdk-entries'
import { acceptEntries, withEntries } from '../../../../../profiler-agent/capture/hooks/node/sdk-instrument'

const MODULES = 'file:///home/me/app/node_modules'
const RESOURCE = `${MODULES}/openai/resources/chat/completions.mjs`
const AI = `${MODULES}/.pnpm/ai@7.0.0/node_modules/ai/dist/index.js`

const changed = (url: string, source: string): string | undefined => {
  const row = entriesAt(url)
  return row && withEntries(row, source)
}

/** What the last expression of a classic script sees once it has run. */
function evaluate(source: string, result: string): unknown {
  return new Function(`${source}\nreturn ${result}`)()
}

describe('the entries of a module of an SDK', () => {
  it('are handed over after its source, which stays as it is', () => {
    const source = 'class Completions { create() {} }'
    assert.match(changed(RESOURCE, source) ?? '', /^class Completions \{ create\(\) \{\} \}\n;\{.*\}$/)
  })

  for (const [what, url, source] of [
    ['a module of the user', 'file:///home/me/app/openai/resources/chat.mjs', 'class A {}'],
    ['another module of an SDK', `${MODULES}/openai/internal/headers.mjs`, 'class A {}'],
    ['a module of another package', `${MODULES}/express/resources/chat.mjs`, 'class A {}'],
    ['a module that declares none', RESOURCE, 'export const path = () => "/chat"'],
    ['one of Node’s own', 'node:fs', ''],
  ] as const)
    it(`are none in ${what}`, () => assert.equal(changed(url, source), undefined))

  it('do not disturb a module where nobody takes them', () => {
    const source = changed(RESOURCE, 'class Completions { create() { return 7 } }') ?? ''
    assert.equal(evaluate(source, 'new Completions().create()'), 7)
  })

  describe('that are taken', () => {
    before(acceptEntries)
    after(() => {
      Reflect.deleteProperty(globalThis, Symbol.for('costflame.entries'))
    })

    it('do what they did, for the same object', () => {
      const source = changed(
        RESOURCE,
        `class Completions { #answer = 7; create(more) { return this.#answer + more } }
var Later = /* @__PURE__ */ (() => { class Later { create() { return 8 } } return Later })();
const Path = (id) => id
class Frozen { create() { return 9 } }
Object.freeze(Frozen.prototype)`,
      )
      const found = '[new Completions().create(1), new Later().create(), Path(3), new Frozen().create()]'
      assert.deepEqual(evaluate(source ?? '', found), [8, 8, 3, 9])
    })

    it('keep names, lengths and the way that they are declared', () => {
      const source = changed(RESOURCE, 'class Completions { create(body, options) {} get _client() {} }')
      const flags = { writable: true, enumerable: false, configurable: true }
      const create = 'Object.getOwnPropertyDescriptor(Completions.prototype, "create")'
      const { value, ...others } = evaluate(source ?? '', create) as PropertyDescriptor
      assert.deepEqual([value.name, value.length, others], ['create', 2, flags])
    })

    it('may be functions, in strict code too, declared or not', () => {
      const source = changed(
        AI,
        '"use strict"\nfunction streamText(options) { return [this, options] }\nconst generateText = () => 7',
      )
      const found = '[streamText.call(1, 2), streamText.name, generateText()]'
      assert.deepEqual(evaluate(source ?? '', found), [[1, 2], 'streamText', 7])
    })

    it('throw what they threw', () => {
      const source = changed(RESOURCE, 'class Completions { create() { throw new TypeError("no body") } }')
      assert.throws(() => evaluate(source ?? '', 'new Completions().create()'), new TypeError('no body'))
    })
  })
})
