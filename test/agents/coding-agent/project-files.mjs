// The code of one kind of thing in Landing, as a careful team would have written it by hand: its model, store, routes and tests.

const TYPES = { string: 'string', count: 'number', money: 'Money', instant: 'Instant', flag: 'boolean' }
const SAMPLES = {
  string: "'N-2041'",
  count: '3',
  money: "{ cents: 12_450, currency: 'EUR' }",
  instant: "'2026-07-04T05:40:00Z'",
  flag: 'true',
}
const WRONG = {
  string: '17',
  count: '-1',
  money: "{ cents: 12.5, currency: 'EUR' }",
  instant: "'yesterday'",
  flag: "'yes'",
}
const COMPLAINTS = {
  string: 'must be a text that is not empty',
  count: 'must be a whole number from 0 on',
  money: 'must be whole cents and a currency of three letters',
  instant: 'must be an instant in UTC, such as 2026-07-04T05:40:00Z',
  flag: 'must be true or false',
}
const CHECKS = {
  string: "typeof value === 'string' && value.trim() !== ''",
  count: "typeof value === 'number' && Number.isInteger(value) && value >= 0",
  money: 'isMoney(value)',
  instant: "typeof value === 'string' && isInstant(value)",
  flag: "typeof value === 'boolean'",
}
const COLUMNS = {
  string: (name) => `${name} TEXT NOT NULL`,
  count: (name) => `${name} INTEGER NOT NULL CHECK (${name} >= 0)`,
  money: (name) => `${name}_cents INTEGER NOT NULL, ${name}_currency TEXT NOT NULL`,
  instant: (name) => `${name} TEXT NOT NULL`,
  flag: (name) => `${name} INTEGER NOT NULL CHECK (${name} IN (0, 1))`,
}
const SPOKEN = {
  string: (name) => name,
  count: (name) => `String(${name})`,
  money: (name) => `formatMoney(${name}, language)`,
  instant: (name) => `formatInstant(${name}, language)`,
  flag: (name) => `${name} ? say('yes', language) : say('no', language)`,
}

const column = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export function modelFile({ name, type, fields }) {
  const members = fields.map(({ name, type, says }) => `  /** ${says} */\n  readonly ${name}: ${TYPES[type]}`)
  const each = fields.map(
    (field) => `
/** ${field.says} Throws \`InvalidField\` where it is missing or of another type. */
export function read${field.title}(source: unknown): ${TYPES[field.type]} {
  const value = memberOf(source, '${field.name}')
  if (value === undefined) throw new InvalidField('${name}', '${field.name}', 'is missing')
  if (!(${CHECKS[field.type]}))
    throw new InvalidField('${name}', '${field.name}', '${COMPLAINTS[field.type]}')
  return value
}

/** The ${field.name} of a ${name} as a person reads it, in the language of the desk. */
export function describe${field.title}({ ${field.name} }: Pick<${type}, '${field.name}'>, language: Language): string {
  const label = say('${name}.${field.name}', language)
  const text = ${SPOKEN[field.type](field.name)}
  return text === '' ? say('not-given', language) : \`\${label}: \${text}\`
}

/** A copy of the ${name} with another ${field.name}. What was stored is never changed in place. */
export function with${field.title}(${name}: ${type}, ${field.name}: ${TYPES[field.type]}): ${type} {
  const read = read${field.title}({ ${field.name} })
  return { ...${name}, ${field.name}: read, changedAt: now() }
}

/** What the journal says when the ${field.name} of a ${name} changed; nothing where both are the same to a person. */
export function told${field.title}(before: ${type}, after: ${type}, language: Language): string | undefined {
  const was = describe${field.title}(before, language)
  const is = describe${field.title}(after, language)
  return was === is ? undefined : say('changed', language, { ${name}: after.id, was, is })
}
`,
  )
  return `// What a ${name} is, how it is read from the outside, and how it is said to people. Stores nothing.

import { formatInstant, type Instant, isInstant, now } from '../time'
import { formatMoney, isMoney, type Money } from '../money'
import { type Language, say } from '../texts'
import { InvalidField, memberOf } from './reading'

export interface ${type} {
  /** Given by the store. */
  readonly id: string
  readonly changedAt: Instant
${members.join('\n')}
}
${each.join('')}
/** Reads a whole ${name}; the first field that is wrong is complained about, in the order of the type. */
export function read${type}(source: unknown): Omit<${type}, 'id' | 'changedAt'> {
  return {
${fields.map(({ name, title }) => `    ${name}: read${title}(source),`).join('\n')}
  }
}
`
}

export function storeFile({ name, type, fields }) {
  const each = fields.map(
    (field) => `
  /**
   * Every ${name} with this ${field.name}, the latest change first. ${field.says}
   * At most \`limit\`; the caller asks again with the last \`changedAt\` for more.
   */
  by${field.title}(${field.name}: ${TYPES[field.type]}, { limit = 100, before }: Page = {}): ${type}[] {
    const rows = this.#database
      .prepare(
        \`SELECT * FROM ${name}s
         WHERE ${column(field.name)}${field.type === 'money' ? '_cents' : ''} = :wanted
           AND (:before IS NULL OR changed_at < :before)
         ORDER BY changed_at DESC
         LIMIT :limit\`,
      )
      .all({ wanted: ${field.type === 'money' ? `${field.name}.cents` : field.type === 'flag' ? `Number(${field.name})` : field.name}, before: before ?? null, limit })
    return rows.map((row) => this.#fromRow(row))
  }

  /** Writes the ${field.name} alone, so that two desks that change different fields do not undo each other. */
  set${field.title}(id: string, ${field.name}: ${TYPES[field.type]}): ${type} {
    const before = this.get(id)
    const after = with${field.title}(before, ${field.name})
    this.#journal.note({ kind: '${name}', id, field: '${field.name}', from: before.${field.name}, to: after.${field.name} })
    return this.#write(after, ['${field.name}'])
  }

  /** How many ${name}s there are of each ${field.name}, for the figures of the harbour office. */
  count${field.title}(since: Instant): Map<string, number> {
    const rows = this.#database
      .prepare('SELECT ${column(field.name)} AS value, count(*) AS n FROM ${name}s WHERE changed_at >= ? GROUP BY 1 ORDER BY 2 DESC')
      .all(since)
    return new Map(rows.map(({ value, n }) => [String(value), Number(n)]))
  }
`,
  )
  return `// Where ${name}s are kept: one table, one row each, every change noted in the journal. Knows nothing of HTTP.

import type { Database } from '../database'
import type { Instant } from '../time'
import type { Money } from '../money'
import { Journal } from '../journal'
import { NotFound, type Page } from './page'
import {
  type ${type},
${fields.map(({ title }) => `  with${title},`).join('\n')}
} from '../model/${name}'

const TABLE = \`
  CREATE TABLE IF NOT EXISTS ${name}s (
    id TEXT PRIMARY KEY,
    changed_at TEXT NOT NULL,
${fields.map(({ name, type }) => `    ${COLUMNS[type](column(name))}`).join(',\n')}
  ) STRICT
\`

export class ${type}Store {
  readonly #database: Database
  readonly #journal: Journal

  constructor(database: Database, journal = new Journal(database)) {
    this.#database = database
    this.#journal = journal
    database.exec(TABLE)
  }
${each.join('')}
  /** Throws \`NotFound\` where there is no ${name} with this id. */
  get(id: string): ${type} {
    const row = this.#database.prepare('SELECT * FROM ${name}s WHERE id = ?').get(id)
    if (row === undefined) throw new NotFound('${name}', id)
    return this.#fromRow(row)
  }
}
`
}

export function routesFile({ name, type, fields }) {
  const each = fields.map(
    (field) => `
  /** Changes the ${field.name} of one ${name}. ${field.says} */
  router.put('/${name}s/:id/${column(field.name).replaceAll('_', '-')}', desk('change-${name}'), async (request, answer) => {
    const { id } = request.params
    const ${field.name} = read${field.title}(await request.json())
    const before = store.get(id)
    if (request.header('if-match') !== tagOf(before))
      return answer.status(412).json({ error: say('changed-meanwhile', request.language), ${name}: before })
    const after = store.set${field.title}(id, ${field.name})
    events.tell('${name}.${field.name}', { id, by: request.desk.name, at: after.changedAt })
    return answer.status(200).header('etag', tagOf(after)).json({
      ${name}: after,
      said: describe${field.title}(after, request.language),
    })
  })

  /** All ${name}s with one ${field.name}, page by page. */
  router.get('/${name}s/by-${column(field.name).replaceAll('_', '-')}/:wanted', desk('read-${name}'), (request, answer) => {
    const wanted = read${field.title}({ ${field.name}: request.wanted('${field.type}') })
    const found = store.by${field.title}(wanted, pageOf(request))
    return answer.status(200).json({ ${name}s: found, next: nextPage(found, request) })
  })
`,
  )
  return `// The routes of ${name}s: what a desk may read and change, with a tag against two desks that overwrite each other.

import type { Events } from '../events'
import { say } from '../texts'
import { desk, nextPage, pageOf, type Router, tagOf } from './router'
import type { ${type}Store } from '../store/${name}-store'
import {
${fields.map(({ title }) => `  describe${title},\n  read${title},`).join('\n')}
} from '../model/${name}'

export function ${name}Routes(router: Router, store: ${type}Store, events: Events): void {
  router.get('/${name}s/:id', desk('read-${name}'), (request, answer) => {
    const ${name} = store.get(request.params.id)
    return answer.status(200).header('etag', tagOf(${name})).json({ ${name} })
  })
${each.join('')}}
`
}

export function testFile({ name, type, fields }) {
  const each = fields.map(
    (field) => `
  it('reads the ${field.name} that it was given', () => {
    assert.deepEqual(read${field.title}({ ${field.name}: ${SAMPLES[field.type]} }), ${SAMPLES[field.type]})
  })

  it('refuses a ${field.name} of another type', () => {
    assert.throws(() => read${field.title}({ ${field.name}: ${WRONG[field.type]} }), {
      name: 'InvalidField',
      message: '${name}.${field.name} ${COMPLAINTS[field.type]}',
    })
  })

  it('finds it by its ${field.name}, the latest change first', () => {
    const first = store.add(sample({ ${field.name}: ${SAMPLES[field.type]} }))
    const second = store.add(sample({ ${field.name}: ${SAMPLES[field.type]} }))
    assert.deepEqual(
      store.by${field.title}(${SAMPLES[field.type]}).map(({ id }) => id),
      [second.id, first.id],
    )
  })

  it('notes a change of its ${field.name} in the journal, and leaves the rest alone', () => {
    const { id, changedAt: _, ...before } = store.add(sample())
    const { changedAt: __, ...after } = store.set${field.title}(id, ${SAMPLES[field.type]})
    assert.deepEqual(after, { ...before, id, ${field.name}: ${SAMPLES[field.type]} })
    assert.deepEqual(store.journal().at(-1)?.field, '${field.name}')
  })
`,
  )
  return `// A ${name}: read, refused, stored and found again.

import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { openDatabase } from '../src/database'
import { ${type}Store } from '../src/store/${name}-store'
import {
${fields.map(({ title }) => `  read${title},`).join('\n')}
} from '../src/model/${name}'
import { ${name}Sample as sample } from './samples'

describe('${name}', () => {
  let store: ${type}Store
  beforeEach(() => {
    store = new ${type}Store(openDatabase(':memory:'))
  })
${each.join('')}})
`
}
