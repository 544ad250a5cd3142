// A row of bars in one line of text. Knows no VS Code.

const BARS = '▁▂▃▄▅▆▇█'
const UNKNOWN = '·'

/** A bar for each value, the largest a full one, 0 the least; `·` for what is not known. */
export function sparkline(values: readonly (number | null)[]): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0))
  const barOf = (value: number) => BARS[most === 0 ? 0 : Math.round((value / most) * (BARS.length - 1))]
  return values.map((value) => (value === null ? UNKNOWN : barOf(value))).join('')
}
