// How grids look.

export const GRID_STYLE = `
.grid { flex: 1; min-height: 0; min-width: 0; overflow: auto; position: relative; outline-offset: -1px !important; }
.grid-sheet { min-width: var(--grid-width); min-height: 100%; display: flex; flex-direction: column; }
.grid-row { display: grid; grid-template-columns: var(--grid-columns); height: var(--grid-row); line-height: var(--grid-row); white-space: nowrap; cursor: default; }
.grid-row > div { overflow: hidden; text-overflow: ellipsis; padding: 0 6px; }
.grid-row > .grid-number { text-align: right; font-variant-numeric: tabular-nums; }
.grid-row > div:first-child { position: sticky; left: 0; z-index: 1; display: flex; align-items: center; gap: 6px; padding-left: 16px; background: var(--cf-background); }
.grid-row > div:first-child > span:last-child { overflow: hidden; text-overflow: ellipsis; unicode-bidi: plaintext; }
.grid-row > div:last-child { padding-right: 16px; }
.grid-head { position: sticky; top: 0; z-index: 3; flex: none; background: var(--cf-background); color: var(--cf-muted); border-bottom: 1px solid var(--cf-line); font-size: 0.92em; }
.grid-head button { display: inline-flex; max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
.grid-head button:hover, .grid-head [aria-sort='ascending'], .grid-head [aria-sort='descending'] { color: var(--cf-foreground); }
.grid-arrow { flex: none; }
.grid-body { position: relative; flex: none; }
.grid-body > .grid-row { position: absolute; left: 0; right: 0; }
.grid-body > .grid-row:hover > div { background: linear-gradient(var(--cf-hover), var(--cf-hover)), var(--cf-background); }
.grid-body > .grid-row[aria-selected='true'] > div { background: linear-gradient(var(--cf-selection), var(--cf-selection)), var(--cf-background); color: var(--cf-selection-text); }
.grid-body > .grid-row[aria-selected='true'] .dim { color: inherit; }
.grid-foot { position: sticky; bottom: 0; z-index: 2; flex: none; margin-top: auto; background: var(--cf-background); border-top: 1px solid var(--cf-line); font-weight: 600; }
.grid-group > div { font-weight: 600; }
.vscode-high-contrast .grid-body > .grid-row[aria-selected='true'] { outline: 1px solid var(--cf-focus); outline-offset: -1px; }
@media (max-width: 760px) { .grid-row > div:first-child { padding-left: 12px; } .grid-row > div:last-child { padding-right: 12px; } }
@media (forced-colors: active) { .grid-body > .grid-row[aria-selected='true'] { outline: 2px solid Highlight; outline-offset: -2px; z-index: 1; } }
`
