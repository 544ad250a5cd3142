// The tables of the store and how an older file becomes a current one. No queries.

import type { DatabaseSync } from 'node:sqlite'

/** `PRAGMA user_version` of the files that this program writes; a newer file is opened read-only. */
export const STORE_VERSION = 2

const VERSION_1 = `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  command TEXT,
  root TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  active_at INTEGER NOT NULL,
  git_commit TEXT,
  tags TEXT NOT NULL,
  defaults TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_start ON runs (started_at);

CREATE TABLE spans (
  id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  parent_id TEXT,
  parent_basis TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  started_at REAL NOT NULL,
  ended_at REAL NOT NULL,
  status TEXT NOT NULL,
  agent TEXT,
  agent_version TEXT,
  intent TEXT,
  tenant TEXT,
  session TEXT,
  step TEXT,
  tags TEXT,
  call_site TEXT,
  attributes TEXT NOT NULL,
  PRIMARY KEY (run_id, id)
) STRICT;

-- Usage and cost are columns, so that cost by tenant, model or day is a query; what only one call shows is JSON.
CREATE TABLE calls (
  span_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  wire_format TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  request_model TEXT NOT NULL,
  response_model TEXT,
  response_id TEXT,
  finish_reason TEXT,
  stream INTEGER NOT NULL,
  billed INTEGER NOT NULL,
  time_to_first_token_ms REAL,
  logical_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  error TEXT,
  input_tokens INTEGER,
  uncached_input_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_5m INTEGER,
  cache_write_30m INTEGER,
  cache_write_1h INTEGER,
  cache_write_12h INTEGER,
  cache_write_unknown INTEGER,
  output_tokens INTEGER,
  reasoning_tokens INTEGER,
  units TEXT NOT NULL,
  usage_origin TEXT NOT NULL,
  usage_raw TEXT,
  pico_usd INTEGER,
  cost TEXT,
  unpriced_reason TEXT,
  tier TEXT,
  -- The call whose blocks the prompt below copies from, and the prompt as a list of copied ranges and new blocks.
  base_span_id TEXT,
  prompt TEXT NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (run_id, span_id),
  FOREIGN KEY (run_id, span_id) REFERENCES spans (run_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX calls_by_response ON calls (run_id, response_id);

-- Prompt and reply text, once for all runs. tokens is the tokenizer's own count, filled when first asked for.
CREATE TABLE contents (
  hash TEXT PRIMARY KEY,
  text TEXT,
  characters INTEGER NOT NULL,
  tokens INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  finding TEXT NOT NULL,
  PRIMARY KEY (run_id, id)
) STRICT;
`

// When something was last recorded of a run, by the clock of this machine: what is imported today may have happened years ago.
const VERSION_2 = `
ALTER TABLE runs ADD COLUMN stored_at INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET stored_at = active_at;
`

/** Brings a new or older database up to STORE_VERSION, in one transaction. Throws SQLite's error when the file cannot be written. */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) >= STORE_VERSION) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have been first while we waited for the lock.
    if (versionOf(database) < 1) database.exec(VERSION_1)
    if (versionOf(database) < 2) database.exec(VERSION_2)
    database.exec(`PRAGMA user_version = ${STORE_VERSION}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}
