// How charts are laid out: cards side by side as far as there is room.

export const CHARTS_STYLE = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 12px; align-items: start; align-content: start; padding: 12px 16px 20px; overflow: auto; min-height: 0; height: 100%; }
.chart-card { display: flex; flex-direction: column; gap: 6px; min-width: 0; padding: 10px 12px; border: 1px solid var(--cf-line); border-radius: 4px; }
/* Many points want room. */
.chart-card.wide { grid-column: 1 / -1; }
.chart-head { display: flex; align-items: center; gap: 8px; }
.chart-head h2 { flex: 1; min-width: 0; font-size: 1em; font-weight: 600; }
.chart-note { color: var(--cf-muted); font-size: 0.92em; }
.chart-plot { position: relative; height: 220px; min-width: 0; }
.chart-table { max-height: 220px; overflow: auto; }
.chart-table table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.chart-table th, .chart-table td { padding: 2px 8px; text-align: right; font-weight: 400; white-space: nowrap; }
.chart-table thead th { position: sticky; top: 0; color: var(--cf-muted); background: var(--cf-background); }
.chart-table th:first-child { text-align: left; }
`
