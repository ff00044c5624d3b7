import type { PushDelivery, PushPeerAddress } from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import {
  catalogue,
  decodeDateTime,
  type ObisCode,
  type ScalerUnit,
  toExactValue,
} from "@lectura/dlms/cosem";
import { toHex } from "@lectura/dlms/octets";
import { valueText } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { dataJson } from "../data-json.ts";
import { dataText, dateTimeText } from "../data-text.ts";
import { writeTable } from "../fitted-table.ts";
import { unitSymbol } from "../format.ts";

/** One value of a push, as far as anything names it. */
interface NamedValue {
  readonly logicalName?: ObisCode;
  readonly classId?: number;
  readonly attributeId?: number;
  readonly dataIndex?: number;
  readonly value: Data;
  readonly scalerUnit?: ScalerUnit;
}

/** What a push says, one form for all kinds. */
interface Told {
  readonly kind: PushDelivery["meaning"]["kind"];
  readonly values: readonly NamedValue[];
  /** Facts of the message itself, for JSON and for the line above the table. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

const dateTimeOctets = 12;

/** Writes one push: a table for people, one line of JSON. @returns the number of its values */
export function writePush(context: Context, delivery: PushDelivery): number {
  const { output } = context;
  const told = toldOf(delivery);
  const { peer, receivedAtMs } = delivery;
  const receivedAt = new Date(receivedAtMs).toISOString();
  const envelope = envelopeOf(delivery);
  output.document({
    type: "push",
    receivedAt,
    peer,
    kind: told.kind,
    ...envelope,
    ...told.facts,
    values: told.values.map(valueJson),
  });
  if (output.json) return told.values.length;
  const { colour } = output;
  const facts = Object.entries({ ...envelope, ...told.facts }).map(
    ([name, value]) => `${name} ${String(value)}`,
  );
  output.line(
    `${colour.bold(receivedAt)} ${colour.cyan(peerText(peer))} ${colour.green(told.kind)}`,
  );
  if (facts.length > 0) output.line(colour.dim(`  ${facts.join(", ")}`));
  writeValues(context, told.values);
  output.line();
  return told.values.length;
}

/** `127.0.0.1:50123 (tcp)`. */
export function peerText({ transport, address, port }: PushPeerAddress): string {
  return port === 0 ? `${address} (${transport})` : `${address}:${port} (${transport})`;
}

function envelopeOf({ message }: PushDelivery): Told["facts"] {
  if (message?.opened === undefined) return {};
  const { systemTitle, verified, invocationCounter } = message.opened;
  return { systemTitle: toHex(systemTitle), verified, invocationCounter };
}

function toldOf({ meaning }: PushDelivery): Told {
  const { kind } = meaning;
  switch (meaning.kind) {
    case "data": {
      const { invoke, dateTime, content } = meaning;
      const { form, template, values, unnamed } = content;
      return {
        kind,
        values: [...values, ...unnamed.map((value) => ({ value }))],
        facts: {
          invokeId: invoke.invokeId,
          ...(invoke.confirmed ? { confirmed: true } : {}),
          ...timeFact(dateTime),
          form,
          ...(template === undefined ? {} : { template }),
        },
      };
    }
    case "event": {
      const { time, attribute, value } = meaning.apdu;
      return { kind, values: [{ ...attribute, value }], facts: timeFact(time) };
    }
    case "report":
      return { kind, values: meaning.apdu.data.map((value) => ({ value })), facts: {} };
    case "closed": {
      const { apdu } = meaning;
      const title = "systemTitle" in apdu ? { systemTitle: toHex(apdu.systemTitle) } : {};
      return { kind, values: [], facts: { apdu: apdu.kind, ...title } };
    }
    case "telegram": {
      const { identification, checked } = meaning.telegram;
      return { kind, values: meaning.content.values, facts: { identification, checked } };
    }
    case "text":
      return {
        kind,
        values: [],
        facts: { text: new TextDecoder("latin1").decode(meaning.octets) },
      };
    case "alarm": {
      const { equipmentId, alarmRegister } = meaning.alarm;
      const register = alarmRegister.toString(16).padStart(8, "0");
      return { kind, values: [], facts: { equipmentId, alarmRegister: `0x${register}` } };
    }
  }
}

function timeFact(octets: Uint8Array | undefined): Told["facts"] {
  if (octets?.length !== dateTimeOctets) return {};
  return { time: dateTimeText(decodeDateTime(octets)) };
}

/** The exact value, scaled where the push says how; as Data otherwise. */
function exactText({ value, scalerUnit }: NamedValue): string {
  const exact = scalerUnit === undefined ? undefined : toExactValue(value, scalerUnit.scaler);
  return exact === undefined ? dataText(value) : valueText(exact);
}

function unitOfValue({ scalerUnit }: NamedValue): string {
  return scalerUnit === undefined ? "" : unitSymbol(scalerUnit.unit);
}

function valueJson(named: NamedValue): Readonly<Record<string, unknown>> {
  const { logicalName, classId, attributeId, dataIndex, value } = named;
  const key = logicalName === undefined ? undefined : catalogue.byObis(logicalName)?.key;
  return {
    obis: logicalName ?? null,
    key: key ?? null,
    ...(classId === undefined ? {} : { classId }),
    ...(attributeId === undefined ? {} : { attributeId }),
    ...(dataIndex === undefined ? {} : { dataIndex }),
    value: exactText(named),
    unit: unitOfValue(named),
    data: dataJson(value),
  };
}

function writeValues(context: Context, values: readonly NamedValue[]): void {
  if (values.length === 0) return;
  const { colour, language, texts } = context.output;
  const { words } = texts;
  writeTable(
    context,
    [
      { heading: "  OBIS", paint: colour.cyan },
      { heading: words.value, right: true, paint: colour.bold, flexible: true },
      { heading: words.unit },
      { heading: words.description, flexible: true },
    ],
    values.map((named) => {
      const { logicalName, attributeId } = named;
      const entry = logicalName === undefined ? undefined : catalogue.byObis(logicalName);
      const place = attributeId === undefined || attributeId === 2 ? "" : `:${attributeId}`;
      const text = exactText(named);
      return [
        logicalName === undefined ? "  -" : `  ${logicalName}${place}`,
        text,
        unitOfValue(named),
        entry?.description[language] ?? "",
      ];
    }),
  );
}
