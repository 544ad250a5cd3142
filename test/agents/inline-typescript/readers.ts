// What readers ask, and the house rules that every desk has to know: long texts that are the same each time.

const THINGS = ['novels', 'atlases', 'board games', 'sheet music', 'films', 'journals', 'maps', 'telescopes']
const VERBS = ['are lent for', 'may be kept for', 'come back after', 'can be renewed for']
const TIMES = ['one week', 'two weeks', 'three weeks', 'a month', 'the summer']
const ENDS = [
  'at the front desk',
  'by telephone',
  'with a library card',
  'if nobody waits for them',
  'without a fee',
]

/** About `count` rules of some twelve tokens each, the same for the same topic. */
export function rulesOf(topic: string, count: number): string {
  let state = [...topic].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 65_521
  const one = (words: readonly string[]) => {
    state = (state * 17_364 + 1) % 65_521
    return words[state % words.length]
  }
  return Array.from(
    { length: count },
    (_, rule) => `${rule + 1}. In ${topic}, ${one(THINGS)} ${one(VERBS)} ${one(TIMES)} ${one(ENDS)}.`,
  ).join('\n')
}

/** Six questions to a desk. */
export function questions(desk: string): readonly string[] {
  return THINGS.slice(0, 6).map((thing, index) => `Question ${index + 1} to ${desk}: where are the ${thing}?`)
}
