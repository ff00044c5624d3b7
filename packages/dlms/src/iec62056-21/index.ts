export {
  addParity,
  baudOf,
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
