// How a difference looks.

export const DIFF_STYLE = `
.diff-view { display: flex; flex-direction: column; height: 100%; min-height: 0; min-width: 0; container-type: inline-size; }
.diff-bar { flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 0 16px 6px; }
.diff-bar select, .diff-chooser > summary { font: inherit; color: var(--vscode-dropdown-foreground, var(--cf-foreground)); background: var(--vscode-dropdown-background, var(--cf-panel)); border: 1px solid var(--vscode-dropdown-border, var(--cf-line)); border-radius: 3px; padding: 1px 6px; height: 24px; }
.diff-chooser { position: relative; max-width: 100%; }
.diff-chooser > summary { cursor: pointer; list-style: none; max-width: 340px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.diff-chooser > summary::after { content: ' ▾'; }
.diff-runs { position: absolute; z-index: 6; top: 100%; left: 0; margin-top: 2px; padding: 6px 10px; max-height: 50vh; max-width: calc(100vw - 40px); overflow: auto;
  background: var(--vscode-menu-background, var(--cf-panel)); color: var(--vscode-menu-foreground, var(--cf-foreground)); border: 1px solid var(--vscode-menu-border, var(--cf-line)); border-radius: 4px; box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.diff-run { display: grid; grid-template-columns: 3.2em 5em minmax(120px, max-content) max-content; gap: 0 10px; align-items: center; padding: 2px 0; white-space: nowrap; }
.diff-run[aria-hidden] { color: var(--cf-muted); font-size: 0.92em; }
.diff-run input { justify-self: start; margin: 0; }
.diff-run small { color: var(--cf-muted); }
.diff-figures { display: flex; flex-wrap: wrap; gap: 0 16px; }
.diff-figure { color: var(--cf-muted); white-space: nowrap; }
.diff-figure b { color: var(--cf-foreground); font-weight: 600; font-variant-numeric: tabular-nums; }
.diff-filters { display: flex; gap: 4px; margin-left: auto; }
.diff-filters button { padding: 1px 8px; border: 1px solid var(--cf-line); border-radius: 10px; font-variant-numeric: tabular-nums; }
.diff-filters button:hover:not(:disabled) { background: var(--cf-hover); }
.diff-filters button:disabled { color: var(--cf-muted); cursor: default; }
.diff-filters button[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); border-color: var(--cf-focus); }
.diff-content { flex: 1; min-height: 0; display: grid; grid-template-rows: minmax(0, auto) minmax(120px, 1fr); }
.diff-picture { display: flex; flex-direction: column; min-height: 0; min-width: 0; max-height: 46vh; }
.diff-picture > .flame { max-height: none; flex: 0 1 auto; }
.diff-content > .grid { border-top: 1px solid var(--cf-line); }
.diff-view small { color: var(--cf-muted); margin-left: 6px; font-size: 0.88em; }
.diff-view [aria-selected='true'] small { color: inherit; }
.diff-vanished > div:first-child > span:last-child { text-decoration: line-through; text-decoration-thickness: 1px; }
.diff-appeared > div:first-child > span:last-child { font-style: italic; }
@container (min-width: 900px) {
  .diff-content { grid-template-rows: minmax(0, 1fr); grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr); }
  .diff-picture { max-height: none; }
  .diff-content > .grid { border-top: 0; border-left: 1px solid var(--cf-line); }
}
@media (max-width: 760px) { .diff-bar { padding: 0 12px 4px; } .diff-filters { margin-left: 0; } }
`
