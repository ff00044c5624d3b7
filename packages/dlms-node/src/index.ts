export { openSession } from "./open-session.ts";
export type {
  AttributeValue,
  MethodCall,
  RequestOptions,
  Session,
  SessionCounters,
  SessionNegotiated,
} from "./session.ts";
export {
  defaultTimeouts,
  type ServerAddressOptions,
  type SessionOptions,
  type SessionTimeouts,
} from "./session-options.ts";
export { SessionError, type SessionErrorCode, sessionErrors } from "./session-error.ts";
export type { FrameObserver, SessionEvent, SessionPhase } from "./observer.ts";
