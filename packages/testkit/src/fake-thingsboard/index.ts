export type { ConnectAttempt, ReceivedPublish } from "./device.ts";
export {
  FakeThingsBoard,
  type FakeDeviceOptions,
  type FakeThingsBoardOptions,
  type StoredPoint,
} from "./fake-thingsboard.ts";
export type { DeviceFaults } from "./faults.ts";
export type { ThingsBoardVersion } from "./profile.ts";
export type { StoredValue } from "./telemetry-json.ts";
