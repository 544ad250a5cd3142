// Style of the frame of the page: head, tabs, toolbar, where view and details stand, empty states.

export const FRAME_STYLE = `
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; padding: 0; }
body {
  display: flex; flex-direction: column; overflow: hidden;
  background: var(--cf-background); color: var(--cf-foreground);
  font: var(--vscode-font-weight, 400) var(--vscode-font-size, 13px)/1.45 var(--vscode-font-family, system-ui, -apple-system, 'Segoe UI', 'Ubuntu', sans-serif);
}
main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
[hidden] { display: none !important; }
.sr-only { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h1, h2, h3, p, dl, dd, ol, ul { margin: 0; padding: 0; font-size: inherit; font-weight: inherit; }
ul, ol { list-style: none; }
:focus-visible { outline: 1px solid var(--cf-focus); outline-offset: 1px; }

.top { display: flex; align-items: center; gap: 4px 24px; padding: 10px 16px 8px; }
.title { flex: 1 1 200px; min-width: 0; }
.title h1 { font-size: 1.12em; font-weight: 600; display: flex; align-items: center; gap: 8px; }
.title h1 > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.title p { color: var(--cf-muted); font-size: 0.9em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.title h1 > .live { flex: none; font-size: 0.75em; padding: 0 7px; border-radius: 9px; color: var(--cf-background); background: var(--cf-green); }
.figures { display: flex; flex-wrap: wrap; flex: 0 1 auto; min-width: 0; justify-content: flex-end; gap: 2px 20px; }
.figure { display: flex; align-items: baseline; gap: 5px; }
.figure b { font-size: 1.12em; font-weight: 600; font-variant-numeric: tabular-nums; }
.figure span, .figure button { color: var(--cf-muted); }
.figure button { text-decoration: underline; text-underline-offset: 2px; }
.figure.warn b { color: var(--cf-warning); }
.figure.fail b { color: var(--cf-error); }

.tabs { display: flex; flex: none; overflow-x: auto; scrollbar-width: none; padding: 0 10px; border-bottom: 1px solid var(--cf-line); }
.tabs button { flex: none; padding: 5px 8px 4px; color: var(--cf-muted); border-bottom: 2px solid transparent; white-space: nowrap; }
.tabs button:hover { color: var(--cf-foreground); }
.tabs button[aria-selected='true'] { color: var(--cf-foreground); border-bottom-color: var(--cf-focus); }
.tabs button:focus-visible { outline-offset: -2px; }

.panes { flex: 1 1 0; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) 1px minmax(0, var(--details-share, 36%)); }
.panes.without-details { grid-template-columns: minmax(0, 1fr); }
.view, .side { min-width: 0; min-height: 0; display: flex; flex-direction: column; overflow: hidden; }
.view > *, .side > * { flex: 1 1 0; min-height: 0; min-width: 0; }
.splitter { position: relative; background: var(--cf-line); cursor: col-resize; touch-action: none; }
.splitter::after { content: ''; position: absolute; inset: 0 -3px; z-index: 1; }
.splitter:hover, .splitter:focus-visible { outline: 1px solid var(--cf-focus); outline-offset: 0; }

.nothing { color: var(--cf-muted); text-align: center; padding: 20px; }
.empty { margin: auto; max-width: 480px; padding: 32px; text-align: center; }
.empty svg { width: 54px; height: 54px; color: var(--cf-orange); opacity: 0.85; }
.empty.error svg { color: var(--cf-error); }
.empty h1 { font-size: 1.25em; font-weight: 600; margin: 10px 0 6px; }
.empty p { color: var(--cf-muted); white-space: pre-line; overflow-wrap: anywhere; }

@media (max-width: 1020px) { .top { flex-wrap: wrap; } .figures { order: 1; flex: 1 0 100%; justify-content: flex-start; gap: 0 16px; } }
/* Beside each other there is no room: the details go below. As in splitter.ts. */
@media (max-width: 900px) {
  .panes { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) 1px minmax(0, var(--details-share, 30%)); }
  .panes.without-details { grid-template-rows: minmax(0, 1fr); }
  .splitter { cursor: row-resize; }
  .splitter::after { inset: -4px 0; }
}
@media (max-width: 760px) {
  .top { padding: 8px 12px 4px; }
  .tabs { padding: 0 4px; }
}
@media (max-width: 480px) {
  .tabs button { font-size: 0.92em; padding: 4px 5px 3px; }
  .title { flex-basis: 80px; }
  .title p { display: none; }
}
@media (forced-colors: active) {
  .tabs button[aria-selected='true'], .subtabs button[aria-selected='true'] { border-bottom-color: Highlight; color: Highlight; }
  .tabs button, .subtabs button { border-bottom-color: Canvas; }
  .splitter { background: CanvasText; }
}
`
