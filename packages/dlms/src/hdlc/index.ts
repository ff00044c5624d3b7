export {
  type AddressRange,
  type AddressScan,
  scanAddresses,
  scanAddressesMax,
} from "./address-scan.ts";
export {
  addressesServer,
  addressOctets,
  allStation,
  allStationWide,
  callingDevice,
  callingDeviceWide,
  decodeAddress,
  encodeClientAddress,
  encodeServerAddress,
  type HdlcAddress,
  isAllStation,
  managementUpper,
  noStation,
  publicClientSap,
  type ServerAddress,
} from "./address.ts";
export { HdlcClientLink } from "./client-link.ts";
export type { HdlcClientLinkOptions, HdlcClientQuirks } from "./client-link-options.ts";
export {
  controlDisc,
  controlDm,
  controlFrmr,
  controlRej,
  controlRnr,
  controlRr,
  controlSnrm,
  type ControlType,
  controlUa,
  controlUi,
  decodeControl,
  type HdlcControl,
  informationControl,
  pollFinalBit,
} from "./control.ts";
export {
  deframerOctetsMax,
  type DeframerSink,
  type DiscardReason,
  HdlcDeframer,
} from "./deframer.ts";
export { fcs16, fcsInitial, fcsResidue, fcsUpdate } from "./fcs.ts";
export {
  buildFrame,
  flag,
  type FrameParts,
  type FrameProblem,
  type HdlcFrame,
  parseFrame,
} from "./frame.ts";
export {
  decodeFrameReject,
  describeFrameReject,
  encodeFrameReject,
  type FrameReject,
} from "./frame-reject.ts";
export type { ClientLink, LinkCounters, LinkOutput, LinkState } from "./link-output.ts";
export { llcCommand, llcOctets, llcOf, llcResponse } from "./llc.ts";
export {
  completeParameters,
  decodeParameters,
  decodeStatedParameters,
  defaultHdlcParameters,
  encodeParameters,
  type HdlcParameters,
  informationOctetsMax,
  informationOctetsMin,
  negotiateParameters,
  windowMax,
} from "./parameters.ts";
export { HdlcServerLink } from "./server-link.ts";
export type { HdlcServerLinkOptions } from "./server-link-options.ts";
