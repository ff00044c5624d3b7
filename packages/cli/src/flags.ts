import type { OptionName } from "./texts/vocabulary.ts";

/** An option as commander takes it, and the name of its text. */
export type Flag = readonly [syntax: string, text: OptionName];

/** Groups of options that commands share. */
export const addressFlags: readonly Flag[] = [
  ["--tcp <host:port>", "tcp"],
  ["--framing <framing>", "framing"],
  ["--client-sap <sap>", "clientSap"],
  ["--server-upper <address>", "serverUpper"],
  ["--server-lower <address>", "serverLower"],
  ["--address-size <size>", "addressSize"],
  ["--auth <mechanism>", "auth"],
  ["--referencing <names>", "referencing"],
  ["--password-stdin", "passwordStdin"],
  ["--password-env <variable>", "passwordEnv"],
  ["--template <name>", "template"],
  ["--quirk <name...>", "quirk"],
];

export const securityFlags: readonly Flag[] = [
  ["--suite <suite>", "suite"],
  ["--protection <protection>", "protection"],
  ["--ciphered-context", "cipheredContext"],
  ["--general", "general"],
  ["--dedicated", "dedicated"],
  ["--guek <source>", "guek"],
  ["--gak <source>", "gak"],
  ["--gbek <source>", "gbek"],
  ["--kek <source>", "kek"],
  ["--hls-secret <source>", "hlsSecret"],
  ["--signing-key <source>", "signingKey"],
  ["--server-signing-key <source>", "serverSigningKey"],
  ["--client-title <hex>", "clientTitle"],
  ["--server-title <hex>", "serverTitle"],
  ["--challenge <octets>", "challenge"],
  ["--counter <n|read>", "counter"],
  ["--counter-object <obis>", "counterObject"],
  ["--public-sap <sap>", "publicSap"],
];

const streamFlags: readonly Flag[] = [
  ["--udp <host:port>", "udp"],
  ["--serial <port>", "serial"],
  ["--baud <rate>", "baud"],
  ["--mode-e", "modeE"],
  ["--mode-e-address <address>", "modeEAddress"],
];

export const tlsFlags: readonly Flag[] = [
  ["--tls", "tls"],
  ["--ca <file>", "caFile"],
];

const lineTlsFlags: readonly Flag[] = [
  ...tlsFlags,
  ["--cert <file>", "certFile"],
  ["--cert-key <file>", "keyFile"],
];

const dialInFlags: readonly Flag[] = [
  ["--listen <host:port>", "dialIn"],
  ["--dials-from <address>", "dialsFrom"],
  ["--dials-as <name>", "dialsAs"],
  ["--dials-with <octets>", "dialsWith"],
];

const wayFlags: readonly Flag[] = [...streamFlags, ...lineTlsFlags, ...dialInFlags];

export const wireFlags: readonly Flag[] = [
  ["--timeout <time>", "timeout"],
  ["--record <file>", "record"],
  ["--record-secrets", "recordSecrets"],
  ["--verbose", "verbose"],
];

/** Everything a session of our own with one meter needs. */
export const sessionFlags: readonly Flag[] = [
  ...addressFlags,
  ...streamFlags,
  ...tlsFlags,
  ...securityFlags,
  ...wireFlags,
];

/** How a line is reached, without who asks. */
export const lineReachFlags: readonly Flag[] = [
  ["--tcp <host:port>", "tcp"],
  ["--framing <framing>", "framing"],
  ...streamFlags,
  ...tlsFlags,
  ...wireFlags,
];

export const meterFlags: readonly Flag[] = [
  ...addressFlags,
  ...wayFlags,
  ...securityFlags,
  ["--setting <name=value...>", "setting"],
  ["--scaler <obis=scaler...>", "scaler"],
  ["--line <name>", "lineName"],
  ["--plan <keys>", "plan"],
  ["--interval <time>", "interval"],
  ["--tb-token-stdin", "tbTokenStdin"],
  ["--tb-token-env <variable>", "tbTokenEnv"],
];

export const lineFlags: readonly Flag[] = [
  ["--tcp <host:port>", "tcp"],
  ...wayFlags,
  ["--framing <framing>", "framing"],
  ["--gap <time>", "gap"],
  ["--timeout <time>", "timeout"],
];

export const sinkFlags: readonly Flag[] = [
  ["--url <url>", "url"],
  ["--topic <template>", "topic"],
  ["--status-topic <topic>", "statusTopic"],
  ["--username <name>", "username"],
  ["--password-stdin", "passwordStdin"],
  ["--password-env <variable>", "passwordEnv"],
  ["--format <format>", "format"],
  ["--retain", "retain"],
  ["--ca <file>", "caFile"],
  ["--cert <file>", "certFile"],
  ["--cert-key <file>", "keyFile"],
];

export const importFlags: readonly Flag[] = [
  ["--dry-run", "dryRun"],
  ["--partial", "partial"],
];
export const exportFlags: readonly Flag[] = [["--csv", "csv"]];
