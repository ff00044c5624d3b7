import type { Converter } from "./converter.ts";
import { asciiOctets } from "./text.ts";

const body = "400 Bad Request";
const answer = asciiOctets(
  [
    "HTTP/1.1 400 Bad Request",
    "Content-Type: text/plain",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n"),
);

/** No meter at all: a web server that does not understand what it is told. */
export function httpConverter(): Converter {
  return (port) => {
    port.listen({
      receive: () => {
        port.send(answer);
        void port[Symbol.asyncDispose]();
      },
      closed: () => undefined,
    });
    return undefined;
  };
}
