// The values of --format, by command.

export const REPORT_FORMATS = ['text', 'markdown', 'csv', 'json'] as const
export const EXPORT_FORMATS = ['json', 'html', 'speedscope', 'pprof', 'folded', 'otlp', 'csv'] as const
export const IMPORT_FORMATS = ['auto', 'otlp', 'har', 'claude-code', 'codex', 'exchanges'] as const
export const PRICES_FORMATS = ['text', 'json'] as const
export const REPRICE_FORMATS = ['text', 'json'] as const
export const FINDINGS_FORMATS = ['text', 'json', 'sarif', 'markdown'] as const
export const WHATIF_FORMATS = ['text', 'markdown', 'json'] as const
export const CHECK_FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown'] as const
export const DIFF_FORMATS = ['text', 'json', 'markdown'] as const
export const WHY_FORMATS = ['text', 'json'] as const
export const RUNS_FORMATS = ['text', 'json'] as const
export const BUDGETS_FORMATS = ['text', 'json'] as const
export const DOCTOR_FORMATS = ['text', 'json'] as const

export type ReportFormat = (typeof REPORT_FORMATS)[number]
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
export type ImportFormat = (typeof IMPORT_FORMATS)[number]
export type PricesFormat = (typeof PRICES_FORMATS)[number]
export type RepriceFormat = (typeof REPRICE_FORMATS)[number]
export type FindingsFormat = (typeof FINDINGS_FORMATS)[number]
export type WhatIfFormat = (typeof WHATIF_FORMATS)[number]
export type CheckFormat = (typeof CHECK_FORMATS)[number]
export type DiffFormat = (typeof DIFF_FORMATS)[number]
export type WhyFormat = (typeof WHY_FORMATS)[number]
export type RunsFormat = (typeof RUNS_FORMATS)[number]
export type BudgetsFormat = (typeof BUDGETS_FORMATS)[number]
export type DoctorFormat = (typeof DOCTOR_FORMATS)[number]
