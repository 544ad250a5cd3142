// Style of what is pressed, chosen and written into: buttons, menus, fields, the toolbar, the help.

export const CONTROL_STYLE = `
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
button:disabled { cursor: default; }
input, select { font: inherit; color: var(--vscode-input-foreground, var(--cf-foreground)); background: var(--cf-field); border: 1px solid var(--cf-field-line); border-radius: 3px; height: 1.85em; }
input { padding: 0 6px; min-width: 0; }
input::placeholder { color: var(--vscode-input-placeholderForeground, var(--cf-muted)); opacity: 1; }
input[type='search']::-webkit-search-cancel-button { display: none; }
select { padding: 0 2px; background: var(--vscode-dropdown-background, var(--cf-field)); border-color: var(--vscode-contrastBorder, var(--vscode-dropdown-border, var(--fb-field-line))); }
input:focus, select:focus { outline: 1px solid var(--cf-focus); outline-offset: -1px; }
input[aria-invalid='true'] { border-color: var(--cf-error); outline-color: var(--cf-error); }
kbd { font-family: var(--cf-mono); font-size: 0.88em; padding: 0 5px; border: 1px solid var(--cf-line); border-radius: 3px; background: var(--cf-panel); white-space: nowrap; }

.icon { display: block; width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
.icon-button { flex: none; display: inline-flex; align-items: center; justify-content: center; width: 1.85em; height: 1.85em; border-radius: 3px; color: var(--cf-foreground); }
.plain-button, .menu-button { flex: none; display: inline-flex; align-items: center; gap: 3px; padding: 0 8px; height: 1.85em; border-radius: 3px; border: 1px solid var(--cf-field-line); white-space: nowrap; }
.menu-button .icon { width: 0.95em; height: 0.95em; }
.icon-button:hover:enabled, .plain-button:hover:enabled, .menu-button:hover { background: var(--cf-hover); }
.icon-button:disabled, .plain-button:disabled { opacity: 0.4; }

.menu-place { position: relative; flex: none; }
.menu { position: absolute; z-index: 4; top: calc(100% + 2px); left: 0; min-width: 180px; padding: 4px; border-radius: 4px; background: var(--vscode-menu-background, var(--cf-widget)); color: var(--vscode-menu-foreground, var(--cf-foreground)); border: 1px solid var(--cf-widget-line); box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.menu.to-left { left: auto; right: 0; }
.menu button { display: block; width: 100%; text-align: left; padding: 3px 10px; border-radius: 3px; white-space: nowrap; }
.menu button:hover, .menu button:focus { background: var(--cf-selection); color: var(--cf-selection-text); outline-offset: -1px; }
.menu small { display: block; color: var(--cf-muted); }
.menu button:hover small, .menu button:focus small { color: inherit; }

.bar { display: flex; flex: none; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 7px 16px; }
.page-buttons { display: flex; flex: none; align-items: center; gap: 4px; }
.units { display: inline-flex; border: 1px solid var(--cf-field-line); border-radius: 3px; overflow: hidden; flex: none; max-width: 100%; }
.units button { padding: 0 9px; height: calc(1.85em - 2px); color: var(--cf-muted); white-space: nowrap; }
.units button + button { border-left: 1px solid var(--cf-field-line); }
.units button:hover { background: var(--cf-hover); color: var(--cf-foreground); }
.units button[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); }
.units button:focus-visible { outline-offset: -2px; }
.choice { display: inline-flex; align-items: center; gap: 6px; color: var(--cf-muted); white-space: nowrap; }
.amount { width: 5.5em; }
.search { display: inline-flex; align-items: center; flex: 1 1 150px; max-width: 280px; min-width: 0; }
.search input { width: 4em; flex: 1 1 auto; padding-right: 26px; }
.search .regex { flex: none; width: 22px; margin-left: -24px; height: 1.5em; line-height: 1.3; border-radius: 3px; font-family: var(--cf-mono); font-size: 0.92em; color: var(--cf-muted); }
.search .regex:hover { background: var(--cf-hover); color: var(--cf-foreground); }
.search .regex[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); outline: 1px solid var(--cf-focus); }
.search .count { color: var(--cf-muted); white-space: nowrap; font-variant-numeric: tabular-nums; }
.search .count:not(:empty) { margin-left: 8px; margin-right: 2px; }

.help { padding: 0; width: min(860px, calc(100vw - 32px)); max-height: calc(100vh - 48px); border: 1px solid var(--cf-widget-line); border-radius: 6px; background: var(--cf-background); color: var(--cf-foreground); box-shadow: 0 6px 30px rgba(0, 0, 0, 0.4); }
.help::backdrop { background: rgba(0, 0, 0, 0.35); }
.help > header { position: sticky; top: 0; display: flex; align-items: center; justify-content: space-between; padding: 12px 16px; background: var(--cf-background); border-bottom: 1px solid var(--cf-line); }
.help h2 { font-size: 1.12em; font-weight: 600; }
.help h3 { font-weight: 600; margin-bottom: 6px; }
.help-groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 18px 32px; padding: 16px; }
.help dl { display: grid; grid-template-columns: minmax(92px, max-content) 1fr; gap: 5px 12px; }
.help dt { display: flex; flex-wrap: wrap; gap: 4px; align-items: baseline; color: var(--cf-muted); }
.help-groups > p { grid-column: 1 / -1; color: var(--cf-muted); }

@media (max-width: 760px) {
  .bar { padding: 6px 12px; gap: 6px 8px; }
  .units button { padding: 0 7px; }
  .search { max-width: none; }
  .help-groups { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 480px) {
  .units { flex: 0 1 auto; flex-wrap: wrap; border: 0; padding: 1px 0 0 1px; }
  .units button { font-size: 0.92em; padding: 0 5px; border: 1px solid var(--cf-field-line); margin: -1px 0 0 -1px; }
  .bar { gap: 5px 6px; padding: 5px 12px; }
  .bar .choice span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .amount { width: 4.2em; }
  .search .count:not(:empty) { margin-left: 4px; }
}
@media (forced-colors: active) {
  .units button[aria-pressed='true'], .regex[aria-pressed='true'] { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
  .menu button:hover, .menu button:focus { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
}
.vscode-high-contrast .units button[aria-pressed='true'], .vscode-high-contrast .regex[aria-pressed='true'], .vscode-high-contrast .menu button:focus { outline: 1px solid var(--cf-focus); outline-offset: -2px; }
`
