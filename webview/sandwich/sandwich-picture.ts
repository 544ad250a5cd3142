// The two pictures of a sandwich: callers upside down above, callees below, in the unit and the colours of the page.

import type { Unit } from '../../profiler-agent/profile/measures'
import { byWeight, type Profile } from '../../profiler-agent/profile/profile'
import { type Sandwich, sandwichOf } from '../../profiler-agent/profile/sandwich'
import { colouringOf } from '../flame/colouring'
import type { Picture } from '../flame/flame-view'
import type { ColourBy } from '../messages'
import { remembered } from '../remembered'
import type { PlacedSubject } from './subjects'

export interface SandwichPictures {
  readonly callers: Picture
  readonly callees: Picture
}

/** Keeps what was reckoned for the last subject: selecting a box changes nothing but the selection. */
export class SandwichPainter {
  private readonly sandwichOf = remembered(
    (tree: PlacedSubject['tree'], kind: number, label: number): Sandwich => sandwichOf(tree, { kind, label }),
  )
  private readonly profilesOf = remembered((sandwich: Sandwich, unit: Unit) => ({
    callers: upsideDown(byWeight(sandwich.callers, unit)),
    callees: byWeight(sandwich.callees, unit),
  }))
  private readonly coloursOf = remembered((sandwich: Sandwich, by: ColourBy, unit: Unit) => ({
    callers: colouringOf(sandwich.callers, by, unit),
    callees: colouringOf(sandwich.callees, by, unit),
  }))

  sandwich({ tree, kind, label }: PlacedSubject): Sandwich {
    return this.sandwichOf(tree, kind, label)
  }

  pictures(subject: PlacedSubject, unit: Unit, by: ColourBy, runId: string): SandwichPictures {
    const sandwich = this.sandwich(subject)
    const profiles = this.profilesOf(sandwich, unit)
    const colours = this.coloursOf(sandwich, by, unit)
    const key = `${runId} ${subject.kind} ${subject.label}`
    const picture = (side: 'callers' | 'callees'): Picture => ({
      key: `${side} ${key}`,
      profile: profiles[side],
      colours: colours[side],
      selected: undefined,
    })
    return { callers: picture('callers'), callees: picture('callees') }
  }
}

/** The subject at the bottom, what is further away above it. */
function upsideDown(profile: Profile): Profile {
  return { ...profile, row: profile.row.map((row) => profile.rowCount - 1 - row) }
}
