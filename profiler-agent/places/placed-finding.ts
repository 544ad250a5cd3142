// A finding with what the search in the repository found: it points at the origin, and at the call beside it.

import type { Finding, Location, RelatedLocation } from '../model/finding'
import type { Place } from './place-search'
import type { Subject } from './subject'

const CALL = 'The call that sends it'
const CALL_OF_OPTION = 'The call'
const ALSO = 'This changes, too'
const MAX_CODE = 120

/** What a search came to: where the origin is, and why there is none where one was to be found. */
export interface SearchResult {
  readonly place: Place | undefined
  readonly missing: Subject['missing']
  /** Where other texts of the finding come from that change, too. */
  readonly others: readonly Location[]
}

/** Without an origin the finding stays at its call and says why it is not found. */
export function placedFinding(finding: Finding, { place, missing, others }: SearchResult): Finding {
  if (!place || (missing !== undefined && place.what === 'option')) {
    const call = place ? atPlace(finding, place) : finding
    return missing === undefined ? call : withEvidence(call, { origin: { found: false, why: missing } })
  }
  const code = place.code.length > MAX_CODE ? `${place.code.slice(0, MAX_CODE - 1)}…` : place.code
  const placed = atPlace(finding, place)
  const relatedLocations = [
    ...others.map((other) => ({ ...other, message: ALSO })),
    ...placed.relatedLocations,
  ]
  return withEvidence({ ...placed, relatedLocations }, { origin: { found: true, what: place.what, code } })
}

function atPlace(finding: Finding, { region, what }: Place): Finding {
  const { location } = finding
  const message = what === 'option' ? CALL_OF_OPTION : CALL
  const call: RelatedLocation[] = location ? [{ ...location, message }] : []
  return { ...finding, location: region, relatedLocations: [...call, ...finding.relatedLocations] }
}

function withEvidence(finding: Finding, more: Finding['evidence']): Finding {
  return { ...finding, evidence: { ...finding.evidence, ...more } }
}
