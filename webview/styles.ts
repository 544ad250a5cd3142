// The page's style as a constructed style sheet: the same in the webview and in a saved HTML file, and allowed by a policy without inline styles.
// All colours come from the editor's theme where there is one. Rooms with a style of their own export it, and it is put in here.

import { CHARTS_STYLE } from './charts/styles'
import { DETAILS_STYLE } from './details/styles'
import { DIFF_STYLE } from './diff/styles'
import { GRID_STYLE } from './grid/styles'
import { SANDWICH_STYLE } from './sandwich/styles'
import { COLOUR_STYLE } from './styles-colours'
import { CONTROL_STYLE } from './styles-controls'
import { FLAME_STYLE } from './styles-flame'
import { FRAME_STYLE } from './styles-frame'
import { TABLE_STYLE } from './table/styles'

const STYLES = [
  CHARTS_STYLE,
  COLOUR_STYLE,
  FRAME_STYLE,
  CONTROL_STYLE,
  FLAME_STYLE,
  GRID_STYLE,
  TABLE_STYLE,
  SANDWICH_STYLE,
  DIFF_STYLE,
  DETAILS_STYLE,
]

/** Puts the style on the page. A constructed sheet is no inline style, so `style-src 'none'` allows it. */
export function applyStyles(page: Document) {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLES.join(''))
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet]
}
