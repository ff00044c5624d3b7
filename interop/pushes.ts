/** The push column: what a meter sends unasked, from a peer to us and from us to a peer. */
import { octetString, structure, u32 } from "@lectura/dlms/axdr";
import { pushOpener } from "@lectura/dlms/push";
import { ApduCiphering, InvocationCounter, ReplayWindows } from "@lectura/dlms/security";
import type { PushLink, Unasked } from "@lectura/dlms/server";
import { listenForPushes, nodeCrypto as crypto, openPushSender } from "@lectura/dlms-node";
import type { Framing } from "./exchange.ts";
import { mismatch } from "./expectation.ts";
import { clientTitle, keysOf, serverTitle } from "./our-security.ts";
import type { PeerClient } from "./peer-client.ts";
import { securityWords } from "./peer-words.ts";
import { plainOf } from "./plain.ts";
import { serial, voltage } from "./reference-meter.ts";
import type { Security } from "./securities.ts";

const pushWithinMs = 5000;
/** A key of its own would do; the counter just has to be one that was not used before. */
const firstCounter = 5_000_000;

const body = structure([octetString(serial), u32(voltage.raw)]);

/** A peer plays the meter: the first thing that went wrong. */
export async function peerPushes(
  peer: PeerClient,
  framing: Framing,
  security: Security,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const windows = new ReplayWindows();
  const sender = { keys: keysOf(security), required: security.protection, windows };
  await using listener = await listenForPushes({
    tcp: {},
    reading: { open: pushOpener(crypto, () => ({ systemTitle: serverTitle, ...sender })) },
    onNotification: ({ meaning }) => {
      if (meaning.kind !== "data" || meaning.apdu === undefined) resolve(`a ${meaning.kind} came`);
      else resolve(mismatch(plainOf(body), plainOf(meaning.apdu.body)));
    },
    onEvent: (event) => {
      if (event.type === "failed") resolve(String(event.error));
    },
  });
  const words = pushWords(framing, security, "server");
  const answer = await peer.ask(`push port=${listener.tcp?.port} ${words}`);
  if (!answer.ok) return answer.error;
  const timer = setTimeout(() => resolve("nothing came"), pushWithinMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** A peer plays the head end: the first thing that went wrong. */
export async function pushToPeer(
  peer: PeerClient,
  framing: Framing,
  security: Security,
): Promise<string | undefined> {
  const listening = await peer.ask(`listen ${pushWords(framing, security, "client")}`);
  if (!listening.ok) return listening.error;
  const { protection, suite } = security;
  const ciphering = new ApduCiphering({
    crypto,
    suite,
    ownSystemTitle: serverTitle,
    peerSystemTitle: clientTitle,
    keys: keysOf(security),
    counter: new InvocationCounter({ next: firstCounter }),
    protection,
    form: "general",
  });
  await using sender = openPushSender({
    to: { transport: "tcp", host: "127.0.0.1", portNumber: Number(listening.value) },
    link: linkOf(framing, security),
    ...(protection === "none" ? {} : { ciphering }),
  });
  const outcome = await sender.send(notification);
  if (outcome.result !== "sent") return `${outcome.result}: ${outcome.error}`;
  const received = await peer.ask("received");
  return received.ok ? mismatch(plainOf(body), received.value) : received.error;
}

const notification: Unasked = {
  kind: "data-notification",
  invoke: {
    invokeId: 7,
    selfDescriptive: false,
    breakOnError: false,
    confirmed: false,
    highPriority: false,
  },
  dateTime: new Uint8Array(0),
  body,
};

function linkOf(framing: Framing, { clientSap }: Security): PushLink {
  return framing === "hdlc"
    ? { framing, clientSap, server: { size: 1, upper: 1, lower: 0 } }
    : { framing, source: 1, destination: clientSap };
}

function pushWords(framing: Framing, security: Security, role: "client" | "server"): string {
  return [
    `framing=${framing}`,
    "size=1",
    "upper=1",
    "lower=0",
    `counter=${firstCounter}`,
    ...securityWords(security, role),
  ].join(" ");
}
