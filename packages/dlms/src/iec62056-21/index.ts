export {
  blockCheck,
  buildDataBlock,
  parseDataBlock,
  parseReadoutLines,
  type ReadoutEntry,
  type ReadoutLines,
  type ReadoutValue,
} from "./data-block.ts";
export {
  addParity,
  baudOf,
  buildBreak,
  buildModeESelect,
  buildOptionSelect,
  buildSignOnRequest,
  hasParityBits,
  type Identification,
  type OptionSelect,
  parseSignOnLine,
  type SignOnLine,
  type SignOnRequest,
  stripParity,
} from "./line.ts";
export {
  type LineSettings,
  ModeESignOn,
  type ModeESignOnOptions,
  type SignOnOutput,
} from "./sign-on.ts";
export { p1Crc, P1Reader, type P1Sink, type P1Telegram, parseP1Telegram } from "./p1.ts";
export {
  ModeCReadout,
  type ModeCReadoutOptions,
  type Readout,
  type ReadoutOutput,
} from "./readout.ts";
export {
  SignOnServer,
  type SignOnServerOptions,
  type SignOnServerOutput,
} from "./sign-on-server.ts";
