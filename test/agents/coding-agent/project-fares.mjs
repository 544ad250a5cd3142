// The part of Landing that the bug is in, and what is written about it.

const SPLIT = `// Divides what a party owes among those who pay a part each.

import type { Money } from '../money'

/** One part for each weight, in their order. A weight of 2 pays twice as much as a weight of 1. */
export function splitFare(fare: Money, weights: readonly number[]): Money[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => ({
    ...fare,
    cents: Math.round((fare.cents * weight) / all),
  }))
}
`

const REFUND_SHARE = `// What each of those who shared a fare gets back.

import type { Money } from '../money'
import { feeFor, type Cancellation } from './cancellation'

/** The parts of a refund, in the order of the payments. The fee is kept from each part alike. */
export function refundShares(paid: Money, weights: readonly number[], cancelled: Cancellation): Money[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const refund = paid.cents - feeFor(paid, cancelled).cents
  return weights.map((weight) => ({
    ...paid,
    cents: Math.floor((refund * weight) / all),
  }))
}
`

const CANCELLATION = `// What is kept when a booking is cancelled.

import type { Money } from '../money'

export interface Cancellation {
  /** Hours between the cancellation and the departure. */
  readonly hoursBefore: number
  readonly isByUs: boolean
}

/** Nothing where we cancelled, or more than two days before; a tenth until six hours before; then half. */
export function feeFor(paid: Money, { hoursBefore, isByUs }: Cancellation): Money {
  if (isByUs || hoursBefore > 48) return { ...paid, cents: 0 }
  return { ...paid, cents: Math.ceil(paid.cents * (hoursBefore > 6 ? 0.1 : 0.5)) }
}
`

const SPLIT_TEST = `// Shared fares: two who pay alike, and one who pays for two.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitFare } from '../src/fares/split'

const euros = (cents: number) => ({ cents, currency: 'EUR' })

describe('a shared fare', () => {
  it('is halved between two', () => {
    assert.deepEqual(splitFare(euros(12_400), [1, 1]), [euros(6_200), euros(6_200)])
  })

  it('is shared two to one', () => {
    assert.deepEqual(splitFare(euros(9_000), [2, 1]), [euros(6_000), euros(3_000)])
  })
})
`

const SHARED_BOOKING_TEST = `// Bookings that several pay for.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitFare } from '../src/fares/split'
import { openAmount } from './samples'

describe('a booking that is shared', () => {
  it('is paid when two have paid their parts', () => {
    assert.equal(openAmount(10_000, splitFare({ cents: 10_000, currency: 'EUR' }, [1, 1])), 0)
  })

  it('is paid when three have paid their parts', () => {
    assert.equal(openAmount(10_000, splitFare({ cents: 10_000, currency: 'EUR' }, [1, 1, 1])), 0)
  })
})
`

const FARES_DOC = `# Fares and shared fares

A fare belongs to a route and a season. A booking stores the fare of its whole party once, as \`fareTotal\`, when it is placed; later changes of a fare do not reach it.

## Who pays

One person may pay for all, or the party shares the fare. \`sharedBy\` says into how many parts. Parts are weighed: a family that travels with four counts 4, a single traveller 1. The site shows each part before it asks for money, and the desk prints it on the slip.

A booking is paid when its payments together are its fare total, to the cent. There is no tolerance, because the ledger of the harbour has none: a booking that lacks a cent is held, and the party is not let aboard. The desk can take the missing cent in cash; the site cannot.

## What goes back

A cancelled booking goes back to those who paid, each the part that was paid, less the fee. Where the sailing was cancelled by us there is no fee. Vouchers go back as vouchers, and never as money.

## Money

Amounts are whole cents. Nothing in Landing calculates with fractions of a cent; what has to be rounded is rounded once, at the end, and what was divided has to add up to what was there before. Amounts of different currencies are never added.
`

const CHANGELOG = `# Changelog

## Unreleased

- The desk sees who placed a booking by telephone.
- Sailings that wait for the wind say so on the site.

## 2026.10

- Vouchers can be given on.
- Receipts in the language of the customer.
`

export const HAND_WRITTEN = {
  'CHANGELOG.md': CHANGELOG,
  'docs/fares.md': FARES_DOC,
  'src/fares/cancellation.ts': CANCELLATION,
  'src/fares/refund-share.ts': REFUND_SHARE,
  'src/fares/split.ts': SPLIT,
  'test/shared-booking.test.ts': SHARED_BOOKING_TEST,
  'test/split.test.ts': SPLIT_TEST,
}
