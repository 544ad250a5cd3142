// The entry of `costflame/api` where there is no Node, such as in a browser: the program's functions are called, and that is all.

import { straight } from './straight'

export const { agent, headers, outcome, retrieval, step, tag, tool, within } = straight
