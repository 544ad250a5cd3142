// The page's style as a constructed style sheet: the same in the webview and in a saved HTML file, and allowed by a policy without inline styles.
// All colours come from the editor's theme where there is one.

const COLOURS = `
:root {
  color-scheme: light dark;
  --fb-background: #ffffff; --fb-foreground: #24292f; --fb-muted: #656d76; --fb-panel: #f6f8fa; --fb-line: #d8dee4;
  --fb-hover: #0969da14; --fb-selection: #0969da26; --fb-focus: #0969da; --fb-link: #0969da;
  --fb-blue: #4a8fe7; --fb-green: #57ab5a; --fb-orange: #e8833a; --fb-red: #e0565b; --fb-purple: #9a7fd1; --fb-yellow: #d4a72c;
  --fb-teal: #3fa7a3; --fb-pink: #d16ba5; --fb-neutral: #9aa4af;
}
@media (prefers-color-scheme: dark) { :root {
  --fb-background: #1f1f1f; --fb-foreground: #d6d6d6; --fb-muted: #9d9d9d; --fb-panel: #252526; --fb-line: #3a3a3a;
  --fb-hover: #ffffff0f; --fb-selection: #3794ff40; --fb-focus: #3794ff; --fb-link: #4daafc;
  --fb-blue: #4c9df0; --fb-green: #7cc379; --fb-orange: #e0893b; --fb-red: #ea6a66; --fb-purple: #a98ddb; --fb-yellow: #cfa93a;
  --fb-teal: #4fb3ad; --fb-pink: #d67fb3; --fb-neutral: #7d8590;
} }
body {
  --cf-background: var(--vscode-editor-background, var(--fb-background));
  --cf-foreground: var(--vscode-foreground, var(--fb-foreground));
  --cf-muted: var(--vscode-descriptionForeground, var(--fb-muted));
  --cf-panel: var(--vscode-sideBar-background, var(--fb-panel));
  --cf-line: var(--vscode-contrastBorder, var(--vscode-panel-border, var(--fb-line)));
  --cf-grid: color-mix(in srgb, var(--cf-foreground) 9%, var(--cf-background));
  --cf-hover: var(--vscode-list-hoverBackground, var(--fb-hover));
  --cf-selection: var(--vscode-list-activeSelectionBackground, var(--fb-selection));
  /* High contrast themes set no selection colours: the text stays as it is, and an outline marks the row. */
  --cf-selection-text: var(--vscode-list-activeSelectionForeground, var(--cf-foreground));
  --cf-focus: var(--vscode-focusBorder, var(--fb-focus));
  --cf-link: var(--vscode-textLink-foreground, var(--fb-link));
  --cf-contrast-border: var(--vscode-contrastBorder, CanvasText);
  --cf-blue: var(--vscode-charts-blue, var(--fb-blue));
  --cf-green: var(--vscode-charts-green, var(--fb-green));
  /* Not charts.orange: in VS Code's own themes that is the half-transparent colour of a search hit in the minimap. */
  --cf-orange: var(--vscode-costflame-flame, var(--fb-orange));
  --cf-red: var(--vscode-charts-red, var(--fb-red));
  --cf-purple: var(--vscode-charts-purple, var(--fb-purple));
  --cf-yellow: var(--vscode-charts-yellow, var(--fb-yellow));
  --cf-teal: color-mix(in srgb, var(--cf-green) 45%, var(--cf-blue));
  --cf-pink: color-mix(in srgb, var(--cf-purple) 50%, var(--cf-red));
  --cf-neutral: color-mix(in srgb, var(--cf-foreground) 42%, var(--cf-background));
  --cf-warning: var(--vscode-editorWarning-foreground, var(--fb-yellow));
  --cf-error: var(--vscode-editorError-foreground, var(--fb-red));
  --cf-info: var(--vscode-editorInfo-foreground, var(--fb-blue));
}
`

const FRAME = `
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; padding: 0; }
body {
  display: flex; flex-direction: column; overflow: hidden;
  background: var(--cf-background); color: var(--cf-foreground);
  font: var(--vscode-font-weight, 400) var(--vscode-font-size, 13px)/1.4 var(--vscode-font-family, system-ui, -apple-system, 'Segoe UI', 'Ubuntu', sans-serif);
}
main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
[hidden] { display: none !important; }
.sr-only { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
:focus-visible { outline: 1px solid var(--cf-focus); outline-offset: 1px; }
h1, h2, h3, p, dl, dd, ol { margin: 0; padding: 0; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 20px; padding: 12px 16px 8px; }
.title { flex: 1 1 220px; min-width: 0; }
.title h1 { font-size: 1.15em; font-weight: 600; display: flex; align-items: center; gap: 8px; }
.title h1 > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.title p { color: var(--cf-muted); font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: 0.88em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.live { flex: none; font-size: 0.75em; font-weight: 600; padding: 1px 7px; border-radius: 9px; color: var(--cf-background); background: var(--cf-green); }
.figures { display: flex; flex-wrap: wrap; gap: 4px 22px; }
.figure { display: flex; flex-direction: column; }
.figure b { font-size: 1.2em; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.25; }
.figure span, .figure button { font-size: 0.85em; color: var(--cf-muted); text-align: left; }
.figure.warn b { color: var(--cf-warning); }
.figure.fail b { color: var(--cf-error); }

.bar { display: flex; align-items: center; gap: 12px; padding: 4px 16px 8px; min-height: 34px; }
.units { display: inline-flex; border: 1px solid var(--cf-line); border-radius: 4px; overflow: hidden; flex: none; }
.units button { padding: 2px 12px; color: var(--cf-muted); }
.units button + button { border-left: 1px solid var(--cf-line); }
.units button:hover { background: var(--cf-hover); color: var(--cf-foreground); }
.units button[aria-pressed='true'] { background: var(--cf-selection); color: var(--cf-selection-text); }
.units button:focus-visible { outline-offset: -1px; }
.crumbs { flex: 1; min-width: 0; display: flex; align-items: center; gap: 4px; overflow: hidden; color: var(--cf-muted); }
.crumbs button { max-width: 220px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 1px 4px; border-radius: 3px; }
.crumbs button:hover { color: var(--cf-foreground); background: var(--cf-hover); }
.crumbs button:last-child { color: var(--cf-foreground); }
.crumbs i { font-style: normal; opacity: 0.6; }
.crumbs .keys { margin-left: auto; font-size: 0.88em; white-space: nowrap; opacity: 0.85; }
.reset { flex: none; padding: 2px 10px; border-radius: 3px; border: 1px solid var(--cf-line); color: var(--cf-foreground); }
.reset:hover { background: var(--cf-hover); }
.reset:disabled { visibility: hidden; }

.flame { position: relative; flex: 0 1 auto; min-height: 96px; max-height: 58%; margin: 0 16px; }
.flame canvas { display: block; position: absolute; inset: 0; border-radius: 2px; touch-action: none; }
.flame canvas:focus-visible { outline: 1px solid var(--cf-focus); outline-offset: 2px; }
.flame canvas.over-box { cursor: pointer; }
.flame canvas.dragging { cursor: grabbing; }
.nothing { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; color: var(--cf-muted); text-align: center; padding: 0 20px; pointer-events: none; }
`

const PANES = `
.panes { flex: 1 1 0; min-height: 0; display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr); margin-top: 10px; border-top: 1px solid var(--cf-line); }
.tree-pane { display: flex; flex-direction: column; min-height: 0; min-width: 0; border-right: 1px solid var(--cf-line); }
.columns, .row { display: grid; grid-template-columns: minmax(0, 1fr) 112px 84px 78px; align-items: center; column-gap: 10px; padding: 0 14px 0 8px; }
.columns { flex: none; height: 26px; font-size: 0.85em; color: var(--cf-muted); border-bottom: 1px solid var(--cf-line); }
.columns > :not(:first-child), .row > .number { text-align: right; }
.columns > :first-child { padding-left: 8px; }
.tree { flex: 1; min-height: 0; overflow: auto; outline-offset: -1px !important; }
.rows { position: relative; }
.row { position: absolute; left: 0; right: 0; height: 22px; cursor: default; white-space: nowrap; }
.row:hover { background: var(--cf-hover); }
.row[aria-selected='true'] { background: var(--cf-selection); color: var(--cf-selection-text); }
.name { display: flex; align-items: center; min-width: 0; gap: 6px; }
.name > span:last-child { overflow: hidden; text-overflow: ellipsis; }
.row.failed .name > span:last-child { color: var(--cf-error); }
.twisty { flex: none; width: 14px; text-align: center; color: var(--cf-muted); font-size: 0.8em; transition: transform 80ms; }
[aria-expanded='true'] .twisty { transform: rotate(90deg); }
.swatch { flex: none; width: 9px; height: 9px; border-radius: 2px; background: var(--cf-neutral); }
.swatch[data-kind='agent'], .swatch[data-kind='user'] { background: var(--cf-blue); }
.swatch[data-kind='step'], .swatch[data-kind='system'] { background: var(--cf-purple); }
.swatch[data-kind='chat'] { background: var(--cf-orange); }
.swatch[data-kind='embeddings'], .swatch[data-kind='rerank'], .swatch[data-kind='assistant'], .swatch[data-kind='media'] { background: var(--cf-yellow); }
.swatch[data-kind='tool'], .swatch[data-kind='tool_def'] { background: var(--cf-green); }
.swatch[data-kind='retrieval'], .swatch[data-kind='tool_result'] { background: var(--cf-teal); }
.swatch[data-kind='tool_call'], .swatch[data-kind='reasoning'] { background: var(--cf-pink); }
.swatch[data-kind='output'] { background: var(--cf-red); }
.number { font-variant-numeric: tabular-nums; }
.cost { position: relative; }
.cost i { position: absolute; right: 0; bottom: -2px; height: 2px; border-radius: 1px; background: var(--cf-orange); opacity: 0.75; }
.dim { color: var(--cf-muted); }
[aria-selected='true'] .dim, [aria-selected='true'] .twisty { color: inherit; }

.details { overflow: auto; padding: 12px 16px 20px; min-width: 0; }
.details > * + * { margin-top: 12px; }
.details-head { display: flex; align-items: center; gap: 8px; }
.details-head h2 { font-size: 1.05em; font-weight: 600; overflow-wrap: anywhere; }
.kind { color: var(--cf-muted); white-space: nowrap; }
.link { color: var(--cf-link); }
.link:hover { text-decoration: underline; }
.place { font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: 0.95em; overflow-wrap: anywhere; text-align: left; }
.call-site ol { list-style: none; margin-top: 3px; color: var(--cf-muted); font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: 0.88em; }
.call-site li::before { content: '↑ '; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 14px; }
.facts dt { color: var(--cf-muted); }
.facts dd { overflow-wrap: anywhere; }
.buckets { border-collapse: collapse; width: 100%; max-width: 480px; font-variant-numeric: tabular-nums; }
.buckets th, .buckets td { text-align: right; padding: 3px 0 3px 12px; font-weight: 400; }
.buckets th:first-child { text-align: left; padding-left: 0; }
.buckets thead th { color: var(--cf-muted); font-size: 0.88em; }
.buckets tbody tr, .buckets tfoot tr { border-top: 1px solid var(--cf-line); }
.buckets tfoot { font-weight: 600; }
.buckets tfoot th, .buckets tfoot td { font-weight: 600; }
.note { padding: 6px 10px; border-left: 3px solid var(--cf-info); background: color-mix(in srgb, var(--cf-info) 10%, transparent); border-radius: 2px; }
.note-warning { border-color: var(--cf-warning); background: color-mix(in srgb, var(--cf-warning) 10%, transparent); }
.note-error { border-color: var(--cf-error); background: color-mix(in srgb, var(--cf-error) 10%, transparent); }
.note code { font-size: 0.88em; color: var(--cf-muted); }
.hint { color: var(--cf-muted); }

.tooltip { position: fixed; z-index: 5; left: 0; top: 0; max-width: min(360px, 90vw); padding: 7px 10px; pointer-events: none; border-radius: 4px;
  color: var(--vscode-editorHoverWidget-foreground, var(--cf-foreground)); background: var(--vscode-editorHoverWidget-background, var(--cf-panel));
  border: 1px solid var(--vscode-editorHoverWidget-border, var(--cf-line)); box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.tooltip-name { font-weight: 600; overflow-wrap: anywhere; }
.tooltip-kind { color: var(--cf-muted); font-size: 0.92em; }
.tooltip dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 14px; margin-top: 5px; }
.tooltip dt { color: var(--cf-muted); }
.tooltip dd { text-align: right; font-variant-numeric: tabular-nums; }

.empty { margin: auto; max-width: 480px; padding: 32px; text-align: center; }
.empty svg { width: 54px; height: 54px; color: var(--cf-orange); opacity: 0.85; }
.empty.error svg { color: var(--cf-error); }
.empty h1 { font-size: 1.25em; font-weight: 600; margin: 10px 0 6px; }
.empty p { color: var(--cf-muted); white-space: pre-line; overflow-wrap: anywhere; }

@media (max-width: 720px) {
  .panes { grid-template-columns: 1fr; grid-template-rows: minmax(110px, 1.2fr) minmax(110px, 1fr); }
  .tree-pane { border-right: 0; border-bottom: 1px solid var(--cf-line); }
  .crumbs .keys { display: none; }
  .columns, .row { grid-template-columns: minmax(0, 1fr) 92px 66px 62px; column-gap: 6px; }
}
.vscode-high-contrast .units button[aria-pressed='true'], .vscode-high-contrast .row[aria-selected='true'] { outline: 1px solid var(--cf-focus); outline-offset: -1px; }
@media (prefers-reduced-motion: reduce) { .twisty { transition: none; } }
`

/** Puts the style on the page. A constructed sheet is no inline style, so `style-src 'none'` allows it. */
export function applyStyles(page: Document) {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(COLOURS + FRAME + PANES)
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet]
}
