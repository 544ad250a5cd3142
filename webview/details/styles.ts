// Style of the pane of details: what is said of a selection, and the prompt of a call block by block.

import { HUES } from '../flame/palette'

/** The same hues as in the picture when it is coloured by cache. */
const CACHE = {
  read: HUES.mint,
  write: HUES.yellow,
  fresh: HUES.orange,
  none: HUES.neutral,
}

const FACTS = `
.details { display: flex; flex-direction: column; min-width: 0; min-height: 0; overflow: hidden; }
.details-top { flex: none; padding: 10px 16px 0; }
.details-top > * + * { margin-top: 6px; }
.details-body { flex: 1 1 0; min-height: 0; overflow: auto; padding: 10px 16px 20px; outline-offset: -1px; }
.details-body > * + * { margin-top: 12px; }
.details-body.is-list { padding: 0; overflow: hidden; display: flex; flex-direction: column; }
.details-head { display: flex; align-items: baseline; gap: 8px; }
.details-head .swatch { align-self: center; }
.details-head h2 { font-size: 1.05em; font-weight: 600; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.details-figures { display: flex; flex-wrap: wrap; gap: 2px 20px; }
.details-figures > div { display: flex; flex-direction: column-reverse; }
.details-figures dt { font-size: 0.85em; color: var(--cf-muted); }
.details-figures dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.subtabs { display: flex; gap: 2px; margin: 6px -8px 0; }
.subtabs button { padding: 4px 8px 3px; color: var(--cf-muted); border-bottom: 2px solid transparent; white-space: nowrap; }
.subtabs button:hover { color: var(--cf-foreground); }
.subtabs button[aria-selected='true'] { color: var(--cf-foreground); border-bottom-color: var(--cf-focus); }
.subtabs button:focus-visible { outline-offset: -2px; }
.subtabs + .details-body, .details-top + .details-body { border-top: 1px solid var(--cf-line); }
.call-links { display: flex; flex-wrap: wrap; gap: 3px 16px; }
.kind { color: var(--cf-muted); white-space: nowrap; }
.link { color: var(--cf-link); }
.link:hover { text-decoration: underline; }
.place { font-family: var(--cf-mono); font-size: 0.95em; overflow-wrap: anywhere; text-align: left; }
.call-site ol { margin-top: 3px; color: var(--cf-muted); font-size: 0.92em; }
.call-site li::before { content: '↑ '; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 14px; }
.facts dt { color: var(--cf-muted); }
.facts dd { overflow-wrap: anywhere; }
.buckets { border-collapse: collapse; width: 100%; max-width: 520px; font-variant-numeric: tabular-nums; }
.buckets caption { text-align: left; color: var(--cf-muted); padding-bottom: 3px; }
.buckets th, .buckets td { text-align: right; padding: 3px 0 3px 12px; font-weight: 400; white-space: nowrap; }
.buckets th:first-child { text-align: left; padding-left: 0; }
.buckets thead th { color: var(--cf-muted); font-size: 0.92em; }
.buckets tbody tr, .buckets tfoot tr { border-top: 1px solid var(--cf-line); }
.buckets tfoot th, .buckets tfoot td, .attempts th[aria-current] { font-weight: 600; }
.small { font-size: 0.92em; }
.dim { color: var(--cf-muted); }
.note { padding: 6px 10px; border-left: 3px solid var(--cf-info); background: color-mix(in srgb, var(--cf-info) 10%, var(--cf-background)); border-radius: 2px; overflow-wrap: anywhere; }
.note-warning { border-color: var(--cf-warning); background: color-mix(in srgb, var(--cf-warning) 10%, var(--cf-background)); }
.note-error { border-color: var(--cf-error); background: color-mix(in srgb, var(--cf-error) 10%, var(--cf-background)); }
.note-foot { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 3px; font-size: 0.92em; }
.note code, .divergence-row code { font-family: var(--cf-mono); font-size: 0.92em; color: var(--cf-muted); }
.hint { color: var(--cf-muted); }
.folded summary { cursor: pointer; color: var(--cf-muted); }
.folded summary:hover { color: var(--cf-foreground); }
@media (max-width: 760px) {
  .details-top { padding: 8px 12px 0; }
  .details-body { padding: 8px 12px 16px; }
}
`

const PROMPT = `
${Object.entries(CACHE)
  .map(([cache, hue]) => `[data-cache='${cache}'] { --cache: ${hue}; }`)
  .join('\n')}
/* The colours carry what was cached, also where the system has colours of its own. */
.cache-part, .cache-dot, .block-weight, .block-row::before { forced-color-adjust: none; }
.prompt { flex: 1 1 0; min-height: 0; display: flex; flex-direction: column; }
.prompt { container-type: inline-size; }
.prompt-head { padding: 6px 16px 8px; border-bottom: 1px solid var(--cf-line); }
.prompt-head > * + * { margin-top: 6px; }
.cache-bar { flex: none; display: flex; height: 12px; margin: 8px 16px 0; border-radius: 2px; overflow: hidden; gap: 1px; background: var(--cf-background); }
.cache-part { flex: 1 1 0; min-width: 2px; background: var(--cache); cursor: pointer; }
.prompt-head .cache-legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 0; padding: 0; font-size: 0.92em; font-variant-numeric: tabular-nums; }
.cache-legend li { display: flex; align-items: center; gap: 6px; white-space: nowrap; }
.cache-dot { width: 9px; height: 9px; border-radius: 2px; background: var(--cache); }
.prompt-compare { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 4px 14px; }
.small-button { padding: 0 8px; height: 1.85em; border: 1px solid var(--cf-field-line); border-radius: 3px; white-space: nowrap; }
.small-button:hover, .text-choice:hover { background: var(--cf-hover); }
.small-button[aria-pressed='true'], .text-choice[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); }

.virtual-rows { flex: 1 1 0; min-height: 0; overflow: auto; overflow-anchor: none; outline-offset: -1px; }
.virtual-space { position: relative; overflow: hidden; }
.virtual-row { position: absolute; left: 0; right: 0; top: 0; }

.block-row { border-bottom: 1px solid var(--cf-grid); padding-left: 4px; background: color-mix(in srgb, var(--cache) 9%, var(--cf-background)); }
.block-row::before { content: ''; position: absolute; left: 0; top: 0; bottom: 0; width: 4px; background: var(--cache); }
.block-row[data-cache='none'] { background: none; }
.block-weight { position: absolute; left: 4px; bottom: 0; height: 2px; background: var(--cache); pointer-events: none; }
.block-head { display: block; width: 100%; text-align: left; padding: 4px 12px 5px 8px; outline-offset: -2px !important; }
button.block-head:hover { background: var(--cf-hover); }
.block-line { display: flex; align-items: baseline; gap: 0 8px; }
.block-head[aria-expanded='true'] .twisty { transform: rotate(90deg); }
.block-head .twisty { align-self: center; width: 10px; margin-right: -2px; }
.block-kind { flex: 0 1 auto; min-width: 3em; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: plaintext; }
.block-word { white-space: nowrap; }
.block-path { flex: 0 1000 auto; font-size: 0.92em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.block-amounts { flex: none; margin-left: auto; display: flex; gap: 10px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.block-tokens { min-width: 5.4em; text-align: right; color: var(--cf-muted); }
.block-cost { min-width: 6.8em; text-align: right; }
.block-second { padding-left: 16px; gap: 0 6px; }
.block-start { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.92em; unicode-bidi: plaintext; }
.block-gone .block-kind { text-decoration: line-through; font-weight: 400; }
.tag { font-size: 0.85em; padding: 0 5px; border-radius: 3px; border: 1px solid var(--cf-line); white-space: nowrap; align-self: center; }
.tag-changed, .tag-moved, .tag-gone { border-color: var(--cf-warning); }
.tag-new { border-color: var(--cf-info); }
.divergence-row { padding: 7px 12px; border-top: 2px solid var(--cf-error); border-bottom: 1px solid var(--cf-grid); background: color-mix(in srgb, var(--cf-error) 9%, var(--cf-background)); overflow-wrap: anywhere; }
.divergence-row strong { font-weight: 600; }
.divergence-row p { margin-top: 3px; }
.skipped-row { width: 100%; padding: 4px 12px; text-align: left; color: var(--cf-muted); border-bottom: 1px solid var(--cf-grid); }
.skipped-row:hover { color: var(--cf-foreground); background: var(--cf-hover); }
.text-bar { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; padding: 5px 12px 3px 24px; font-size: 0.92em; }
.text-bar > * { white-space: nowrap; }
.text-choice { padding: 0 6px; border-radius: 3px; }
.text-choice + .link { margin-left: 6px; }
.text-row { padding: 0 12px 0 24px; }
.block-text { margin: 0; font-family: var(--cf-mono); font-size: 0.92em; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; tab-size: 4; }
.block-text del { background: color-mix(in srgb, var(--cf-error) 22%, var(--cf-background)); }
.block-text ins { text-decoration: none; background: color-mix(in srgb, var(--cf-green) 28%, var(--cf-background)); }
.text-skipped { color: var(--cf-muted); font-style: italic; }
.vscode-high-contrast .small-button[aria-pressed='true'], .vscode-high-contrast .text-choice[aria-pressed='true'] { outline: 1px solid var(--cf-focus); outline-offset: -1px; }
.vscode-high-contrast .block-text ins { text-decoration: underline; }
@media (max-width: 760px) { .prompt-head { padding: 6px 12px; } .cache-bar { margin: 6px 12px 0; } }
@container (max-width: 460px) {
  .block-word { display: none; }
  .block-tokens { min-width: 4.6em; }
  .block-cost { min-width: 6.4em; }
}
@container (max-width: 390px) { .block-path { display: none; } }
`

export const DETAILS_STYLE = FACTS + PROMPT
