import type { SimulateOptionName } from "./simulate-vocabulary.ts";

export const simulateEnglish: Readonly<Record<SimulateOptionName, string>> = {
  simObjects: "usual, or full: every object a modern meter has",
  simFrom: "meter of a file: objects --values --json of a real one, or a recorded session",
  simUdp: "serve over UDP, by the wrapper",
  simCert: "PEM file of the meters' certificate: serve over TLS",
  simKey: "PEM file of its key",
  simModeE: "sign-on of an optical head (IEC 62056-21 mode E) before HDLC",
  simPushTo: "push to this endpoint, host:port; the meters have all objects then",
  simPushUdp: "push over UDP",
  simPushFraming: "framing of pushes: wrapper, hdlc or apdu (nothing around it)",
  simPushEvery: "seconds between two pushes of a meter, each in its own phase",
  simPushBlock: "push in general blocks what is longer than so many octets",
  simPushPlain: "push in plain text though the meters are ciphered",
  simPushConfirmed: "ask for a confirmation of each push",
  simLastGasp: "at the end every meter says that its supply is gone",
  simDial: "the meters call this head-end, host:port, and call again",
  simRedial: "wait before a meter calls again, as 10s",
  simAnnounce: "how a meter that calls says its name: wrapper, hdlc or none",
  simFault: "what goes wrong: drop=5%, delay=/10:800ms, hang-up=@3; several by commas",
};
