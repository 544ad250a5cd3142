// The colour of each series: parts of prompts and cache states have those of the flame graph.

import { type Hue, hueOfKind, STRENGTH } from '../flame/palette'
import type { Theme } from '../flame/theme'
import type { SeriesKey } from './chart-data'

const HUES: Readonly<Partial<Record<SeriesKey, Hue>>> = {
  read: { name: 'mint', strength: STRENGTH.span },
  write: { name: 'yellow', strength: STRENGTH.span },
  fresh: { name: 'orange', strength: STRENGTH.span },
  cost: { name: 'orange', strength: STRENGTH.span },
  p50: { name: 'blue', strength: STRENGTH.span },
  p95: { name: 'blue', strength: STRENGTH.faint },
}

export function fillOf(key: SeriesKey, theme: Theme): string {
  return theme.coloursOf(HUES[key] ?? { name: hueOfKind(kindOf(key)), strength: STRENGTH.span }).fill
}

function kindOf(key: SeriesKey) {
  return key === 'read' ||
    key === 'write' ||
    key === 'fresh' ||
    key === 'cost' ||
    key === 'p50' ||
    key === 'p95'
    ? 'other'
    : key
}
