// Why a call read less from the prompt cache than it could have: the closed list of causes, each a rule `cache/<cause>`, and the fixes for them.

export const CACHE_CAUSES = [
  'missing-breakpoint',
  'misplaced-breakpoint',
  'look-back-overflow',
  'write-never-read',
  'below-minimum',
  'expired',
  'parallel-fan-out',
  'volatile-prefix',
  'unstable-serialisation',
  'tools-reordered',
  'tools-changed',
  'system-changed',
  'history-edited',
  'settings-changed',
  'routing-affinity',
  'evicted',
  'unknown',
] as const
export type CacheCause = (typeof CACHE_CAUSES)[number]

/** What can be done, as `whatif --cache` names it. `safe` changes nothing that the model reads; `review` moves or freezes it. */
export const CACHE_FIXES = {
  'add-breakpoint': 'safe',
  'move-breakpoint': 'safe',
  'drop-breakpoint': 'safe',
  'longer-ttl': 'safe',
  'cache-key': 'safe',
  'sort-keys': 'safe',
  'sort-tools': 'safe',
  'warm-first': 'review',
  'move-volatile': 'review',
  'freeze-tools': 'review',
  'freeze-system': 'review',
  'append-only': 'review',
  'keep-settings': 'review',
} as const satisfies Readonly<Record<string, 'safe' | 'review'>>
export type CacheFix = keyof typeof CACHE_FIXES
