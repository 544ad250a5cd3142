// Plain prose of a wanted length that reads like documentation: the same seed gives the same text.

const SUBJECTS = [
  'The agent',
  'A customer',
  'The warehouse',
  'Our carrier',
  'The ledger',
  'Each refund',
  'An order',
]
const VERBS = ['confirms', 'returns', 'records', 'forwards', 'cancels', 'explains', 'schedules', 'checks']
const OBJECTS = [
  'the parcel',
  'an invoice',
  'the address',
  'a voucher',
  'the complaint',
  'its receipt',
  'a delivery',
]
const ENDS = [
  'before noon',
  'without delay',
  'on request',
  'in writing',
  'twice a week',
  'at no charge',
  'when asked',
]

/** About `count` words in sentences of seven to nine. */
export function prose(seed, count) {
  let state = [...String(seed)].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
  const one = (words) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return words[(state >>> 8) % words.length]
  }
  const sentences = []
  for (let words = 0; words < count; ) {
    const sentence = `${one(SUBJECTS)} ${one(VERBS)} ${one(OBJECTS)} ${one(ENDS)}.`
    sentences.push(sentence)
    words += sentence.split(' ').length
  }
  return sentences.join(' ')
}
