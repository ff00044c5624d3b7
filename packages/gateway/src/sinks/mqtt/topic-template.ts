/** What a topic template can name. */
export interface TopicMeter {
  readonly id: number;
  readonly name: string;
}

/** MQTT 5 section 1.5.4: a topic is a UTF-8 string of at most 65,535 octets. */
const topicOctetsMax = 65_535;

/**
 * Compiles `meters/{meter}/telemetry`: `{meter}` is the meter's name made safe for one topic level,
 * `{meterId}` its number.
 * @throws {RangeError} empty, too long, a wildcard, a NUL, or an unknown placeholder.
 */
export function topicTemplate(template: string): (meter: TopicMeter) => string {
  if (template === "" || Buffer.byteLength(template) > topicOctetsMax) {
    throw new RangeError(`a topic has 1..${topicOctetsMax} octets`);
  }
  if (/[+#\0]/.test(template)) throw new RangeError("a topic to publish to has no + # or NUL");
  const unknown = /\{(?!meter\}|meterId\})[^}]*\}/.exec(template);
  if (unknown !== null) {
    throw new RangeError(`${unknown[0]} is unknown; a topic may name {meter} and {meterId}`);
  }
  return (meter) =>
    template
      .replaceAll("{meterId}", () => String(meter.id))
      .replaceAll("{meter}", () => topicLevel(meter.name))
      // Topics beginning with $ are the server's own (MQTT 5 section 4.7.2).
      .replace(/^\$/, "%24");
}

/**
 * A name as one topic level. Wildcards, the level separator, controls and % itself become %XX, so
 * that different names never share a topic and a subscriber can undo it. Names made by the CLI
 * (`[A-Za-z0-9._ -]`) pass unchanged.
 */
function topicLevel(name: string): string {
  return name.replaceAll(
    // oxfmt keeps this on one line: controls C0, DEL, C1, then the five special characters.
    /[\u0000-\u001f\u007f-\u009f%+#/$]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
