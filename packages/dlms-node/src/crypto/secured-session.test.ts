import { octetString } from "@lectura/dlms/axdr";
import { clientHls, clientProtection } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import { fromHex } from "@lectura/dlms/octets";
import {
  ApduCiphering,
  type CipheringKeys,
  type CounterStore,
  hlsGmac,
  InvocationCounter,
  ReplayWindows,
  Secret,
} from "@lectura/dlms/security";
import { type AssociationView, currentAssociation, ObjectDirectory } from "@lectura/dlms/server";
import { expect, test } from "vitest";
import { openSession } from "../session/open-session.ts";
import { serveTcp } from "../server/serve-tcp.ts";
import type { Session } from "../session/session.ts";
import { nodeCrypto as crypto } from "./node-crypto.ts";

const clientTitle = fromHex("4c43540000000001");
const serverTitle = fromHex("4c43540000000002");
const keys: CipheringKeys = {
  unicast: new Secret(fromHex("000102030405060708090a0b0c0d0e0f")),
  authentication: new Secret(fromHex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf")),
};
const attribute = { classId: 1, logicalName: obis("0.0.96.1.0.255"), attributeId: 2 };
const long = new Uint8Array(5000).fill(0x61);

function viewOf(): AssociationView {
  const counter = new InvocationCounter({ next: 0 });
  const windows = new ReplayWindows();
  return {
    clientSap: 1,
    systemTitle: serverTitle,
    authentication: {
      mechanism: "high-gmac",
      hls: hlsGmac({ crypto, suite: 0, keys, counter }),
      challenge: () => crypto.randomOctets(16),
    },
    security: {
      crypto,
      suite: 0,
      keys,
      counter,
      protection: "authenticated-encrypted",
      windowsOf: () => windows,
    },
    objects: new ObjectDirectory([
      {
        classId: 1,
        version: 0,
        logicalName: attribute.logicalName,
        attributes: { 2: { read: () => octetString(long) } },
      },
      currentAssociation(1),
    ]),
    conformance: 0x00_7e1f,
  };
}

/** A store that takes its time, as a file does. */
const limits: number[] = [];
const store: CounterStore = {
  reserve: async (limit) => {
    await Promise.resolve();
    limits.push(limit);
  },
};

function open(tcp: string, next: number, framing: "hdlc" | "wrapper"): Promise<Session> {
  const counter = new InvocationCounter({ next, store, ahead: 5 });
  const ciphering = new ApduCiphering({
    crypto,
    suite: 0,
    ownSystemTitle: clientTitle,
    keys,
    counter,
    protection: "authenticated-encrypted",
  });
  const hls = clientHls(hlsGmac({ crypto, suite: 0, keys, counter }), crypto.randomOctets(16));
  return openSession({
    tcp,
    framing,
    clientSap: 1,
    maxPduOctets: 400,
    authentication: { mechanism: "hls-gmac", hls },
    protection: clientProtection(ciphering, new Secret(crypto.randomOctets(16))),
  });
}

test.each(["hdlc", "wrapper"] as const)(
  "a ciphered session reads in blocks under a dedicated key over %s",
  async (framing) => {
    const address = { size: 1, upper: 1, lower: 0 } as const;
    await using line = await serveTcp({
      framing,
      meters: [{ address, device: { views: [viewOf()] } }],
    });
    const tcp = `${line.host}:${line.port}`;
    {
      await using session = await open(tcp, 0, framing);
      const result = await session.get(attribute);
      expect(result).toMatchObject({ ok: true, value: { type: "octet-string", value: long } });
    }
    await expect(open(tcp, 0, framing)).rejects.toMatchObject({ code: "security/replay" });
    {
      await using again = await open(tcp, Math.max(...limits), framing);
      expect(await again.get(attribute)).toMatchObject({ ok: true });
    }
  },
);
