import {
  type ImageVerdict,
  servedImageTransfer,
  type ServedImageTransferOptions,
  type ServerObject,
} from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession, type MeterSession } from "./procedure.fixture.ts";
import { type ImageProgress, type ImageTransferRequest, transferImage } from "./transfer-image.ts";

const image = Uint8Array.from({ length: 1037 }, (_, at) => at & 0xff);
const identification = new TextEncoder().encode("fw-3");

function requestOf(
  meter: MeterSession,
  changes: Partial<ImageTransferRequest> = {},
): ImageTransferRequest {
  return { image, identification, clock: meter.clock, ...changes };
}

function served(changes: Partial<ServedImageTransferOptions> = {}) {
  return servedImageTransfer({ blockOctets: 100, ...changes });
}

/** The object, with blocks lost or refused on the way in. */
function tampered(
  object: ServerObject,
  intercept: (call: number) => "success" | "temporary-failure" | "hardware-fault" | undefined,
): ServerObject {
  let call = 0;
  const blocks = object.methods![2]!;
  const invoke: typeof blocks.invoke = (parameters, context) => {
    const result = intercept(call++);
    return result === undefined ? blocks.invoke(parameters, context) : { result };
  };
  return { ...object, methods: { ...object.methods, 2: { ...blocks, invoke } } };
}

describe("image transfer", () => {
  test("sends blocks of the meter's size, the last one shorter, verifies and activates", async () => {
    const target = served();
    await using meter = await meterSession([target.object]);
    const progress: ImageProgress[] = [];
    const result = await transferImage(
      meter.session,
      requestOf(meter, { onProgress: (now) => progress.push(now) }),
    );
    expect(result).toEqual({ ok: true, state: "activated", blocksSent: 11 });
    expect(target.image).toEqual(image);
    expect(target.status).toBe("activation-successful");
    expect(progress.at(0)).toEqual({ blocks: 1, blocksTotal: 11 });
    expect(progress.at(-1)).toEqual({ blocks: 11, blocksTotal: 11 });
  });

  test("sends again what did not arrive, and what the meter could not take", async () => {
    const target = served();
    const object = tampered(target.object, (call) => {
      if (call === 2) return "success";
      return call === 5 ? "temporary-failure" : undefined;
    });
    await using meter = await meterSession([object]);
    const result = await transferImage(meter.session, requestOf(meter, { activate: false }));
    expect(result).toEqual({ ok: true, state: "verified", blocksSent: 13 });
    expect(target.image).toEqual(image);
  });

  test("asks for the first missing block where the meter gives no status of all", async () => {
    const target = served();
    const object = {
      ...target.object,
      attributes: { ...target.object.attributes, 3: { access: "none" as const } },
    };
    await using meter = await meterSession([object]);
    expect(await transferImage(meter.session, requestOf(meter))).toMatchObject({ ok: true });
    expect(target.image).toEqual(image);
  });

  test("goes on after a broken session with what the meter does not have", async () => {
    const target = served();
    let cut: (() => void) | undefined;
    const object = tampered(target.object, (call) => {
      if (call === 6) cut?.();
      return undefined;
    });
    {
      const broken = await meterSession([object]);
      cut = () => broken.pipe.break();
      await expect(transferImage(broken.session, requestOf(broken))).rejects.toThrow();
      await broken.session[Symbol.asyncDispose]();
    }
    await using meter = await meterSession([object]);
    const result = await transferImage(meter.session, requestOf(meter, { resumeFrom: "meter" }));
    expect(result).toEqual({ ok: true, state: "activated", blocksSent: 4 });
    expect(target.image).toEqual(image);
    const again = await transferImage(meter.session, requestOf(meter, { resumeFrom: "meter" }));
    expect(again).toMatchObject({ ok: true, blocksSent: 11 });
  });

  test("only activates what the meter has verified already, if it is this image", async () => {
    const target = served();
    await using meter = await meterSession([target.object]);
    await transferImage(meter.session, requestOf(meter, { activate: false }));
    const resumeFrom = "meter";
    const rest = await transferImage(meter.session, requestOf(meter, { resumeFrom }));
    expect(rest).toEqual({ ok: true, state: "activated", blocksSent: 0 });
    await transferImage(meter.session, requestOf(meter, { activate: false }));
    const other = requestOf(meter, { resumeFrom, identification: Uint8Array.of(9) });
    expect(await transferImage(meter.session, other)).toMatchObject({ blocksSent: 11 });
  });

  test("waits for a meter that verifies and activates slowly, on the clock given", async () => {
    const verdicts: ImageVerdict[] = ["pending", "pending", "done", "pending", "done"];
    const next = (): ImageVerdict => verdicts.shift()!;
    const target = served({ verify: next, activate: next });
    await using meter = await meterSession([target.object]);
    const transfer = transferImage(meter.session, requestOf(meter, { pollMs: 1000 }));
    for (let step = 0; step < 3; step++) await meter.clock.advance(1000);
    expect(await transfer).toEqual({ ok: true, state: "activated", blocksSent: 11 });
  });

  test("says at which step it was refused, and when the meter took too long", async () => {
    const attempt = async (
      object: ServerObject,
      changes: Partial<ImageTransferRequest> = {},
    ): Promise<unknown> => {
      await using meter = await meterSession([object]);
      const transfer = transferImage(
        meter.session,
        requestOf(meter, { pollMs: 1000, workMs: 2000, ...changes }),
      );
      await meter.clock.advance(2000);
      return transfer;
    };
    const refused = (step: string, reason: string, blocksSent = 11) => ({
      ok: false,
      step,
      reason,
      blocksSent,
    });
    expect(await attempt(served({ enabled: () => false }).object)).toEqual(
      refused("prepare", "read-write-denied", 0),
    );
    expect(await attempt(served({ imageOctetsMax: 10 }).object)).toEqual(
      refused("initiate", "other-reason", 0),
    );
    const faulty = tampered(served().object, () => "hardware-fault");
    expect(await attempt(faulty)).toEqual(refused("transfer", "hardware-fault", 1));
    const forgetful = tampered(served().object, () => "success");
    expect(await attempt(forgetful)).toEqual(refused("transfer", "data-block-unavailable", 55));
    expect(await attempt(served({ verify: () => "failed" }).object)).toEqual(
      refused("verify", "other-reason"),
    );
    expect(await attempt(served({ verify: () => "pending" }).object)).toEqual(
      refused("verify", "temporary-failure"),
    );
    expect(await attempt(served({ activate: () => "failed" }).object)).toEqual(
      refused("activate", "other-reason"),
    );
    expect(await attempt(served({ activate: () => "pending" }).object)).toEqual({
      ok: true,
      state: "activating",
      blocksSent: 11,
    });
  });

  test("ends when it is cancelled, and the session stays usable", async () => {
    const target = served();
    const controller = new AbortController();
    await using meter = await meterSession([target.object]);
    const { signal } = controller;
    const onProgress = ({ blocks }: ImageProgress): void => {
      if (blocks === 3) controller.abort(new Error("enough"));
    };
    const request = requestOf(meter, { signal, onProgress });
    await expect(transferImage(meter.session, request)).rejects.toThrow("enough");
    const rest = await transferImage(meter.session, requestOf(meter, { resumeFrom: "meter" }));
    expect(rest).toEqual({ ok: true, state: "activated", blocksSent: 8 });
  });
});
