/**
 * Schema 1. A `layout` is what all polls of one plan share (keys, logical names, kinds, units,
 * scalers), stored once; a poll itself is one row: its values as one compact JSON list.
 *
 * The journal's key is (meter_id, measured_at), not (meter, key, time): the values of one poll lie
 * together, so a poll dirties one page instead of one per value. Readings keep the natural key
 * (meter, key, measured_at): a second poll at the same instant is merged into the row by key.
 *
 * `received` and `marks` are one INTEGER when all values of the row agree, else a JSON list.
 * `received` = ms after measured_at; `marks` = origin (bits 0..1) and quality flags (bits 2..).
 */
const readings = `
CREATE TABLE layouts (
  id INTEGER PRIMARY KEY,
  spec TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE layout_items (
  layout_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  key TEXT NOT NULL,
  obis TEXT NOT NULL,
  kind INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  scaler INTEGER NOT NULL,
  PRIMARY KEY (layout_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
  meter_id INTEGER NOT NULL,
  measured_at INTEGER NOT NULL,
  layout_id INTEGER NOT NULL,
  received ANY NOT NULL,
  marks ANY NOT NULL,
  vals TEXT NOT NULL,
  PRIMARY KEY (meter_id, measured_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE meter_sequences (
  meter_id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT;
CREATE TABLE units (
  code INTEGER PRIMARY KEY,
  symbol TEXT NOT NULL
) STRICT;
`;

/** One payload per poll, referenced by every sink that has not acknowledged it (`refs`). */
const outbox = `
CREATE TABLE outbox_polls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  meter_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  measured_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  layout_id INTEGER NOT NULL,
  received ANY NOT NULL,
  marks ANY NOT NULL,
  vals TEXT NOT NULL,
  failures TEXT,
  refs INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox (
  sink_id INTEGER NOT NULL,
  poll_id INTEGER NOT NULL,
  meter_id INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sink_id, poll_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_meter ON outbox (sink_id, meter_id, poll_id);
CREATE TABLE dead_letters (
  sink_id INTEGER NOT NULL,
  poll_id INTEGER NOT NULL,
  meter_id INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (sink_id, poll_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sink_counts (
  sink_id INTEGER PRIMARY KEY,
  produced INTEGER NOT NULL DEFAULT 0,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  dead_lettered INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0,
  pending_rows INTEGER NOT NULL DEFAULT 0,
  pending_octets INTEGER NOT NULL DEFAULT 0,
  dead_rows INTEGER NOT NULL DEFAULT 0,
  CHECK (produced = acknowledged + pending + dead_lettered + dropped)
) STRICT;
CREATE TABLE removed_sinks (sink_id INTEGER PRIMARY KEY) STRICT;
`;

const memory = `
CREATE TABLE scalers (
  meter_id INTEGER NOT NULL,
  class_id INTEGER NOT NULL,
  logical_name TEXT NOT NULL,
  scaler INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (meter_id, class_id, logical_name)
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
  meter_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (meter_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  severity TEXT NOT NULL,
  code TEXT NOT NULL,
  meter_id INTEGER,
  line_id INTEGER,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_meter ON events (meter_id, id);
CREATE TABLE alarm_states (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  meter_id INTEGER,
  raised_at INTEGER NOT NULL,
  severity TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  resolved_at INTEGER
) STRICT;
`;

const registry = `
CREATE TABLE registry_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO registry_state (id, revision) VALUES (1, 0);
CREATE TABLE registry_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  framing TEXT NOT NULL,
  gap_ms INTEGER NOT NULL,
  connect_timeout_ms INTEGER NOT NULL,
  response_timeout_ms INTEGER NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  UNIQUE (host, port)
) STRICT;
CREATE TABLE registry_meters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  line_id INTEGER NOT NULL REFERENCES registry_lines (id),
  address_size TEXT NOT NULL,
  upper INTEGER NOT NULL,
  lower INTEGER NOT NULL,
  association TEXT NOT NULL,
  template TEXT,
  plan TEXT NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (line_id, upper, lower)
) STRICT;
CREATE TABLE registry_templates (
  name TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE registry_sinks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE registry_secrets (
  owner TEXT NOT NULL,
  field TEXT NOT NULL,
  envelope BLOB NOT NULL,
  PRIMARY KEY (owner, field)
) STRICT, WITHOUT ROWID;
`;

/** Tables of schema 1; the views for people stand in `views.ts`. */
export const foundation: string = readings + outbox + memory + registry;
