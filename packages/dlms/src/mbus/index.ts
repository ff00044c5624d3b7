export { MbusDeframer, type MbusSink } from "./deframer.ts";
export {
  buildMbusFrame,
  mbusChecksum,
  type MbusFrame,
  mbusFrameOctetsMax,
  type MbusSegment,
  mbusStart,
  mbusStop,
  type MbusTransport,
  parseMbusFrame,
} from "./frame.ts";
export { MbusReassembler } from "./reassembler.ts";
