// What has streamed is never counted too high: held against o200k over texts of many kinds, whole and cut anywhere.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { TextTokens } from '../../../../../profiler-agent/capture/proxy/budget/text-tokens'
import { loadTokenizer, type Tokenizer } from '../../../../../profiler-agent/tokens/tokenizer'
import { tokenizerFolder } from '../../../../support/tokenizer-folder'

const PROSE = `The parcel left our depot on Tuesday, 4 November, and hasn't been seen since. We're sorry! It may be that
the driver couldn't find the door (there are two), so please check with your neighbours; if nobody has it by Friday,
we'll send another one at no cost to you. Would you like us to call before it comes?\n\n`
const CODE = `export function total(lines: readonly Line[]): number {
  let sum = 0
  for (const { amount, price } of lines) {
    // Rebates are negative.
    if (price !== undefined) sum += amount * price.value
  }
  return Math.round(sum * 100) / 100 //cents
}\n`
const JSON_ROWS = Array.from({ length: 20 }, (_, id) => ({
  identifier: id,
  description: 'something',
  isOpen: true,
}))
const BASE64 = Array.from({ length: 40 }, (_, n) =>
  createHash('sha256').update(`${n}`).digest('base64'),
).join('')

/** `atMost`: how many times as long as it was allowed a text may become before it is ended. */
const TEXTS: Readonly<Record<string, { readonly text: string; readonly atMost: number }>> = {
  prose: { text: PROSE, atMost: 1.25 },
  code: { text: CODE, atMost: 1.8 },
  'indented code': { text: `${' '.repeat(24)}return value;\n`.repeat(50), atMost: 1.8 },
  'pretty JSON': { text: JSON.stringify(JSON_ROWS, null, 8), atMost: 2.5 },
  'dense JSON': { text: JSON.stringify(JSON_ROWS), atMost: 2.5 },
  'long words': {
    text: 'International environmental regulations notwithstanding, responsible organizations increasingly acknowledge fundamental infrastructure requirements. ',
    atMost: 1.5,
  },
  German: {
    text: 'Die Veröffentlichung der Wettbewerbsbedingungen ist selbstverständlich, sagte die Geschäftsführung. ',
    atMost: 2,
  },
  Russian: {
    text: 'Государственный университет опубликовал результаты исследования, которые удивили преподавателей. ',
    atMost: 2,
  },
  Chinese: {
    text: '您的包裹已于星期二离开我们的仓库，预计星期五送达。如有问题，请随时联系我们的客服人员。',
    atMost: 6,
  },
  Japanese: { text: 'お荷物は火曜日に倉庫を出発しました。金曜日までにお届けする予定です。', atMost: 6 },
  Korean: { text: '소포는 화요일에 창고를 떠났으며 금요일까지 도착할 예정입니다. ', atMost: 3 },
  Thai: { text: 'พัสดุของคุณออกจากคลังสินค้าเมื่อวันอังคารและจะถึงภายในวันศุกร์ ', atMost: 5 },
  Hindi: { text: 'आपका पार्सल मंगलवार को हमारे गोदाम से निकल गया और शुक्रवार तक पहुँच जाएगा। ', atMost: 3 },
  Arabic: { text: 'غادرت الطرود مستودعنا يوم الثلاثاء ومن المتوقع وصولها يوم الجمعة، شكرا لكم. ', atMost: 3 },
  emoji: { text: 'Sent! 🎉🎉 ❤️ 👨‍👩‍👧 1️⃣ 🇩🇪 thanks 🙏 ', atMost: 8 },
  base64: { text: BASE64, atMost: 4 },
  hex: { text: createHash('sha512').update('x').digest('hex'), atMost: 3 },
  'a table': { text: `| name | price |\n| ---- | ----: |\n| tea | 3.50 |\n${'-'.repeat(300)}\n`, atMost: 3 },
}

function countedAs(pieces: readonly string[]): number {
  const tokens = new TextTokens()
  for (const piece of pieces) tokens.add(piece)
  return tokens.count
}

function cutAt(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

describe('tokens of a text as it comes', () => {
  let tokenizer: Tokenizer
  before(async () => {
    tokenizer = await loadTokenizer(tokenizerFolder())
  })

  it('are words, numbers of three digits, and marks that stand by themselves', () => {
    // it's · 2026 · was (written) · , · well · -- · internationalization(20) · two of 16 letters and more
    assert.equal(countedAs(["it's 2026"]), 2)
    assert.equal(countedAs(['was (written), well -- done']), 6)
    assert.equal(countedAs(['x'.repeat(32)]), 2)
    assert.equal(countedAs([' '.repeat(500), '\n\n\n']), 0)
  })

  for (const [name, { text, atMost }] of Object.entries(TEXTS))
    it(`are never more than o200k counts in ${name}, nor far fewer`, () => {
      for (const whole of [text, text.repeat(20)]) {
        const [exact, counted] = [tokenizer.count(whole), countedAs([whole])]
        assert.ok(counted <= exact, `${counted} of ${exact}`)
        assert.ok(exact <= counted * atMost, `${counted} of ${exact}`)
      }
    })

  it('are the same wherever the text is cut', () => {
    const texts = Object.values(TEXTS)
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        ({ text }, sizes) => {
          const counted = countedAs(cutAt(text, sizes))
          // Runs of hundreds of letters are counted in parts, which may part a word.
          assert.ok(Math.abs(counted - countedAs([text])) <= text.length / 256)
          assert.ok(counted <= tokenizer.count(text))
        },
      ),
    )
  })

  it('are never more than o200k counts in any mixture of them', () => {
    const words = Object.values(TEXTS).flatMap(({ text }) => text.slice(0, 600).split(/(?<=\s)/))
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (picked) => {
        assert.ok(countedAs(picked) <= tokenizer.count(picked.join('')))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        assert.ok(countedAs([text]) <= tokenizer.count(text))
      }),
    )
  })
})
