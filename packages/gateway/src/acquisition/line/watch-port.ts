import { isLinePort, type Port } from "@lectura/dlms-node";

/** The same port, telling its owner when the stream ended by itself or by error. */
export function watchPort(port: Port, closed: () => void): Port {
  const watched: Port = {
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
  return onLine(watched, port);
}

/** `view` of `port`, through which the line can be set where `port` can set it: mode E does. */
export function onLine(view: Port, port: Port): Port {
  if (!isLinePort(port)) return view;
  return Object.assign(view, {
    settings: port.settings,
    drain: () => port.drain(),
    configure: (settings: Parameters<typeof port.configure>[0]) => port.configure(settings),
  });
}
