// The entry of `costflame/api` for ES modules: the very functions that CommonJS gets, so that a program that uses both has one context.
export { agent, headers, outcome, retrieval, step, tag, tool, within } from './index.cjs'
