// Token counts against values known from o200k_base, and the inputs that break tokenizers.
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadTokenizer, type Tokenizer } from '../../../profiler-agent/tokens/tokenizer'
import { tokenizerFolder } from '../../support/tokenizer-folder'

describe('tokenizer', () => {
  let tokenizer: Tokenizer
  before(async () => {
    tokenizer = await loadTokenizer(tokenizerFolder())
  })

  it('counts o200k_base tokens', () => {
    assert.equal(tokenizer.count(''), 0)
    assert.equal(tokenizer.count('hello world'), 2)
    assert.equal(tokenizer.count('tiktoken is great!'), 6)
    assert.equal(tokenizer.count('お誕生日おめでとう'), 8)
    assert.equal(tokenizer.count('antidisestablishmentarianism'), 6)
    assert.equal(tokenizer.count('2 + 2 = 4'), 7)
  })

  it('counts special tokens as the text they are', () => {
    assert.ok(tokenizer.count('<|endoftext|>') > 1)
  })

  it('counts a lone surrogate like the replacement character', () => {
    assert.equal(tokenizer.count('a\ud800b'), tokenizer.count('a\ufffdb'))
  })

  it('counts a run of 200,000 letters in slices and in reasonable time', () => {
    const startedAt = performance.now()
    const tokens = tokenizer.count('a'.repeat(200_000))
    assert.equal(tokens, 200 * tokenizer.count('a'.repeat(1_000)))
    assert.ok(performance.now() - startedAt < 3_000)
  })

  it('counts long text without long runs exactly as its parts', () => {
    const paragraph = 'The quick brown fox jumps over the lazy dog.\n\n'
    assert.equal(tokenizer.count(paragraph.repeat(500)), 500 * tokenizer.count(paragraph))
  })

  it('keeps surrogate pairs whole where it cuts', () => {
    assert.equal(tokenizer.count('😀'.repeat(1_000)), tokenizer.count('😀'.repeat(500)) * 2)
  })

  it('names a missing asset', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'costflame-tokenizer-'))
    await assert.rejects(loadTokenizer(folder), /tiktoken_bg\.wasm cannot be read\. Run `npm run build`/)
    rmSync(folder, { recursive: true })
  })

  it('names a broken rank file, and loads once it is whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'costflame-tokenizer-'))
    copyFileSync(join(tokenizerFolder(), 'tiktoken_bg.wasm'), join(folder, 'tiktoken_bg.wasm'))
    writeFileSync(join(folder, 'o200k_base.json'), '{"half')
    await assert.rejects(loadTokenizer(folder), /o200k_base\.json does not hold token ranks/)
    copyFileSync(join(tokenizerFolder(), 'o200k_base.json'), join(folder, 'o200k_base.json'))
    assert.equal((await loadTokenizer(folder)).count('hello world'), 2)
    rmSync(folder, { recursive: true })
  })
})
