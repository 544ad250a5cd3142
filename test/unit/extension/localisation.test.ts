// Every text that VS Code shows of us can be translated, and the German translation is whole.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { linksOf, namedTexts, placeholdersOf, readTexts } from '../../support/localised-texts'
import { repositoryRoot } from '../../support/repository'

const named = namedTexts()
const english = readTexts('l10n/bundle.l10n.json')
const manifest = readTexts('package.nls.json')

describe('the texts of the extension', () => {
  it('are named by literals, so that a translation can be looked up', () => {
    assert.ok(named.length > 150, `${named.length} texts`)
    assert.deepEqual(
      named.filter(({ text }) => text === undefined).map(({ at }) => at),
      [],
    )
  })

  it('stand in l10n/bundle.l10n.json, each as itself, and nothing else does', () => {
    const used = new Set(named.map(({ text }) => text))
    assert.deepEqual(
      named.filter(({ text }) => text !== undefined && english[text] !== text),
      [],
      'add them: "text": "text"',
    )
    assert.deepEqual(
      Object.keys(english).filter((text) => !used.has(text)),
      [],
      'no source names them any more',
    )
  })

  it('of package.json stand in package.nls.json, and nothing else does', () => {
    const used = [...JSON.stringify(readTexts('package.json')).matchAll(/"%([\w.]+)%"/g)].map(
      ([, key = '']) => key,
    )
    assert.deepEqual(new Set(Object.keys(manifest)), new Set(used))
  })
})

const languages = globSync('l10n/bundle.l10n.*.json', { cwd: repositoryRoot }).map((file) =>
  file.replace(/^.*l10n\.(.*)\.json$/, '$1'),
)

describe('translations', () => {
  it('there is one into German', () => assert.deepEqual(languages, ['de']))

  for (const language of languages)
    for (const [texts, file] of [
      [english, `l10n/bundle.l10n.${language}.json`],
      [manifest, `package.nls.${language}.json`],
    ] as const)
      describe(file, () => {
        const translated = readTexts(file)

        it('has every text, and no other', () => {
          assert.deepEqual(
            Object.keys(texts).filter((key) => translated[key] === undefined || translated[key] === ''),
            [],
          )
          assert.deepEqual(
            Object.keys(translated).filter((key) => texts[key] === undefined),
            [],
          )
        })

        it('has the placeholders and links of the text', () => {
          for (const [key, text] of Object.entries(texts)) {
            const words = translated[key] ?? ''
            assert.deepEqual(placeholdersOf(words), placeholdersOf(text), key)
            assert.deepEqual(linksOf(words), linksOf(text), key)
          }
        })
      })
})
