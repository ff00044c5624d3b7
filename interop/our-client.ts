/** Our client as a driver: `openSession` as anybody would use it. */
import { byEntry, byTimeRange, dateTimeFromUtcMs, obis, profileGeneric } from "@lectura/dlms/cosem";
import { InvocationCounter } from "@lectura/dlms/security";
import { clientConformance } from "@lectura/dlms/client";
import type { AttributeDescriptor, ConformanceBit, GetDataResult } from "@lectura/dlms/xdlms";
import { openSession, type Session, type SessionOptions } from "@lectura/dlms-node";
import type { Answer, Driver, Member, Place, Plain, Request } from "./exchange.ts";
import { ourClientSecurity } from "./our-security.ts";
import { plainOf } from "./plain.ts";
import type { Service } from "./securities.ts";

/** Small enough that 900 octets need block transfer. */
const maxPduOctets = 300;
const responseMs = 3000;

export class OurClient implements Driver {
  readonly #counter = new InvocationCounter({ next: 1 });
  #session: Session | undefined;

  open(place: Place): Promise<Answer> {
    return answerOf(async () => {
      await this.close();
      const { port, framing, address, security } = place;
      this.#session = await openSession({
        tcp: `127.0.0.1:${port}`,
        framing,
        clientSap: security.clientSap,
        server: address,
        ...(framing === "hdlc" ? place.link : undefined),
        maxPduOctets,
        timeouts: { responseMs },
        ...servicesOf(security.service),
        ...ourClientSecurity(security, this.#counter),
      });
      return null;
    });
  }

  perform(request: Request): Promise<Answer> {
    return answerOf(async () => {
      const session = this.#session;
      if (session === undefined) throw new Error("no session");
      return await ask(session, request);
    });
  }

  close(): Promise<Answer> {
    return answerOf(async () => {
      await this.#session?.[Symbol.asyncDispose]();
      this.#session = undefined;
      return null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** ACCESS is proposed; general blocks are the only ones where they are the row. */
function servicesOf(service: Service): Partial<SessionOptions> {
  if (service === "sn") return { referencing: "sn" };
  const conformance: readonly ConformanceBit[] = [...clientConformance, "access"];
  if (service === "ln") return { conformance };
  return {
    conformance: conformance.filter((bit) => !bit.startsWith("block-transfer-")),
    generalBlockTransfer: {},
  };
}

async function ask(session: Session, request: Request): Promise<Plain> {
  switch (request.kind) {
    case "get":
      return valueOf(await session.get(descriptorOf(request.attribute)));
    case "list": {
      const results = await session.getWithList(request.attributes.map(descriptorOf));
      return results.map(valueOf);
    }
    case "access": {
      const accesses = request.attributes.map(
        (member) => ({ type: "get", attribute: descriptorOf(member) }) as const,
      );
      const results = await session.access(accesses);
      return results.map((each) => (each.type === "get" ? valueOf(each.result) : each.type));
    }
    case "entry": {
      const { name, first, last } = request;
      const selection = byEntry({ fromEntry: first, toEntry: last });
      return valueOf(await session.get(profileGeneric(name).select(selection)));
    }
    case "range": {
      const { name, fromMs, toMs } = request;
      const selection = byTimeRange(dateTimeFromUtcMs(fromMs, 0), dateTimeFromUtcMs(toMs, 0));
      return valueOf(await session.get(profileGeneric(name).select(selection)));
    }
    case "set":
      return demand(await session.set(descriptorOf(request.attribute), request.value));
    case "action": {
      const { classId, name, id } = request.method;
      const method = { classId, logicalName: obis(name), methodId: id };
      return demand((await session.action(method, request.parameter)).result);
    }
  }
}

function demand(result: string): null {
  if (result !== "success") throw new Error(result);
  return null;
}

function descriptorOf({ classId, name, id }: Member): AttributeDescriptor {
  return { classId, logicalName: obis(name), attributeId: id };
}

function valueOf(result: GetDataResult): Plain {
  if (!result.ok) throw new Error(result.reason);
  return plainOf(result.value);
}

async function answerOf(work: () => Promise<Plain>): Promise<Answer> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}
