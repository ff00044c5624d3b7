import { expect, test } from "vitest";
import { array, i8, nullData, octetString, structure, u16, u32, u8 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { ActionExchange } from "../../client/action-exchange.ts";
import { clientConformance, standardQuirks } from "../../client/association-profile.ts";
import { GetExchange } from "../../client/get-exchange.ts";
import { SetExchange } from "../../client/set-exchange.ts";
import type { CaptureObject } from "../../cosem/capture-object.ts";
import { obis, obisToOctets } from "../../cosem/obis.ts";
import { conformanceToMask } from "../../xdlms/conformance.ts";
import { dialogue, type Dialogue } from "../dialogue.fixture.ts";
import type { ServerObject } from "../object.ts";
import { ObjectDirectory } from "../view.ts";
import { servedPushSetup, type ServedPushSetup, type StartedPush } from "./push-setup.ts";

const setupName = obis("0.7.25.9.0.255");
const energyName = obis("1.0.1.8.0.255");

const energy: ServerObject = {
  classId: 3,
  version: 0,
  logicalName: energyName,
  attributes: {
    2: { read: ({ nowMs }) => u32(nowMs / 1000) },
    3: { read: () => structure([i8(-2), { type: "enum", value: 30 }]) },
    4: { access: "none", read: () => u8(1) },
  },
};

const item = (
  logicalName: string,
  attributeId: number,
  dataIndex = 0,
  classId = 3,
): CaptureObject => ({
  classId,
  logicalName: obis(logicalName),
  attributeId,
  dataIndex,
});

interface Meter {
  readonly setup: ServedPushSetup;
  readonly pushes: StartedPush[];
  readonly talk: Dialogue;
}

function meter(version: 0 | 1 = 1): Meter {
  const pushes: StartedPush[] = [];
  const setup: ServedPushSetup = servedPushSetup({
    logicalName: setupName,
    version,
    directory: () => objects,
    pushObjects: [
      item("0.7.25.9.0.255", 1, 0, 40),
      item(energyName, 2),
      item(energyName, 3, 2),
      item(energyName, 4),
      item("1.0.2.8.0.255", 2),
      item(energyName, 3, 9),
    ],
    destination: { transportService: 0, destination: Uint8Array.of(1), message: 0 },
    retries: 3,
    randomisationSeconds: 30,
    repetitionDelaySeconds: 60,
    push: (push) => {
      pushes.push(push);
      return "success";
    },
  });
  const objects = new ObjectDirectory([setup.object, energy]);
  const talk = dialogue(
    {
      clientSap: 1,
      authentication: { mechanism: "none" },
      objects,
      conformance: conformanceToMask(clientConformance),
    },
    {
      authentication: { mechanism: "none" },
      conformance: clientConformance,
      maxPduOctets: 1024,
      quirks: standardQuirks,
    },
  );
  talk.open();
  return { setup, pushes, talk };
}

const attribute = (attributeId: number) => ({ classId: 40, logicalName: setupName, attributeId });
const get = ({ talk }: Meter, attributeId: number): unknown =>
  talk.run(new GetExchange(attribute(attributeId), 0xc1, talk.context()));
const set = ({ talk }: Meter, attributeId: number, data: Data): unknown =>
  talk.run(new SetExchange({ attribute: attribute(attributeId), data }, 0xc1, talk.context()));

test("a push has the values of its objects, and null-data for what is not there or not shown", () => {
  const { setup, pushes } = meter();
  const body = structure([
    octetString(obisToOctets(setupName)),
    u32(5),
    { type: "enum", value: 30 },
    nullData(),
    nullData(),
    nullData(),
  ]);
  expect(setup.body(5000)).toEqual(body);
  expect(setup.push(5000)).toBe("success");
  expect(pushes).toEqual([
    {
      body,
      destination: { transportService: 0, destination: Uint8Array.of(1), message: 0 },
      timing: { randomisationMs: 30_000, retries: 3, repetitionDelay: { minMs: 60_000 } },
      confirmed: false,
    },
  ]);
});

test("method 1 starts one with what clients have written", () => {
  const served = meter();
  const list = array([structure([u16(3), octetString(obisToOctets(energyName)), i8(2), u16(0)])]);
  expect(set(served, 2, list)).toBe("success");
  expect(set(served, 6, u8(9))).toBe("success");
  expect(set(served, 2, u8(9))).toBe("type-unmatched");
  expect(get(served, 2)).toEqual({ ok: true, value: list });
  const method = { classId: 40, logicalName: setupName, methodId: 1 };
  const call = new ActionExchange({ method, parameters: i8(0) }, 0xc1, served.talk.context());
  expect(served.talk.run(call)).toEqual({ result: "success" });
  expect(served.pushes).toMatchObject([{ body: structure([u32(0)]), timing: { retries: 9 } }]);
});

test("version 0 has no port, client nor protection", () => {
  expect(get(meter(0), 8)).toEqual({ ok: false, reason: "object-undefined" });
  expect(get(meter(1), 9)).toEqual({ ok: true, value: i8(1) });
  expect(get(meter(1), 10)).toEqual({ ok: true, value: array([]) });
});
