// Style of the picture and what stands around it: path, legend, pins, accessible tree, the box at the pointer.

export const FLAME_STYLE = `
.flame-pane { display: flex; flex-direction: column; }
.pins { display: flex; flex: none; flex-wrap: wrap; gap: 4px 6px; padding: 0 16px 6px; }
.pin { display: inline-flex; align-items: center; max-width: 100%; border: 1px solid var(--cf-line); border-radius: 3px; }
.pin > button:first-child { display: inline-flex; gap: 8px; min-width: 0; padding: 0 2px 0 8px; }
.pin > button:first-child span { max-width: 180px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pin b { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pin .icon-button { width: 1.6em; height: 1.6em; }
.pin .icon { width: 0.85em; height: 0.85em; }
.pin:hover { background: var(--cf-hover); }

.crumb-bar { display: flex; flex: none; align-items: center; gap: 2px; padding: 0 16px 5px 12px; }
.crumbs { flex: 1; min-width: 0; display: flex; align-items: center; gap: 2px; overflow: hidden; color: var(--cf-muted); }
.crumbs button { flex: 0 1 auto; min-width: 18px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 1px 4px; border-radius: 3px; }
.crumbs button:hover { color: var(--cf-foreground); background: var(--cf-hover); }
.crumbs button:last-child { flex-shrink: 0.4; color: var(--cf-foreground); }
.crumbs button:focus-visible { outline-offset: -1px; }
.crumbs i { font-style: normal; }
.crumb-bar .menu-place { margin-left: 4px; }

.flame { position: relative; flex: 0 1 auto; min-height: 96px; max-height: 60%; margin: 0 16px; }
.flame canvas { display: block; position: absolute; inset: 0; border-radius: 2px; touch-action: none; }
.flame canvas:focus-visible { outline: 1px solid var(--cf-focus); outline-offset: 2px; }
.flame canvas.over-box { cursor: pointer; }
.flame canvas.dragging { cursor: grabbing; }
.flame .nothing { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; pointer-events: none; }

.legend { display: flex; flex: none; flex-wrap: wrap; gap: 0 14px; margin: 5px 0; line-height: 1.5; color: var(--cf-muted); font-size: 0.92em; }
.legend[tabindex] { padding: 0 16px; max-height: 4.5em; overflow: auto; }
.legend li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.swatch { flex: none; width: 9px; height: 9px; border-radius: 2px; background: var(--cf-neutral); }

.filter-note { flex: none; padding: 2px 16px 6px; color: var(--cf-muted); }
.tree-pane { container: rows / inline-size; flex: 1 1 0; min-height: 90px; display: flex; flex-direction: column; border-top: 1px solid var(--cf-line); }
.columns, .row { display: grid; grid-template-columns: minmax(0, 1fr) 64px 7em 8em 5.8em; align-items: center; column-gap: 10px; padding: 0 16px 0 8px; }
.columns { flex: none; height: 1.85em; color: var(--cf-muted); border-bottom: 1px solid var(--cf-line); }
.columns > span { font-size: 0.92em; }
.columns > :not(:first-child), .row > .number { text-align: right; }
.columns > :first-child { padding-left: 8px; }
.tree { flex: 1; min-height: 0; overflow: auto; outline-offset: -1px !important; }
.rows { position: relative; }
.row { position: absolute; left: 0; right: 0; cursor: default; white-space: nowrap; background: var(--cf-background); }
.row:hover { background: linear-gradient(var(--cf-hover), var(--cf-hover)), var(--cf-background); }
.row[aria-selected='true'] { background: var(--cf-selection); color: var(--cf-selection-text); }
.name { display: flex; align-items: center; min-width: 0; gap: 6px; }
.name > span:last-child { overflow: hidden; text-overflow: ellipsis; border-radius: 2px; unicode-bidi: plaintext; }
.row.failed .name > span:last-child { color: var(--cf-error); }
.row.found .name > span:last-child { background: var(--cf-found); }
.twisty { flex: none; width: 14px; text-align: center; color: var(--cf-muted); font-size: 0.8em; transition: transform 80ms; }
[aria-expanded='true'] .twisty { transform: rotate(90deg); }
/* A number that is cut off is another number: long ones reach over what stands before them. */
.number { font-variant-numeric: tabular-nums; justify-self: end; white-space: nowrap; }
.row > .number { padding-left: 6px; background: inherit; }
.share { height: 100%; display: flex; align-items: center; }
.share i { height: 7px; border-radius: 1px; background: var(--cf-orange); }
.dim { color: var(--cf-muted); }
[aria-selected='true'] .dim, [aria-selected='true'] .twisty, .row[aria-selected='true'].failed .name > span:last-child { color: inherit; }

.tooltip { position: fixed; z-index: 5; left: 0; top: 0; max-width: min(360px, 90vw); padding: 7px 10px; pointer-events: none; border-radius: 4px;
  color: var(--vscode-editorHoverWidget-foreground, var(--cf-foreground)); background: var(--cf-widget);
  border: 1px solid var(--cf-widget-line); box-shadow: 0 2px 10px rgba(0, 0, 0, 0.28); }
.tooltip-name { font-weight: 600; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.tooltip-kind { color: var(--cf-muted); font-size: 0.92em; }
.tooltip dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 14px; margin-top: 5px; }
.tooltip dt { color: var(--cf-muted); }
.tooltip dd { text-align: right; font-variant-numeric: tabular-nums; }

@media (max-width: 760px) {
  .pins { padding: 0 12px 6px; }
  .crumb-bar { padding: 0 12px 4px 8px; }
  .flame { margin: 0 12px; }
  .legend { gap: 0 10px; }
  .legend[tabindex] { padding: 0 12px; max-height: 3em; }
  .columns, .row { padding: 0 12px 0 4px; }
}
@container rows (max-width: 600px) {
  .columns, .row { grid-template-columns: minmax(0, 1fr) 6.6em 6.4em 5em; column-gap: 6px; }
  .share { display: none; }
}
@container rows (max-width: 360px) {
  .columns, .row { grid-template-columns: minmax(0, 1fr) max-content; }
  .columns > :nth-child(n + 4), .row > :nth-child(n + 4) { display: none; }
}
.vscode-high-contrast .row[aria-selected='true'] { outline: 1px solid var(--cf-focus); outline-offset: -1px; }
@media (forced-colors: active) {
  .swatch, .share i { forced-color-adjust: none; }
  .row[aria-selected='true'] { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
}
@media (prefers-reduced-motion: reduce) { .twisty { transition: none; } }
`
