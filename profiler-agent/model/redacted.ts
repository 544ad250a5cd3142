// What stands in place of a credential, wherever one is written down.

export const REDACTED = '‹redacted›'
