// Reads lists of a request element by element, and each only once: an object that stood at the same place of an earlier request gives what it gave then.

import { commonBeginning } from '../model/common-beginning'
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

/** A list as it was read: what its elements gave, and how many parts there were after each. */
interface KnownList<Part, Setting> {
  readonly path: string
  readonly setting: Setting
  readonly elements: readonly KnownElement<Part, Setting>[]
  readonly parts: readonly Part[]
  readonly ends: readonly number[]
}

/**
 * A reader of lists, from a reader of elements: it takes the list, its path (`messages`), and what else matters of the request.
 * A value that is no list has no elements.
 */
export function listReader<Part, Setting = void>(
  read: ReadElement<Part, Setting>,
): (list: unknown, path: string, setting: Setting) => readonly Part[] {
  const knownElements = new WeakMap<object, KnownElement<Part, Setting>>()
  const knownLists = new WeakMap<readonly unknown[], KnownList<Part, Setting>>()
  // Whoever remembers requests keeps it; here it may go.
  let latest = new WeakRef<readonly unknown[]>([])

  /** What the list has in common with the one before, from its start: that is taken over without a look at the elements. */
  const beginningOf = (list: readonly unknown[], path: string, setting: Setting) => {
    const before = latest.deref() ?? []
    const known = knownLists.get(before)
    if (known?.path !== path || known.setting !== setting) return { elements: [], parts: [], ends: [] }
    const count = commonBeginning(list, before)
    const ends = known.ends.slice(0, count)
    return { elements: known.elements.slice(0, count), parts: known.parts.slice(0, ends.at(-1) ?? 0), ends }
  }

  return (values, path, setting) => {
    const list = arrayOf(values)
    if (list.length === 0) return []
    const { elements, parts, ends } = beginningOf(list, path, setting)
    const beginning = elements.length
    const toolNames = new ToolNames(() => elements.slice(0, beginning))
    for (let index = beginning; index < list.length; index++) {
      const value = list[index]
      const key = isObject(value) ? value : undefined
      let element = key && knownElements.get(key)
      const isSamePlace = element?.index === index && element.path === path && element.setting === setting
      if (element && isSamePlace && toolNames.answersAsIn(element)) toolNames.add(element)
      else {
        const talk = toolNames.listen()
        element = {
          ...talk,
          parts: read(value, `${path}[${index}]`, toolNames, setting),
          path,
          index,
          setting,
        }
        if (key) knownElements.set(key, element)
      }
      elements.push(element)
      parts.push(...element.parts)
      ends.push(parts.length)
    }
    knownLists.set(list, { path, setting, elements, parts, ends })
    latest = new WeakRef(list)
    return parts
  }
}
