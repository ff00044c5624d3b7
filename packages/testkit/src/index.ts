export { acseApdus, apdus, attributeDescriptors } from "./apdu-arbitraries.ts";
export {
  chunksOf,
  clientSaps,
  frameParts,
  hdlcParameters,
  hostileOctets,
  serverAddresses,
} from "./arbitraries.ts";
export { dataValues } from "./data-arbitraries.ts";
export { type GoldenApdu, goldenApdus } from "./golden-apdus-table.ts";
export { type GoldenFrame, goldenFrame, goldenFrames } from "./golden-frames.ts";
export { LinkRecorder } from "./link-recorder.ts";
export { FakeBroker, type FakeBrokerOptions } from "./fake-broker.ts";
export {
  type ConnectAttempt,
  type DeviceFaults,
  FakeThingsBoard,
  type FakeDeviceOptions,
  type FakeThingsBoardOptions,
  type ReceivedPublish,
  type StoredPoint,
  type StoredValue,
  type ThingsBoardVersion,
} from "./fake-thingsboard/index.ts";
export { ManualClock } from "./manual-clock.ts";
export { nodeCrypto } from "@lectura/dlms-node";
export { openPipe, type Pipe, type PipeOptions } from "./pipe.ts";
export { seededRandom } from "./random.ts";
export { type Certificate, opensslPresent, selfSigned } from "./self-signed.ts";
export { until } from "./until.ts";
export { readVectors, type Vector, vectorsPresent } from "./vectors.ts";
