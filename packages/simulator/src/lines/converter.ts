import type { Clock, Port } from "@lectura/dlms-node";

export interface ConverterOptions {
  readonly clock: Clock;
  readonly seed: number;
}

/** Gives the port the meters see, or undefined when it keeps the connection to itself. */
export type Converter = (port: Port) => Port | undefined;
