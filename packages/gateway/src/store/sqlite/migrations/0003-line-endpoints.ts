/**
 * Schema 3. A line's endpoint is a document of its kind (tcp, udp, serial, listen); `endpoint_key`
 * is the same for what cannot be two lines. The table is made anew because its UNIQUE (host, port)
 * goes; meters refer to it, so the check waits for the end of the step.
 */
export const lineEndpoints = `
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE lines_of_schema_2 AS SELECT * FROM registry_lines;
CREATE TEMP TABLE last_line AS SELECT * FROM sqlite_sequence WHERE name = 'registry_lines';
DROP TABLE registry_lines;
CREATE TABLE registry_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  endpoint TEXT NOT NULL,
  endpoint_key TEXT NOT NULL UNIQUE,
  framing TEXT NOT NULL,
  gap_ms INTEGER NOT NULL,
  connect_timeout_ms INTEGER NOT NULL,
  response_timeout_ms INTEGER NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO registry_lines (id, name, endpoint, endpoint_key, framing, gap_ms, connect_timeout_ms,
  response_timeout_ms, paused)
SELECT id, name, json_object('kind', 'tcp', 'host', host, 'port', port),
  'tcp:' || iif(instr(host, ':') > 0, '[' || host || ']', host) || ':' || port,
  framing, gap_ms, connect_timeout_ms, response_timeout_ms, paused
FROM lines_of_schema_2;
DELETE FROM sqlite_sequence WHERE name = 'registry_lines';
INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM last_line;
DROP TABLE lines_of_schema_2;
DROP TABLE last_line;
`;
