// Reads lists of a request element by element, and each only once: an object that stood at the same place of an earlier request gives what it gave then.

import { arrayOf, isObject } from '../wire/json'
import { ToolNames, type ToolTalk } from './tool-names'

/** Reads one element; what comes out depends on nothing but these, and must not be changed afterwards. */
export type ReadElement<Part, Setting> = (
  element: unknown,
  path: string,
  toolNames: ToolNames,
  setting: Setting,
) => readonly Part[]

interface KnownElement<Part, Setting> extends ToolTalk {
  readonly path: string
  readonly index: number
  readonly setting: Setting
  readonly parts: readonly Part[]
}

/**
 * A reader of lists, from a reader of elements: it takes the list, its path (`messages`), and what else matters of the request.
 * A value that is no list has no elements.
 */
export function listReader<Part, Setting = void>(
  read: ReadElement<Part, Setting>,
): (list: unknown, path: string, setting: Setting) => Part[] {
  const knownElements = new WeakMap<object, KnownElement<Part, Setting>>()
  return (list, path, setting) => {
    const toolNames = new ToolNames()
    const all: Part[] = []
    for (const [index, element] of arrayOf(list).entries()) {
      let known = isObject(element) ? knownElements.get(element) : undefined
      const isSamePlace = known?.index === index && known.path === path && known.setting === setting
      if (known && isSamePlace && toolNames.answersAsIn(known)) toolNames.add(known)
      else {
        const talk = toolNames.listen()
        const parts = read(element, `${path}[${index}]`, toolNames, setting)
        known = { ...talk, parts, path, index, setting }
        if (isObject(element)) knownElements.set(element, known)
      }
      for (const part of known.parts) all.push(part)
    }
    return all
  }
}
