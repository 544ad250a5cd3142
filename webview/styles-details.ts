// Style of the pane of details.

export const DETAILS_STYLE = `
.details { overflow: auto; padding: 12px 16px 20px; min-width: 0; min-height: 0; outline-offset: -1px !important; }
.details > * + * { margin-top: 12px; }
.details-head { display: flex; align-items: center; gap: 8px; }
.details-head h2 { font-size: 1.05em; font-weight: 600; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.kind { color: var(--cf-muted); white-space: nowrap; }
.link { color: var(--cf-link); }
.link:hover { text-decoration: underline; }
.place { font-family: var(--cf-mono); font-size: 0.95em; overflow-wrap: anywhere; text-align: left; }
.call-site ol { margin-top: 3px; color: var(--cf-muted); font-family: var(--cf-mono); font-size: 0.88em; }
.call-site li::before { content: '↑ '; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 14px; }
.facts dt { color: var(--cf-muted); }
.facts dd { overflow-wrap: anywhere; }
.buckets { border-collapse: collapse; width: 100%; max-width: 480px; font-variant-numeric: tabular-nums; }
.buckets th, .buckets td { text-align: right; padding: 3px 0 3px 12px; font-weight: 400; }
.buckets th:first-child { text-align: left; padding-left: 0; }
.buckets thead th { color: var(--cf-muted); font-size: 0.92em; }
.buckets tbody tr, .buckets tfoot tr { border-top: 1px solid var(--cf-line); }
.buckets tfoot th, .buckets tfoot td { font-weight: 600; }
.note { padding: 6px 10px; border-left: 3px solid var(--cf-info); background: color-mix(in srgb, var(--cf-info) 10%, var(--cf-background)); border-radius: 2px; }
.note-warning { border-color: var(--cf-warning); background: color-mix(in srgb, var(--cf-warning) 10%, var(--cf-background)); }
.note-error { border-color: var(--cf-error); background: color-mix(in srgb, var(--cf-error) 10%, var(--cf-background)); }
.note code { font-size: 0.92em; color: var(--cf-muted); }
.hint { color: var(--cf-muted); }
@media (max-width: 760px) { .details { padding: 10px 12px 16px; } }
`
