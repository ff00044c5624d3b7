export { WrapperDeframer, type WrapperDiscardReason, type WrapperSink } from "./deframer.ts";
export {
  beginsGatewayHeader,
  encodeGatewayHeader,
  type GatewayTarget,
  readGatewayHeader,
} from "./gateway-header.ts";
export {
  allStationWPort,
  decodeWrapper,
  decodeWrapperHeader,
  encodeWrapper,
  type WrapperHeader,
  wrapperHeaderOctets,
  wrapperPort,
  wrapperVersion,
  writeWrapperHeader,
} from "./header.ts";
export { WrapperLink, type WrapperLinkOptions } from "./wrapper-link.ts";
