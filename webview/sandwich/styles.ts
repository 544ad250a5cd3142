// How the sandwich looks.

export const SANDWICH_STYLE = `
.sandwich-view { display: grid; grid-template-columns: minmax(290px, 1fr) minmax(0, 2.2fr); height: 100%; min-height: 0; }
.sandwich-view > .grid { border-right: 1px solid var(--cf-line); }
.sandwich-view small { color: var(--cf-muted); margin-left: 6px; font-size: 0.88em; }
.sandwich-view [aria-selected='true'] small { color: inherit; }
.sandwich-main { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.sandwich-main.is-empty > :not(.nothing) { display: none; }
.sandwich-bar { flex: none; display: flex; align-items: center; gap: 12px; padding: 2px 16px 4px; min-height: 28px; }
.sandwich-title { font-size: 1.05em; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sandwich-turn { flex: none; margin-left: auto; max-width: 45%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--cf-link); }
.sandwich-turn:hover { text-decoration: underline; }
.sandwich-caption { flex: none; font-size: 0.9em; font-weight: 400; color: var(--cf-muted); padding: 2px 16px; }
.sandwich-main > .flame { min-height: 52px; max-height: 32%; }
.sandwich-main > .grid { border-top: 1px solid var(--cf-line); min-height: 90px; }
@media (max-width: 760px) {
  .sandwich-view { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(96px, 0.6fr) minmax(0, 2fr); }
  .sandwich-view > .grid { border-right: 0; border-bottom: 1px solid var(--cf-line); }
  .sandwich-main > .flame { margin: 0 12px; }
}
`
