/** What meters send unasked: octets to APDUs, APDUs to named values. */
export { decodeRawAlarm, type RawAlarm } from "./alarm.ts";
export { type ApduExtent, apduExtent, isPushedTag } from "./apdu-extent.ts";
export { detectFraming } from "./detect.ts";
export type { UnitSink } from "./hdlc-units.ts";
export {
  confirmationOf,
  pushLeniency,
  type PushMeaning,
  type PushReading,
  readPush,
  readUnknownPush,
} from "./push-notification.ts";
export {
  decodePushObjectList,
  type PushObject,
  pushObjectListOf,
  pushSetupClass,
} from "./push-object-list.ts";
export { frameReply, type PushFraming, type PushOrigin } from "./push-origin.ts";
export {
  type PushCounters,
  type PushNotification,
  PushReceiver,
  type PushReceiverOptions,
  type PushReceiverOutput,
} from "./push-receiver.ts";
export { PushStream, type PushStreamOptions, type PushStreamSink } from "./push-stream.ts";
export {
  type PushTemplate,
  pushTemplates,
  type TemplateColumn,
  templateOf,
} from "./push-template.ts";
export {
  isCipheredTag,
  type OpenedPush,
  type PushMessage,
  type PushOpener,
  PushUnwrap,
  type PushUnwrapOptions,
  type PushUnwrapSink,
} from "./push-unwrap.ts";
export {
  type PushContent,
  type PushForm,
  type PushNaming,
  type PushValue,
  readPushBody,
} from "./push-values.ts";
export { type TelegramValues, telegramValues } from "./telegram-values.ts";
export { decodeUntaggedPush, type UntaggedPush } from "./untagged-push.ts";
export { pushOpener, type PushSender, type PushSenders } from "./push-keyring.ts";
