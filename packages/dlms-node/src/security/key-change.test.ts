/** Keys changed over a session with a meter of our own: by transfer, by agreement, interrupted. */
import { octetString } from "@lectura/dlms/axdr";
import { clientHls, clientProtection, ExceptionError } from "@lectura/dlms/client";
import { dataObject, obis } from "@lectura/dlms/cosem";
import { fromHex, ProtocolError } from "@lectura/dlms/octets";
import {
  ApduCiphering,
  hlsGmac,
  InvocationCounter,
  Secret,
  type SecuritySuite,
  suites,
  type TransferredKey,
} from "@lectura/dlms/security";
import {
  type AssociationView,
  invocationCounterObject,
  type MeterKeys,
  ObjectDirectory,
  SecuritySetup,
  type SecuritySetupState,
} from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { nodeCrypto as crypto } from "../crypto/node-crypto.ts";
import { openSession } from "../session/open-session.ts";
import { serveTcp, type ServedLine } from "../server/serve-tcp.ts";
import type { Session } from "../session/session.ts";
import { activateSecurityPolicy, agreeKeys, transferKeys } from "./change-keys.ts";
import { nextInvocationCounter, resynchronise } from "./counter-recovery.ts";
import {
  type AssociationKeys,
  counterName,
  type KeyStore,
  pendingKeys,
  type StoredKeys,
} from "./key-store.ts";
import { readInvocationCounter } from "./read-invocation-counter.ts";
import { resolveKeyChange } from "./resolve-key-change.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const clientSap = 1;
const serial = dataObject("0.0.96.1.0.255");
const secret = (count: number): Secret => new Secret(crypto.randomOctets(count));

class MemoryKeyStore implements KeyStore {
  stored: StoredKeys;
  /** States stored so far. */
  readonly history: string[] = [];

  constructor(active: StoredKeys["active"]) {
    this.stored = { active, generation: 0 };
  }

  load(): Promise<StoredKeys> {
    return Promise.resolve(this.stored);
  }

  store(keys: StoredKeys): Promise<void> {
    this.stored = keys;
    this.history.push(keys.pending?.state ?? "settled");
    return Promise.resolve();
  }
}

interface Bench extends AsyncDisposable {
  readonly line: ServedLine;
  readonly setup: SecuritySetup;
  readonly store: MemoryKeyStore;
  readonly kept: SecuritySetupState[];
  readonly signing: { readonly client: Secret; readonly meterPublic: Uint8Array };
  open(keys: AssociationKeys): Promise<Session>;
  /** Generations an association was tried with. */
  readonly tried: number[];
}

async function bench(suite: SecuritySuite, version: 0 | 1 = 1): Promise<Bench> {
  const { keyOctets, curve = "P-256" } = suites[suite];
  const keys: MeterKeys & StoredKeys["active"] = {
    unicast: secret(keyOctets),
    authentication: secret(keyOctets),
    master: secret(keyOctets),
  };
  const own = crypto.generateKeyPair(curve);
  const peer = crypto.generateKeyPair(curve);
  const kept: SecuritySetupState[] = [];
  const setup = new SecuritySetup(
    {
      crypto,
      version,
      suite,
      keys,
      policy: version === 0 ? 3 : 0x6c,
      serverSystemTitle: serverTitle,
      ...(suite === 0
        ? {}
        : { signing: { privateKey: new Secret(own.privateKey), clientPublic: peer.publicKey } }),
      keep: (state) => {
        kept.push(state);
      },
    },
    new InvocationCounter({ next: 0 }),
  );
  const security = setup.viewSecurity();
  const objects = [
    setup.object,
    {
      classId: 1,
      version: 0,
      logicalName: serial.logicalName,
      attributes: { 2: { read: () => octetString(fromHex("31323334")) } },
    },
  ];
  const counterObject = invocationCounterObject({
    last: () => setup.lastCounterOf(clientTitle) ?? 0,
  });
  const view: AssociationView = {
    clientSap,
    systemTitle: serverTitle,
    authentication: {
      mechanism: "high-gmac",
      hls: hlsGmac(security),
      challenge: () => crypto.randomOctets(16),
    },
    security,
    objects: new ObjectDirectory(objects),
    conformance: 0x00_7e1f,
  };
  const publicView: AssociationView = {
    clientSap: 16,
    authentication: { mechanism: "none" },
    objects: new ObjectDirectory([counterObject]),
    conformance: 0x00_7e1f,
  };
  const address = { size: 1, upper: 1, lower: 0 } as const;
  const views = [view, publicView];
  const line = await serveTcp({ framing: "wrapper", meters: [{ address, device: { views } }] });
  const counters = new Map<string, InvocationCounter>();
  const tried: number[] = [];
  const store = new MemoryKeyStore(keys);
  const open = async ({ keys: ring, generation }: AssociationKeys): Promise<Session> => {
    tried.push(generation);
    const name = counterName(generation, "unicast");
    const counter = counters.get(name) ?? new InvocationCounter({ next: 0 });
    counters.set(name, counter);
    const parts = { crypto, suite, keys: ring, counter };
    const protection = "authenticated-encrypted";
    return openSession({
      tcp: `${line.host}:${line.port}`,
      framing: "wrapper",
      clientSap,
      authentication: {
        mechanism: "hls-gmac",
        hls: clientHls(hlsGmac(parts), crypto.randomOctets(16)),
      },
      protection: clientProtection(
        new ApduCiphering({ ...parts, ownSystemTitle: clientTitle, protection }),
      ),
    });
  };
  return {
    line,
    setup,
    store,
    kept,
    tried,
    open,
    signing: { client: new Secret(peer.privateKey), meterPublic: own.publicKey },
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

const active = ({ store }: Bench): AssociationKeys => ({
  keys: store.stored.active,
  generation: store.stored.generation,
});

const reads = async (session: Session): Promise<boolean> => (await session.get(serial)).ok;

const agreementOf = (
  parts: Bench,
  suite: SecuritySuite,
  session: Session,
): Omit<Parameters<typeof agreeKeys>[0], "names"> => ({
  session,
  store: parts.store,
  crypto,
  suite,
  signingPrivate: parts.signing.client,
  peerSigningPublic: parts.signing.meterPublic,
  clientSystemTitle: clientTitle,
  serverSystemTitle: serverTitle,
});

describe.each([0, 1, 2] as const)("suite %i", (suite) => {
  test("keys change by transfer, and hold from the next association on", async () => {
    await using parts = await bench(suite);
    const { store } = parts;
    const before = store.stored.active;
    {
      await using session = await parts.open(active(parts));
      const names: readonly TransferredKey[] = ["unicast", "authentication", "master"];
      await transferKeys({ session, store, suite, names });
      expect(store.history).toEqual(["sent", "accepted"]);
      expect(store.stored.active).toBe(before);
      // The session goes on under the keys it was opened with.
      expect(await reads(session)).toBe(true);
      const again = transferKeys({ session, store, suite, names });
      await expect(again).rejects.toMatchObject({ code: "security/key-change-pending" });
    }
    const { outcome, session, keys } = await resolveKeyChange(parts);
    await using open = session;
    expect(outcome).toBe("changed");
    expect(keys.generation).toBe(1);
    expect(await reads(open)).toBe(true);
    expect(store.stored.pending).toBeUndefined();
    expect(store.stored.active.unicast).not.toBe(before.unicast);
    expect(parts.setup.state.keys.master!.reveal()).toEqual(store.stored.active.master!.reveal());
    expect(parts.kept).toHaveLength(1);
    // The new key counts anew, and the old one is closed.
    expect(parts.setup.counter.next).toBeLessThan(10);
    const old = parts.open({ keys: before, generation: 0 });
    await expect(old).rejects.toMatchObject({ code: "security/tag" });
  });

  test("a master key that is another changes nothing", async () => {
    await using parts = await bench(suite);
    const { store } = parts;
    const { keyOctets } = suites[suite];
    store.stored = {
      ...store.stored,
      active: { ...store.stored.active, master: secret(keyOctets) },
    };
    await using session = await parts.open(active(parts));
    const change = transferKeys({ session, store, suite, names: ["unicast"] });
    await expect(change).rejects.toMatchObject({
      code: "security/key-change-refused",
      params: { result: "other-reason" },
    });
    expect(store.stored.pending).toBeUndefined();
    expect(parts.kept).toHaveLength(0);
    expect(await reads(session)).toBe(true);
  });

  test("keys of another suite's length and none at all are not sent", async () => {
    await using parts = await bench(suite);
    const { store } = parts;
    await using session = await parts.open(active(parts));
    const wrong = { unicast: secret(24) };
    for (const options of [{ names: ["unicast"] as const, keys: wrong }, { names: [] }]) {
      await expect(transferKeys({ session, store, suite, ...options })).rejects.toMatchObject({
        code: "security/key-change-impossible",
      });
    }
    expect(store.history).toEqual([]);
  });
});

describe.each([1, 2] as const)("key agreement of suite %i", (suite) => {
  test("gives both sides the same keys", async () => {
    await using parts = await bench(suite);
    const { store } = parts;
    {
      await using session = await parts.open(active(parts));
      const names: readonly TransferredKey[] = ["unicast", "authentication", "master"];
      await agreeKeys({ ...agreementOf(parts, suite, session), names });
      expect(store.history).toEqual(["sent", "accepted"]);
    }
    const { outcome, session } = await resolveKeyChange(parts);
    await using open = session;
    expect(outcome).toBe("changed");
    expect(await reads(open)).toBe(true);
    expect(parts.setup.state.keys.master!.reveal()).toEqual(store.stored.active.master!.reveal());
  });

  test("is refused to who cannot sign", async () => {
    await using parts = await bench(suite);
    await using session = await parts.open(active(parts));
    const { privateKey } = crypto.generateKeyPair(suites[suite].curve!);
    const options = agreementOf(parts, suite, session);
    const change = agreeKeys({
      ...options,
      signingPrivate: new Secret(privateKey),
      names: ["unicast"],
    });
    await expect(change).rejects.toMatchObject({ code: "security/key-change-refused" });
    expect(parts.kept).toHaveLength(0);
  });

  test("whose answer is lost leaves the old keys, and says so when they are gone", async () => {
    await using parts = await bench(suite);
    const { store } = parts;
    {
      await using session = await parts.open(active(parts));
      const deaf = {
        action: async (...call: Parameters<Session["action"]>) => {
          await session.action(...call);
          throw new ProtocolError("xdlms/unknown-outcome", "the line went");
        },
      };
      const options = { ...agreementOf(parts, suite, session), session: deaf };
      await expect(agreeKeys({ ...options, names: ["unicast"] })).rejects.toMatchObject({
        code: "xdlms/unknown-outcome",
      });
    }
    expect(store.stored.pending).toMatchObject({ state: "sent", keys: undefined });
    await expect(resolveKeyChange(parts)).rejects.toMatchObject({
      code: "security/key-change-unresolved",
    });
    expect(store.stored.pending).toBeDefined();
  });
});

describe("a change that is interrupted", () => {
  const suite = 0;
  const names: readonly TransferredKey[] = ["unicast", "authentication"];

  /** Sends, or not, and never hears the answer. */
  async function interrupted(parts: Bench, arrives: boolean): Promise<void> {
    await using session = await parts.open(active(parts));
    const deaf = {
      action: async (...call: Parameters<Session["action"]>) => {
        if (arrives) await session.action(...call);
        throw new ProtocolError("xdlms/unknown-outcome", "the line went");
      },
    };
    const change = transferKeys({ session: deaf, store: parts.store, suite, names });
    await expect(change).rejects.toMatchObject({ code: "xdlms/unknown-outcome" });
    expect(parts.store.stored.pending?.state).toBe("sent");
  }

  test("after the meter has it ends with the new keys", async () => {
    await using parts = await bench(suite);
    await interrupted(parts, true);
    parts.tried.length = 0;
    const { outcome, session } = await resolveKeyChange(parts);
    await using open = session;
    expect(outcome).toBe("changed");
    expect(parts.tried).toEqual([1]);
    expect(await reads(open)).toBe(true);
  });

  test("before the meter has it ends with the old keys, each tried once", async () => {
    await using parts = await bench(suite);
    await interrupted(parts, false);
    const { active: before } = parts.store.stored;
    parts.tried.length = 0;
    const { outcome, session } = await resolveKeyChange(parts);
    await using open = session;
    expect(outcome).toBe("unchanged");
    expect(parts.tried).toEqual([1, 0]);
    expect(parts.store.stored.active).toBe(before);
    expect(parts.store.stored.pending).toBeUndefined();
    expect(await reads(open)).toBe(true);
  });

  test("stays pending while the meter is silent: the old keys are not tried", async () => {
    await using parts = await bench(suite);
    await interrupted(parts, true);
    const tried: number[] = [];
    const silent = async ({ generation }: AssociationKeys): Promise<Session> => {
      tried.push(generation);
      return Promise.reject(new ProtocolError("wrapper/no-answer", "nobody is there"));
    };
    await expect(resolveKeyChange({ store: parts.store, open: silent })).rejects.toMatchObject({
      code: "wrapper/no-answer",
    });
    expect(tried).toEqual([1]);
    expect(pendingKeys(parts.store.stored)).toBeDefined();
  });

  test.each([true, false])(
    "of the master key alone is asked of the meter (%s)",
    async (arrives) => {
      await using parts = await bench(suite);
      {
        await using session = await parts.open(active(parts));
        const deaf = {
          action: async (...call: Parameters<Session["action"]>) => {
            if (arrives) await session.action(...call);
            throw new ProtocolError("xdlms/unknown-outcome", "the line went");
          },
        };
        const change = transferKeys({
          session: deaf,
          store: parts.store,
          suite,
          names: ["master"],
        });
        await expect(change).rejects.toBeInstanceOf(ProtocolError);
      }
      const { outcome, session } = await resolveKeyChange(parts);
      await using open = session;
      expect(outcome).toBe("changed");
      expect(await reads(open)).toBe(true);
      const { master } = parts.store.stored.active;
      expect(parts.setup.state.keys.master!.reveal()).toEqual(master!.reveal());
    },
  );

  test("nothing pending opens under the keys there are", async () => {
    await using parts = await bench(suite);
    const { outcome, session } = await resolveKeyChange(parts);
    await using open = session;
    expect(outcome).toBe("nothing-pending");
    expect(open.closed).toBe(false);
  });
});

test("a policy grows, and does not shrink", async () => {
  await using parts = await bench(0, 0);
  await using session = await parts.open(active(parts));
  await activateSecurityPolicy({ session }, 3);
  const shrink = activateSecurityPolicy({ session }, 1);
  await expect(shrink).rejects.toMatchObject({ params: { result: "read-write-denied" } });
  const unknown = activateSecurityPolicy({ session }, 7);
  await expect(unknown).rejects.toMatchObject({ params: { result: "other-reason" } });
  const policy = { classId: 64, logicalName: obis("0.0.43.0.0.255"), attributeId: 2 };
  expect(await session.get(policy)).toMatchObject({ value: { type: "enum", value: 3 } });
});

describe("the invocation counter", () => {
  test("is read by the public client, and the next is one more", async () => {
    await using parts = await bench(0);
    {
      await using session = await parts.open(active(parts));
      expect(await reads(session)).toBe(true);
    }
    const options = { tcp: `${parts.line.host}:${parts.line.port}`, framing: "wrapper" } as const;
    const last = await readInvocationCounter(options);
    expect(last).toBe(parts.setup.lastCounterOf(clientTitle));
    expect(nextInvocationCounter(undefined, last)).toBe(last! + 1);
    expect(nextInvocationCounter(1000, last)).toBe(1000);
    expect(nextInvocationCounter(undefined, undefined)).toBe(0);
    // A meter that has no counter there tells nothing.
    const attribute = serial.attribute(2);
    expect(await readInvocationCounter(options, { attribute })).toBeUndefined();
    const open = (): Promise<never> =>
      Promise.reject(new ProtocolError("acse/rejected", "no public client"));
    expect(await readInvocationCounter(options, { open })).toBeUndefined();
  });

  test("goes forward to what the meter expects, and never back or far", () => {
    const refusal = (invocationCounter: number | undefined): ExceptionError =>
      new ExceptionError("security/replay", {
        kind: "exception-response",
        stateError: "service-not-allowed",
        serviceError: "invocation-counter-error",
        ...(invocationCounter === undefined ? {} : { invocationCounter }),
      });
    const counter = new InvocationCounter({ next: 50 });
    expect(resynchronise(counter, refusal(40))).toBe(false);
    expect(resynchronise(counter, refusal(50))).toBe(false);
    expect(resynchronise(counter, refusal(undefined))).toBe(false);
    expect(resynchronise(counter, refusal(0xffff_ffff))).toBe(false);
    expect(resynchronise(counter, new Error("another"))).toBe(false);
    expect(counter.next).toBe(50);
    expect(resynchronise(counter, refusal(91))).toBe(true);
    expect(counter.next).toBe(91);
  });
});
