// How a difference looks.

export const DIFF_STYLE = `
.diff-view { display: flex; flex-direction: column; height: 100%; min-height: 0; min-width: 0; container-type: inline-size; }
.diff-bar { flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 6px 16px; }
.diff-bar > .chooser { max-width: min(360px, 100%); }
.diff-runs { max-height: 50vh; max-width: calc(100vw - 40px); overflow: auto; }
.diff-run { display: grid; grid-template-columns: 3.2em 5em minmax(120px, max-content) max-content; gap: 0 10px; align-items: center; padding: 2px 0; white-space: nowrap; }
.diff-run[aria-hidden] { color: var(--cf-muted); font-size: 0.92em; }
.diff-run input { justify-self: start; }
.diff-run small { color: var(--cf-muted); }
.diff-file { padding-top: 4px; }
.diff-figures { display: flex; flex-wrap: wrap; gap: 0 16px; }
.diff-figure { color: var(--cf-muted); white-space: nowrap; }
.diff-figure b { color: var(--cf-foreground); font-weight: 600; font-variant-numeric: tabular-nums; }
.diff-filters { display: flex; gap: 4px; margin-left: auto; }
.diff-filters button { padding: 0 9px; height: 1.85em; border: 1px solid var(--cf-field-line); border-radius: 3px; font-variant-numeric: tabular-nums; }
.diff-filters button:hover:not(:disabled) { background: var(--cf-hover); }
.diff-filters button:disabled { color: var(--cf-muted); cursor: default; }
.diff-filters button[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); border-color: var(--cf-focus); }
.diff-content { flex: 1; min-height: 0; display: grid; grid-template-rows: minmax(0, auto) minmax(120px, 1fr); }
.diff-picture { display: flex; flex-direction: column; min-height: 0; min-width: 0; max-height: 46vh; }
.diff-picture > .flame { max-height: none; flex: 0 1 auto; }
.diff-content > .grid { border-top: 1px solid var(--cf-line); }
.diff-vanished > div:first-child > span:last-child { text-decoration: line-through; text-decoration-thickness: 1px; }
.diff-appeared > div:first-child > span:last-child { font-style: italic; }
@container (min-width: 900px) {
  .diff-content { grid-template-rows: minmax(0, 1fr); grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr); }
  .diff-picture { max-height: none; }
  .diff-content > .grid { border-top: 0; border-left: 1px solid var(--cf-line); }
}
@media (max-width: 760px) { .diff-bar { padding: 4px 12px; } .diff-filters { margin-left: 0; } }
@media (forced-colors: active) { .diff-filters button[aria-pressed='true'] { background: Highlight; color: HighlightText; forced-color-adjust: none; } }
`
