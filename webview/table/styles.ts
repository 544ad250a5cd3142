// How the table of spans looks.

export const TABLE_STYLE = `
.table-view { display: flex; flex-direction: column; height: 100%; min-height: 0; min-width: 0; }
.table-bar { flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 6px 16px; }
.table-count { color: var(--cf-muted); margin-left: auto; font-variant-numeric: tabular-nums; }
.chooser { position: relative; max-width: 100%; }
.chooser > summary { cursor: pointer; list-style: none; max-width: 100%; }
.chooser > summary > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.chooser > summary > .icon { flex: none; }
.chooser > div { position: absolute; z-index: 6; top: calc(100% + 2px); left: 0; padding: 8px 12px; border-radius: 4px; background: var(--vscode-menu-background, var(--cf-widget)); color: var(--vscode-menu-foreground, var(--cf-foreground)); border: 1px solid var(--cf-widget-line); box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.chooser input { height: auto; margin: 0; }
.table-columns { display: grid; grid-template-columns: repeat(2, max-content); gap: 4px 20px; }
.table-columns label { display: flex; align-items: center; gap: 6px; white-space: nowrap; }
.grid-row.failed > div:first-child > span:last-child { color: var(--cf-error); }
.grid-row.failed[aria-selected='true'] > div:first-child > span:last-child { color: inherit; }
@media (max-width: 760px) { .table-bar { padding: 4px 12px; } }
`
