/** Types of the classes for local ports, modems, IP and M-Bus (Blue Book 4.7 to 4.9). */
import type { TypedClass } from "../shape.ts";

const localPort = {
  attributes: {
    defaultMode: "enum",
    defaultBaud: "enum",
    propBaud: "enum",
    responseTime: "enum",
    deviceAddr: "octet-string",
    passP1: "octet-string",
    passP2: "octet-string",
    passW5: "octet-string",
  },
} as const;

/** Class 19 IEC local port setup. */
export const iecLocalPortSetupClass = {
  classId: 19,
  versions: { 0: localPort, 1: localPort },
} as const satisfies TypedClass;

/** `octets` is the type of the information field lengths: 16 bits from version 1 on. */
const hdlcSetup = <const Octets>(octets: Octets) =>
  ({
    attributes: {
      /** 0 = 300 Bd, 1 = 600 ... 5 = 9600 ... 9 = 115200. */
      commSpeed: "enum",
      windowSizeTransmit: "unsigned",
      windowSizeReceive: "unsigned",
      maxInfoFieldLengthTransmit: octets,
      maxInfoFieldLengthReceive: octets,
      /** Milliseconds. */
      interOctetTimeOut: "long-unsigned",
      /** Seconds, 0 = never. */
      inactivityTimeOut: "long-unsigned",
      deviceAddress: "long-unsigned",
    },
  }) as const;

/** Class 23 IEC HDLC setup. */
export const iecHdlcSetupClass = {
  classId: 23,
  versions: { 0: hdlcSetup("unsigned"), 1: hdlcSetup("long-unsigned") },
} as const satisfies TypedClass;

/** Class 27 Modem configuration. */
export const modemConfigurationClass = {
  classId: 27,
  versions: {
    1: {
      attributes: {
        commSpeed: "enum",
        initializationString: "any",
        modemProfile: ["octet-string"],
      },
    },
  },
} as const satisfies TypedClass;

/** Class 28 Auto answer. */
export const autoAnswerClass = {
  classId: 28,
  versions: {
    2: {
      attributes: {
        mode: "enum",
        listeningWindow: ["window"],
        status: "enum",
        numberOfCalls: "unsigned",
        numberOfRings: "any",
        listOfAllowedCallers: "any",
      },
    },
  },
} as const satisfies TypedClass;

const autoConnect = {
  mode: "enum",
  repetitions: "unsigned",
  /** Seconds. */
  repetitionDelay: "long-unsigned",
  callingWindow: ["window"],
  destinationList: ["octet-string"],
} as const;

/** Class 29 Auto connect. */
export const autoConnectClass = {
  classId: 29,
  versions: {
    1: { attributes: autoConnect },
    2: { attributes: autoConnect, methods: { connect: "integer" } },
  },
} as const satisfies TypedClass;

/** Class 41 TCP-UDP setup. */
export const tcpUdpSetupClass = {
  classId: 41,
  versions: {
    0: {
      attributes: {
        tcpUdpPort: "long-unsigned",
        ipReference: "logical-name",
        mss: "long-unsigned",
        nbOfSimConn: "unsigned",
        /** Seconds, 0 = never. */
        inactivityTimeOut: "long-unsigned",
      },
    },
  },
} as const satisfies TypedClass;

/** Class 42 IPv4 setup. */
export const ipv4SetupClass = {
  classId: 42,
  versions: {
    0: {
      attributes: {
        dlReference: "logical-name",
        /** The four octets as one number, the first is the highest. */
        ipAddress: "double-long-unsigned",
        multicastIpAddress: ["double-long-unsigned"],
        ipOptions: ["any"],
        subnetMask: "double-long-unsigned",
        gatewayIpAddress: "double-long-unsigned",
        useDhcpFlag: "boolean",
        primaryDnsAddress: "double-long-unsigned",
        secondaryDnsAddress: "double-long-unsigned",
      },
      methods: {
        addMcIpAddress: "double-long-unsigned",
        deleteMcIpAddress: "double-long-unsigned",
        getNbofMcIpAddresses: "integer",
      },
    },
  },
} as const satisfies TypedClass;

/** Class 45 GPRS modem setup. */
export const gprsModemSetupClass = {
  classId: 45,
  versions: {
    0: {
      attributes: {
        apn: "octet-string",
        pinCode: "long-unsigned",
        /** Five classes each (3GPP TS 24.008); the sources order them differently. */
        qualityOfService: { default: "any", requested: "any" },
      },
    },
  },
} as const satisfies TypedClass;

/** What a cell's description holds grew from version to version: it is kept as Data. */
const gsmDiagnostic = {
  attributes: {
    operator: "visible-string",
    status: "enum",
    csAttachment: "enum",
    psStatus: "enum",
    cellInfo: "any",
    adjacentCells: ["any"],
    captureTime: "date-time",
  },
} as const;

/** Class 47 GSM diagnostic. */
export const gsmDiagnosticClass = {
  classId: 47,
  versions: { 0: gsmDiagnostic, 1: gsmDiagnostic, 2: gsmDiagnostic },
} as const satisfies TypedClass;

/** Class 48 IPv6 setup. */
export const ipv6SetupClass = {
  classId: 48,
  versions: {
    0: {
      attributes: {
        dlReference: "logical-name",
        addressConfigMode: "enum",
        unicastIpv6Addresses: ["octet-string"],
        multicastIpv6Addresses: ["octet-string"],
        gatewayIpv6Addresses: ["octet-string"],
        primaryDnsAddress: "octet-string",
        secondaryDnsAddress: "octet-string",
        trafficClass: "unsigned",
        neighborDiscoverySetup: ["any"],
      },
      methods: { addIpv6Address: "any", removeIpv6Address: "any" },
    },
  },
} as const satisfies TypedClass;

const mBusClient = {
  mbusPortReference: "logical-name",
  captureDefinition: ["any"],
  /** Seconds. */
  capturePeriod: "double-long-unsigned",
  primaryAddress: "unsigned",
  identificationNumber: "double-long-unsigned",
  manufacturerId: "long-unsigned",
  version: "unsigned",
  deviceType: "unsigned",
  accessNumber: "unsigned",
  status: "unsigned",
  alarm: "unsigned",
} as const;
const mBusMethods = {
  slaveInstall: "unsigned",
  slaveDeinstall: "integer",
  capture: "integer",
  resetAlarm: "integer",
  synchronizeClock: "integer",
  dataSend: "any",
  setEncryptionKey: "octet-string",
  transferKey: "octet-string",
} as const;

/** Class 72 M-Bus client. */
export const mBusClientClass = {
  classId: 72,
  versions: {
    0: { attributes: mBusClient, methods: mBusMethods },
    1: {
      attributes: { ...mBusClient, configuration: "long-unsigned", encryptionKeyStatus: "enum" },
      methods: mBusMethods,
    },
  },
} as const satisfies TypedClass;
