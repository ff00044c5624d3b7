import type { Port } from "@lectura/dlms-node";

/** The same port, telling its owner when the stream ended by itself or by error. */
export function watchPort(port: Port, closed: () => void): Port {
  return {
    label: port.label,
    send: (octets) => port.send(octets),
    listen: (receiver) =>
      port.listen({
        receive: (octets) => receiver.receive(octets),
        closed: (error) => {
          closed();
          receiver.closed(error);
        },
      }),
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
  };
}
