// How the table of spans looks.

export const TABLE_STYLE = `
.table-view { display: flex; flex-direction: column; height: 100%; min-height: 0; min-width: 0; }
.table-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; padding: 0 14px 6px 8px; flex: none; }
.table-bar select, .table-chooser > summary { font: inherit; color: var(--vscode-dropdown-foreground, var(--cf-foreground)); background: var(--vscode-dropdown-background, var(--cf-panel)); border: 1px solid var(--vscode-dropdown-border, var(--cf-line)); border-radius: 3px; padding: 1px 6px; height: 24px; }
.table-count { color: var(--cf-muted); margin-left: auto; font-variant-numeric: tabular-nums; }
.table-chooser { position: relative; }
.table-chooser > summary { cursor: pointer; list-style: none; }
.table-chooser > summary::after { content: ' ▾'; }
.table-columns { position: absolute; z-index: 6; top: 100%; left: 0; margin-top: 2px; padding: 6px 10px; display: grid; grid-template-columns: repeat(2, max-content); gap: 2px 16px;
  background: var(--vscode-menu-background, var(--cf-panel)); color: var(--vscode-menu-foreground, var(--cf-foreground)); border: 1px solid var(--vscode-menu-border, var(--cf-line)); border-radius: 4px; box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.table-columns label { display: flex; align-items: center; gap: 6px; white-space: nowrap; }
.grid-row.failed > div:first-child > span:last-child { color: var(--cf-error); }
.grid-row.failed[aria-selected='true'] > div:first-child > span:last-child { color: inherit; }
`
