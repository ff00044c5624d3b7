export {
  DecodeError,
  DlmsError,
  InvariantError,
  type Layer,
  ProtocolError,
  type ProtocolErrorCode,
  protocolErrors,
  type Recovery,
} from "../error.ts";
export {
  apduOctetsMax,
  dataDepthMax,
  dataElementsMax,
  dataValuesMax,
  frameOctetsMax,
  transferOctetsMax,
} from "../limits.ts";
export { concatOctets, equalOctets, fromHex, OctetReader, OctetWriter, toHex } from "../octets.ts";
