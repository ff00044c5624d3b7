/**
 * Schema 2. One row per encryption key and system title of ours, whatever meters they are used
 * for; `name` is a fingerprint, the key itself is in the vault. A restart begins at `reserved`: all
 * counters below it (0..2^32) may have been used.
 */
export const invocationCounters = `
CREATE TABLE invocation_counters (
  name TEXT PRIMARY KEY,
  reserved INTEGER NOT NULL CHECK (reserved BETWEEN 0 AND 4294967296)
) STRICT, WITHOUT ROWID;
`;
