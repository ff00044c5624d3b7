import { equalOctets } from "@lectura/dlms/octets";
import { ApduCiphering, InvocationCounter, type Protection, Secret } from "@lectura/dlms/security";
import { nodeCrypto } from "@lectura/testkit";
import { apdus } from "../corpus.ts";
import { demand, type FuzzTarget } from "../target.ts";

const clientTitle = Uint8Array.of(0x4c, 0x43, 0x54, 0, 0, 0, 0, 1);
const serverTitle = Uint8Array.of(0x4c, 0x43, 0x54, 0, 0, 0, 0, 2);
const keys = {
  unicast: new Secret(new Uint8Array(16).fill(1)),
  authentication: new Secret(new Uint8Array(16).fill(2)),
};
const protections: readonly Protection[] = [
  "authenticated",
  "encrypted",
  "authenticated-encrypted",
];

function side(
  own: Uint8Array,
  peer: Uint8Array,
  protection: Protection,
  form: number,
): ApduCiphering {
  return new ApduCiphering({
    crypto: nodeCrypto,
    suite: 0,
    keys,
    counter: new InvocationCounter({ next: 5 }),
    ownSystemTitle: own,
    peerSystemTitle: peer,
    protection,
    form: form % 2 === 0 ? "service" : "general",
    leniency: { emptySystemTitle: true, overdeclaredCipheredLength: true },
  });
}

const plain = apdus.filter(({ 0: tag }) => tag === 0xc0 || tag === 0xc1 || tag === 0xc4);
const sealed = plain.flatMap((apdu) =>
  protections.flatMap((protection, at) =>
    [0, 1].map((form) =>
      Uint8Array.of(
        at * 2 + form,
        ...side(serverTitle, clientTitle, protection, form).protect(apdu),
      ),
    ),
  ),
);

const modeOf = (input: Uint8Array): readonly [Protection, number] => {
  const mode = input[0] ?? 0;
  return [protections[(mode >> 1) % protections.length]!, mode & 1];
};

const unprotect: FuzzTarget = {
  name: "security/unprotect",
  throws: "typed",
  corpus: sealed,
  run(input) {
    const [protection, form] = modeOf(input);
    const before = input.slice();
    const client = side(clientTitle, serverTitle, protection, form);
    try {
      const opened = client.unprotect(input.subarray(1));
      return `${protection} ${opened[0]}`;
    } finally {
      demand(equalOctets(before, input), "the input is not changed");
    }
  },
};

/** What one side seals the other opens, whatever it is; and nothing else opens with a tag. */
const sealing: FuzzTarget = {
  name: "security/seal",
  throws: "typed",
  corpus: plain.map((apdu) => Uint8Array.of(0, ...apdu)),
  run(input) {
    const [protection, form] = modeOf(input);
    const apdu = input.subarray(1);
    if (apdu.length === 0) return "nothing to seal";
    const octets = side(clientTitle, serverTitle, protection, form).protect(apdu);
    const opened = side(serverTitle, clientTitle, protection, form).unprotect(octets);
    demand(equalOctets(opened, apdu), "what is sealed opens to the same");
    // ACSE APDUs and refusals travel plain.
    const isSealed = !equalOctets(octets, apdu);
    if (isSealed && protection !== "encrypted") {
      const forged = octets.slice();
      const at = forged.length - 1 - ((input[0]! >> 3) % Math.min(12, forged.length));
      forged[at]! ^= 1;
      let isOpen = false;
      try {
        side(serverTitle, clientTitle, protection, form).unprotect(forged);
        isOpen = true;
      } catch {
        // As it must be.
      }
      demand(!isOpen, "a changed tag does not open");
    }
    return `${protection} ${form}`;
  },
};

export const cipheringTargets: readonly FuzzTarget[] = [unprotect, sealing];
