/**
 * One core, no I/O: a ciphered answer, its tag and counter checked, to a typed value. In the first
 * case the request before it goes plain on both sides (the link lets no answer in that nothing was
 * sent for), in the second it is sealed on both sides.
 */
import { GetExchange } from "@lectura/dlms/client";
import { obis } from "@lectura/dlms/cosem";
import {
  ApduCiphering,
  InvocationCounter,
  ReplayWindows,
  sealContent,
  Secret,
} from "@lectura/dlms/security";
import { nodeCrypto } from "@lectura/dlms-node";
import { floorOpenGet, floorSealGet } from "./floor/ciphered.ts";
import { floorBuildGet } from "./floor/hand-written.ts";
import { measure, printMeasured } from "./measure.ts";
import { answerFrame, context, SessionPath } from "./session-path.ts";

const encryption = Uint8Array.fromHex("000102030405060708090a0b0c0d0e0f");
const authentication = Uint8Array.fromHex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf");
const systemTitle = Uint8Array.fromHex("4d4d4d0000bc614e");
const ownSystemTitle = Uint8Array.fromHex("4c45430000000001");
const plaintext = Uint8Array.fromHex("c401c10006075bcd15");
const energy = { classId: 3, logicalName: obis("1.0.1.8.0.255"), attributeId: 2 };
/** Answers in a row before the counter begins anew; a multiple of 8. */
const answersMax = 4096;

/** glo-get-responses with rising invocation counters. */
const answers = Array.from({ length: answersMax }, (_, index) => {
  const control = { suite: 0, authenticated: true, encrypted: true } as const;
  const keys = { encryption, authentication };
  const origin = { systemTitle, invocationCounter: 1000 + index };
  const content = sealContent(nodeCrypto, control, keys, origin, plaintext);
  return answerFrame(index, [0xcc, content.length, ...content]);
});

function open(sealing: boolean): () => unknown {
  const windows = new ReplayWindows();
  const ciphering = new ApduCiphering({
    crypto: nodeCrypto,
    suite: 0,
    ownSystemTitle,
    peerSystemTitle: systemTitle,
    keys: {
      unicast: new Secret(encryption),
      authentication: new Secret(authentication),
    },
    counter: new InvocationCounter({ next: 0 }),
    windows,
    protection: "authenticated-encrypted",
  });
  const unprotect = (apdu: Uint8Array): Uint8Array => ciphering.unprotect(apdu);
  const protect = (apdu: Uint8Array): Uint8Array => ciphering.protect(apdu);
  const path = new SessionPath(sealing ? { unprotect, protect } : { unprotect });
  let turn = 0;
  return () => {
    if (turn === answersMax) {
      turn = 0;
      windows.restart("unicast");
    }
    return path.run(new GetExchange(energy, 0xc1, context), answers[turn++]!);
  };
}

function floorSealAndOpen(): () => unknown {
  const openGet = floorOpenGet(encryption, authentication, systemTitle);
  const sealGet = floorSealGet(encryption, authentication, ownSystemTitle);
  let turn = 0;
  return () => {
    const at = turn++ & (answersMax - 1);
    return [sealGet(at & 7, at & 7, turn), openGet(answers[at]!)];
  };
}

function floorOpen(): () => unknown {
  const openGet = floorOpenGet(encryption, authentication, systemTitle);
  let turn = 0;
  return () => {
    const at = turn++ & (answersMax - 1);
    return [floorBuildGet(at & 7, at & 7, 0xc1), openGet(answers[at]!)];
  };
}

/** Goal: at most 1.3 times the floor's time. */
export function benchCiphered(): void {
  printMeasured([
    measure({
      name: "glo GET parse, AES-128-GCM by node:crypto",
      floor: floorOpen(),
      ours: open(false),
      goal: 1 / 1.3,
    }),
    measure({
      name: "glo GET build + parse, both sealed",
      floor: floorSealAndOpen(),
      ours: open(true),
      goal: 1 / 1.3,
    }),
  ]);
}
