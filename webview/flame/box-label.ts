// The text in a box: as much of name and value as there is room for. Measured text is remembered, because measuring costs more than drawing.

/** A label needs room for about three letters, else it is noise. */
const NARROWEST = 18
/** So many texts are remembered; a screen shows far fewer. */
const MOST_REMEMBERED = 20_000

export interface LabelTexts {
  /** May be in any script; is shown on one line. */
  readonly name: string
  readonly value: string
}

export class BoxLabels {
  readonly #widths = new Map<string, number>()
  readonly #texts = new Map<number, LabelTexts>()

  /** `textsOf` is asked once for each node that is on screen; `measure` gives CSS pixels. */
  constructor(
    private readonly textsOf: (node: number) => LabelTexts,
    private readonly measure: (text: string) => number,
  ) {}

  /** What fits into `room` CSS pixels: name and value, else the name, else its beginning, else nothing. */
  fitting(node: number, room: number): string {
    if (room < NARROWEST) return ''
    const { name, value } = this.#textsAt(node)
    const shownName = isolated(name)
    const both = value === '' ? shownName : `${shownName}  ${value}`
    if (this.#widthOf(both) <= room) return both
    if (this.#widthOf(shownName) <= room) return shownName
    const shorter = shortened(name, room, (text) => this.#widthOf(text))
    return shorter === '' ? '' : isolated(shorter)
  }

  #textsAt(node: number): LabelTexts {
    const known = this.#texts.get(node)
    if (known !== undefined) return known
    if (this.#texts.size >= MOST_REMEMBERED) this.#texts.clear()
    const { name, value } = this.textsOf(node)
    const texts = { name: name.replace(DIRECTIONS, '').replace(/\s+/g, ' ').trim(), value }
    this.#texts.set(node, texts)
    return texts
  }

  #widthOf(text: string): number {
    const known = this.#widths.get(text)
    if (known !== undefined) return known
    if (this.#widths.size >= MOST_REMEMBERED) this.#widths.clear()
    const width = this.measure(text)
    this.#widths.set(text, width)
    return width
  }
}

/** Characters that change the direction of what follows: a name must not turn what stands behind it. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g

/** Scripts that are written from right to left; next to them the value would be drawn at the wrong end of the name. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|[\ud802\ud803\ud83a\ud83b]/

function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The text, or as much of its beginning as fits with an ellipsis; nothing when not even two letters do. Never cuts a letter in two. */
export function shortened(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text
  const parts = lettersOf(text)
  const beginning = (count: number) => `${parts.slice(0, count).join('').trimEnd()}…`
  // Letters are about equally wide: the first guess is seldom off by more than a few.
  let count = Math.min(parts.length - 1, Math.floor((parts.length * room) / widthOf(text)))
  while (count >= 2 && widthOf(beginning(count)) > room) count--
  while (count + 1 < parts.length && widthOf(beginning(count + 1)) <= room) count++
  return count < 2 ? '' : beginning(count)
}

function lettersOf(text: string): readonly string[] {
  // Nothing to take apart in plain ASCII, which nearly all names are.
  if (/^[ -~]*$/.test(text)) return text.split('')
  return Array.from(letters.segment(text), ({ segment }) => segment)
}
