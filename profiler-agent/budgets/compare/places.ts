// Which calls of two sets stand at the same place of the program, although lines may have moved between them.

import type { ComparedCall, ComparedKey } from '../../model/comparison'
import { present } from '../../model/present'

/** Calls of both sides at one place. */
export interface MatchedPlace {
  readonly key: ComparedKey
  readonly base: readonly ComparedCall[]
  readonly head: readonly ComparedCall[]
}

/**
 * Every call is in one place: agent, step, file, function and line. Between two versions lines move; where a function has as
 * many lines with calls as before, they are the same ones in their order, else all its calls are one place.
 */
export function matchPlaces(base: readonly ComparedCall[], head: readonly ComparedCall[]): MatchedPlace[] {
  const [before, after] = [Map.groupBy(base, functionKey), Map.groupBy(head, functionKey)]
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((key) =>
    matchLines(before.get(key) ?? [], after.get(key) ?? []),
  )
}

function functionKey({ agent, step, place }: ComparedCall): string {
  return JSON.stringify([agent, step, place?.file, place?.function])
}

function matchLines(base: readonly ComparedCall[], head: readonly ComparedCall[]): MatchedPlace[] {
  const [before, after] = [linesOf(base), linesOf(head)]
  if (base.length > 0 && head.length > 0 && before.length !== after.length) return [placeOf(base, head)]
  const most = Math.max(before.length, after.length)
  return Array.from({ length: most }, (_, index) =>
    placeOf(onLine(base, before[index]), onLine(head, after[index])),
  )
}

/** Lines with calls in their order; one without a number where calls have no place. */
function linesOf(calls: readonly ComparedCall[]): (number | undefined)[] {
  return [...new Set(calls.map(({ place }) => place?.line))].sort((left = 0, right = 0) => left - right)
}

function onLine(calls: readonly ComparedCall[], line: number | undefined): ComparedCall[] {
  return calls.filter(({ place }) => place?.line === line)
}

function placeOf(base: readonly ComparedCall[], head: readonly ComparedCall[]): MatchedPlace {
  const calls = head.length > 0 ? head : base
  const { agent, step, place } = calls[0] ?? {}
  const lines = linesOf(calls).flatMap((line) => line ?? [])
  const where = place && { file: place.file, function: place.function, lines }
  return { key: present({ agent, step, ...where }), base, head }
}
