// What no program waits for, in one bundle: every command but `run`, `serve` and `import`, and the summary at the end of a run.

export * from './doctor'
export * from './export'
export * from './findings'
export * from './prices'
export * from './python-api'
export * from './report'
export * from './reprice'
export * from './run-summary'
export * from './runs'
export * from './simulate'
export * from './whatif'
export * from './why'
