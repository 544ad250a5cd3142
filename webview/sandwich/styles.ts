// How the sandwich looks.

export const SANDWICH_STYLE = `
.sandwich-view { height: 100%; min-height: 0; container-type: inline-size; }
.sandwich-view > div { display: grid; grid-template-rows: minmax(96px, 3fr) minmax(0, 7fr); height: 100%; min-height: 0; }
.sandwich-list { display: flex; min-height: 0; min-width: 0; }
.sandwich-main { display: flex; flex-direction: column; min-width: 0; min-height: 0; border-top: 1px solid var(--cf-line); }
.sandwich-main.is-empty > :not(.nothing) { display: none; }
.sandwich-bar { flex: none; display: flex; align-items: center; gap: 12px; padding: 5px 16px 2px; }
.sandwich-title { font-size: 1.05em; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: plaintext; }
.sandwich-turn { margin-left: auto; max-width: 45%; overflow: hidden; text-overflow: ellipsis; }
.sandwich-caption { flex: none; font-size: 0.92em; font-weight: 400; color: var(--cf-muted); padding: 2px 16px; }
.sandwich-main > .flame { min-height: 68px; max-height: 34%; }
.sandwich-main > .grid { border-top: 1px solid var(--cf-line); min-height: 84px; }
.grid small { color: var(--cf-muted); margin-left: 6px; font-size: 0.92em; }
.grid [aria-selected='true'] small { color: inherit; }
@container (min-width: 900px) {
  .sandwich-view > div { grid-template-rows: minmax(0, 1fr); grid-template-columns: minmax(430px, 1fr) minmax(0, 2fr); }
  .sandwich-main { border-top: 0; border-left: 1px solid var(--cf-line); }
}
@container (max-width: 560px) {
  .sandwich-view > div { display: block; overflow: auto; }
  .sandwich-list { height: 9.5em; }
  .sandwich-main > .flame { max-height: none; min-height: 5em; flex: none; }
  .sandwich-main > .grid { flex: none; height: 12em; }
}
@media (max-width: 760px) { .sandwich-bar, .sandwich-caption { padding-left: 12px; padding-right: 12px; } }
`
