export { WrapperDeframer, type WrapperDiscardReason, type WrapperSink } from "./deframer.ts";
export {
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
