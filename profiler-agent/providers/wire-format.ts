// What every adapter offers: whether an exchange speaks its wire format, and what it says. Types only.

import type { ExchangeReading } from '../model/call'
import type { ExchangeParts } from './parts'

export interface WireFormat {
  /** By method, path and body; never by the provider alone, since many serve formats of others. */
  readonly recognises: (parts: ExchangeParts) => boolean
  /** Throws nothing: what it cannot read is unknown, and counted in `malformed`. */
  readonly read: (parts: ExchangeParts) => ExchangeReading
}
