/**
 * Views for people's SQL, kept stable (docs/sql.md). They are dropped and made again at every start
 * that finds other text here, so a release can add columns without a migration of data.
 *
 * `value_text` is exact: the digits of the raw value with the point moved by the scaler.
 * Times are UTC text `YYYY-MM-DD HH:MM:SS.mmm`; `measured_at` is the same instant in ms, indexed.
 */
const decimalText = `CASE
    WHEN scaler = 0 THEN digits
    WHEN scaler > 0 THEN iif(digits = '0', '0', digits || printf('%.*c', scaler, '0'))
    ELSE iif(digits LIKE '-%', '-', '')
      || substr(padded, 1, length(padded) + scaler) || '.' || substr(padded, scaler)
  END`;

const instant = (column: string): string =>
  `strftime('%Y-%m-%d %H:%M:%f', ${column} / 1000.0, 'unixepoch')`;

const metrics = `
CREATE VIEW metrics AS
SELECT meter_id, timestamp, measurement_name,
  CASE WHEN kind <= 2 THEN CAST(value_text AS REAL)
       WHEN kind = 6 THEN CAST(value_text = 'true' AS REAL) END AS value,
  unit, value_text, obis, measured_at
FROM (
  SELECT meter_id, ${instant("measured_at")} AS timestamp, key AS measurement_name,
    kind, obis, measured_at, coalesce(symbol, '') AS unit,
    CASE kind
      WHEN 0 THEN ${decimalText}
      WHEN 1 THEN iif(typeof(raw) = 'text', NULL, CAST(raw * pow(10.0, scaler) AS TEXT))
      WHEN 2 THEN iif(typeof(raw) = 'text', NULL, CAST(raw * pow(10.0, scaler) AS TEXT))
      WHEN 5 THEN json_extract(raw, '$[0]')
      WHEN 6 THEN iif(raw, 'true', 'false')
      ELSE raw
    END AS value_text
  FROM (
    SELECT j.meter_id, j.measured_at, i.key, i.obis, i.kind, i.scaler, u.symbol, v.value AS raw,
      CAST(v.value AS TEXT) AS digits,
      CASE WHEN i.kind = 0 AND i.scaler < 0 THEN
        iif(length(ltrim(v.value, '-')) > -i.scaler, ltrim(v.value, '-'),
          printf('%.*c', 1 - i.scaler - length(ltrim(v.value, '-')), '0') || ltrim(v.value, '-'))
      END AS padded
    FROM journal j, json_each(j.vals) v
    JOIN layout_items i ON i.layout_id = j.layout_id AND i.position = v.key
    LEFT JOIN units u ON u.code = i.unit
  )
)`;

const meters = `
CREATE VIEW meters AS
SELECT m.id, m.name,
  coalesce(l.endpoint ->> '$.host', l.endpoint ->> '$.path') AS ip_address,
  l.endpoint ->> '$.port' AS port,
  json_extract(m.association, '$.clientSap') AS client_id, m.upper AS server_id,
  iif(m.paused OR l.paused, 'paused', 'active') AS status,
  (SELECT ${instant("max(measured_at)")} FROM journal WHERE meter_id = m.id) AS last_seen,
  l.name AS line, m.template, m.lower AS server_lower,
  ${instant("m.created_at")} AS created_at, ${instant("m.updated_at")} AS updated_at
FROM registry_meters m JOIN registry_lines l ON l.id = m.line_id`;

const alarms = `
CREATE VIEW alarms AS
SELECT id, meter_id, ${instant("raised_at")} AS timestamp, severity, message,
  resolved_at IS NOT NULL AS resolved, ${instant("resolved_at")} AS resolved_at,
  code AS category
FROM alarm_states`;

const diagnostics = `
CREATE VIEW dlms_diagnostics AS
SELECT id, meter_id, ${instant("at")} AS timestamp, severity,
  CASE substr(code, 1, instr(code || '/', '/') - 1)
    WHEN 'hdlc' THEN 'hdlc' WHEN 'wrapper' THEN 'hdlc'
    WHEN 'tcp' THEN 'connection' WHEN 'line' THEN 'connection' WHEN 'session' THEN 'connection'
    WHEN 'axdr' THEN 'parse' WHEN 'acse' THEN 'parse' WHEN 'xdlms' THEN 'parse'
    WHEN 'cosem' THEN 'parse' WHEN 'ber' THEN 'parse'
    ELSE 'other' END AS category,
  message, NULL AS raw_frame, code
FROM events`;

/** Name and definition of every view. */
export const views: Readonly<Record<string, string>> = {
  metrics,
  meters,
  alarms,
  dlms_diagnostics: diagnostics,
};
