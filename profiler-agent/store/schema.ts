// The tables of the store and how an older file becomes a current one. No queries.

import type { DatabaseSync } from 'node:sqlite'

/** `PRAGMA user_version` of the files that this program writes; a newer file is opened read-only. */
export const STORE_VERSION = 4

// When something was last recorded of a run, by the clock of this machine: what is imported today may have happened years ago.
const VERSION_2 = `
ALTER TABLE runs ADD COLUMN stored_at INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET stored_at = active_at;
`

// What a step of a long conversation adds is small itself: ids are keys, JSON is packed (pack.ts), contents are compressed.
const VERSION_3 = `
CREATE TABLE runs (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  command TEXT,
  root TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  active_at INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  git_commit TEXT,
  tags TEXT NOT NULL,
  defaults TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- Grows when calls that were stored already change: sums over them have to be reckoned anew.
  rewrites INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_start ON runs (started_at);

-- JSON with holes for its numbers, and other texts that many rows share; looked up by a mark that is not unique.
CREATE TABLE shapes (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  mark INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX shapes_by_mark ON shapes (mark);

-- The parent is the key of a span of the same run; one that is not stored stands in the facts, like everything else that is said of a span.
CREATE TABLE spans (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id ANY NOT NULL,
  parent INTEGER,
  started_at REAL NOT NULL,
  ended_at REAL NOT NULL,
  facts TEXT NOT NULL
) STRICT;
-- Ids that begin with a UUID are told apart by its first bytes, but for the few spans of one exchange.
CREATE INDEX spans_by_id ON spans (run, CASE typeof(id) WHEN 'blob' THEN substr(id, 1, 8) ELSE id END);

-- logical is the span of the first attempt where it is another one, base the call whose blocks the prompt copies from.
CREATE TABLE calls (
  span INTEGER PRIMARY KEY REFERENCES spans (key) ON DELETE CASCADE,
  run INTEGER NOT NULL,
  response_id TEXT,
  logical INTEGER,
  base INTEGER,
  billed INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  pico_usd INTEGER,
  cost TEXT,
  unpriced_reason TEXT,
  error TEXT,
  facts TEXT NOT NULL,
  -- Prompt and reply, and the ids of tool calls in them.
  parts TEXT NOT NULL,
  ids TEXT
) STRICT;
CREATE INDEX calls_by_response ON calls (run, substr(response_id, -8));

-- Prompt and reply text, once for all runs; bytes are compressed. tokens is the tokenizer's own count, filled when first asked for.
CREATE TABLE contents (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  hash ANY NOT NULL,
  text ANY,
  characters INTEGER NOT NULL,
  tokens INTEGER
) STRICT;
CREATE INDEX contents_by_hash ON contents (substr(hash, 1, 8));

-- Which runs need a content.
CREATE TABLE uses (
  content INTEGER NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (content, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  id TEXT NOT NULL,
  finding TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;
`

// How places in the user's code are known again: of the lines that calls of a run came from, as they were then (`model/code-anchor.ts`).
const VERSION_4 = `
CREATE TABLE anchors (
  run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  -- 0 where it is not known.
  column INTEGER NOT NULL,
  anchor ANY NOT NULL,
  PRIMARY KEY (run, file, line, column)
) STRICT, WITHOUT ROWID;
`

/** Tables of a version 2 file, out of the way of those that take their place. */
const SET_ASIDE = ['runs', 'spans', 'calls', 'contents', 'findings'].map(
  (name) => `ALTER TABLE ${name} RENAME TO old_${name};`,
)
const INDEXES_OF_2 = 'DROP INDEX runs_by_start; DROP INDEX calls_by_response;'
const DROP_OLD = ['findings', 'calls', 'spans', 'contents', 'runs'].map((name) => `DROP TABLE old_${name};`)

/**
 * Brings a new or older database up to STORE_VERSION, in one transaction. `copy` writes the rows of a version 2 file, whose
 * tables are named old_… by then, into the new tables. Throws SQLite's error when the file cannot be written.
 */
export function migrate(database: DatabaseSync, copy: () => void): void {
  if (versionOf(database) >= STORE_VERSION) return
  // Renaming and dropping tables must not touch what refers to them.
  database.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE')
  try {
    // Another process may have been first while we waited for the lock.
    const version = versionOf(database)
    if (version === 0) database.exec(VERSION_3)
    else if (version < 3) upgrade(database, version, copy)
    if (version < STORE_VERSION) database.exec(VERSION_4)
    database.exec(`PRAGMA user_version = ${STORE_VERSION}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  } finally {
    database.exec('PRAGMA foreign_keys = ON')
  }
}

function upgrade(database: DatabaseSync, version: number, copy: () => void): void {
  if (version < 2) database.exec(VERSION_2)
  database.exec(INDEXES_OF_2 + SET_ASIDE.join('') + VERSION_3)
  copy()
  database.exec(DROP_OLD.join(''))
}

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}
