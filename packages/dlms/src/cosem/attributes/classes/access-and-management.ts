/** Types of the classes for associations, security and device management (Blue Book 4.4). */
import type { TypedClass } from "../shape.ts";

const attributeAccess = [
  { attributeId: "integer", accessMode: "enum", accessSelectors: ["nullable", ["integer"]] },
] as const;

/** `access` is the type of a method's access mode: boolean in version 0, enum later. */
const objectListElement = <const Access>(access: Access) =>
  ({
    classId: "long-unsigned",
    version: "unsigned",
    logicalName: "logical-name",
    accessRights: {
      attributeAccess,
      methodAccess: [{ methodId: "integer", accessMode: access }],
    },
  }) as const;

const element = objectListElement("enum");
const user = { userId: "unsigned", userName: "visible-string" } as const;

const associationAttributes = {
  objectList: [element],
  associatedPartnersId: { clientSap: "integer", serverSap: "long-unsigned" },
  /** An object identifier as structure of seven numbers or as octet-string. */
  applicationContextName: "any",
  xdlmsContextInfo: {
    conformance: "bit-string",
    maxReceivePduSize: "long-unsigned",
    maxSendPduSize: "long-unsigned",
    dlmsVersionNumber: "unsigned",
    qualityOfService: "integer",
    cypheringInfo: "octet-string",
  },
  authenticationMechanismName: "any",
  secret: "octet-string",
  associationStatus: ["enum", { 0: "non-associated", 1: "association-pending", 2: "associated" }],
} as const;

const associationMethods = {
  replyToHlsAuthentication: "octet-string",
  changeHlsSecret: "octet-string",
  addObject: element,
  removeObject: element,
} as const;

const withUsers = {
  attributes: {
    ...associationAttributes,
    securitySetupReference: "logical-name",
    userList: [user],
    currentUser: user,
  },
  methods: { ...associationMethods, addUser: user, removeUser: user },
} as const;

const firstElement = objectListElement("boolean");

/** Class 15 Association LN. */
export const associationLnClass = {
  classId: 15,
  versions: {
    0: {
      attributes: { ...associationAttributes, objectList: [firstElement] },
      methods: { ...associationMethods, addObject: firstElement, removeObject: firstElement },
    },
    1: {
      attributes: { ...associationAttributes, securitySetupReference: "logical-name" },
      methods: associationMethods,
    },
    2: withUsers,
    3: withUsers,
  },
} as const satisfies TypedClass;

const shortNameObjects = [
  {
    /** Short name of the object's first attribute. */
    baseName: "long",
    classId: "long-unsigned",
    version: "unsigned",
    logicalName: "logical-name",
  },
] as const;
const shortNameRights = [
  { baseName: "long", attributeAccess, methodAccess: [{ methodId: "integer", accessMode: "any" }] },
] as const;

const shortNameSecured = {
  objectList: shortNameObjects,
  accessRightsList: shortNameRights,
  securitySetupReference: "logical-name",
} as const;
const shortNameUsers = {
  attributes: { ...shortNameSecured, userList: [user], currentUser: user },
} as const;

/** Class 12 Association SN. Its methods are reached by their short names only. */
export const associationSnClass = {
  classId: 12,
  versions: {
    0: { attributes: { objectList: shortNameObjects } },
    1: { attributes: { objectList: shortNameObjects, accessRightsList: shortNameRights } },
    2: { attributes: shortNameSecured },
    3: shortNameUsers,
    4: shortNameUsers,
  },
} as const satisfies TypedClass;

const sap = { sap: "long-unsigned", logicalDeviceName: "octet-string" } as const;

/** Class 17 SAP assignment. */
export const sapAssignmentClass = {
  classId: 17,
  versions: {
    0: { attributes: { sapAssignmentList: [sap] }, methods: { connectLogicalDevice: sap } },
  },
} as const satisfies TypedClass;

/** Class 18 Image transfer. */
export const imageTransferClass = {
  classId: 18,
  versions: {
    0: {
      attributes: {
        /** Octets. */
        imageBlockSize: "double-long-unsigned",
        /** A bit for each block, 1 = transferred. */
        imageTransferredBlocksStatus: "bit-string",
        imageFirstNotTransferredBlockNumber: "double-long-unsigned",
        imageTransferEnabled: "boolean",
        imageTransferStatus: [
          "enum",
          {
            0: "not-initiated",
            1: "initiated",
            2: "verification-initiated",
            3: "verification-successful",
            4: "verification-failed",
            5: "activation-initiated",
            6: "activation-successful",
            7: "activation-failed",
          },
        ],
        imageToActivateInfo: [
          {
            imageToActivateSize: "double-long-unsigned",
            imageToActivateIdentification: "octet-string",
            imageToActivateSignature: "octet-string",
          },
        ],
      },
      methods: {
        imageTransferInitiate: {
          imageIdentifier: "octet-string",
          imageSize: "double-long-unsigned",
        },
        /** Blocks count from 0. */
        imageBlockTransfer: {
          imageBlockNumber: "double-long-unsigned",
          imageBlockValue: "octet-string",
        },
        imageVerify: "integer",
        imageActivate: "integer",
      },
    },
  },
} as const satisfies TypedClass;

const protection = [
  {
    protectionType: "enum",
    protectionOptions: {
      transactionId: "octet-string",
      originatorSystemTitle: "octet-string",
      recipientSystemTitle: "octet-string",
      otherInformation: "octet-string",
      keyInfo: { keyInfoType: "enum", keyInfoOptions: "any" },
    },
  },
] as const;

/** Class 30 Data protection. */
export const dataProtectionClass = {
  classId: 30,
  versions: {
    0: {
      attributes: {
        protectionBuffer: "octet-string",
        protectionObjectList: ["any"],
        protectionParametersGet: ["any"],
        protectionParametersSet: ["any"],
        requiredProtection: "enum",
      },
      methods: {
        getProtectedAttributes: "any",
        setProtectedAttributes: "any",
        invokeProtectedMethod: "any",
      },
    },
  },
} as const satisfies TypedClass;

const pushAttributes = {
  pushObjectList: ["capture-object"],
  sendDestinationAndMethod: {
    /** 0 TCP, 1 UDP, 2 FTP, 3 SMTP, 4 SMS, 5 HDLC, 6 M-Bus, 7 ZigBee, 8 gateway; 200.. vendor. */
    transportService: "enum",
    destination: "octet-string",
    /** 0 A-XDR encoded xDLMS APDU, 1 XML; 128.. vendor. */
    message: "enum",
  },
  communicationWindow: ["window"],
  /** Seconds. */
  randomisationStartInterval: "long-unsigned",
  numberOfRetries: "unsigned",
  /** Seconds. */
  repetitionDelay: "long-unsigned",
} as const;

const newerPush = {
  attributes: {
    ...pushAttributes,
    pushObjectList: [
      {
        classId: "long-unsigned",
        logicalName: "logical-name",
        attributeId: "integer",
        dataIndex: "long-unsigned",
        /** Type 0 none, 1 by date, 2 by entry; the value follows from it. */
        restriction: { restrictionType: "enum", restrictionValue: "any" },
        columns: ["capture-object"],
      },
    ],
    repetitionDelay: {
      repetitionDelayMin: "long-unsigned",
      repetitionDelayExponent: "long-unsigned",
      repetitionDelayMax: "long-unsigned",
    },
    portReference: "logical-name",
    pushClientSap: "integer",
    pushProtectionParameters: protection,
    /** 0, 1 unconfirmed with retries on failure or silence, 2 confirmed. */
    pushOperationMethod: "enum",
    confirmationParameters: {
      confirmationStartDate: "date-time",
      confirmationInterval: "double-long-unsigned",
    },
    lastConfirmationDateTime: "date-time",
  },
  methods: { push: "integer", reset: "integer" },
} as const;

/** Class 40 Push setup. */
export const pushSetupClass = {
  classId: 40,
  versions: {
    0: { attributes: pushAttributes, methods: { push: "integer" } },
    1: {
      attributes: {
        ...pushAttributes,
        portReference: "logical-name",
        pushClientSap: "integer",
        pushProtectionParameters: ["any"],
      },
      methods: { push: "integer" },
    },
    2: newerPush,
    3: newerPush,
  },
} as const satisfies TypedClass;

/** Class 124 Communication port protection. */
export const communicationPortProtectionClass = {
  classId: 124,
  versions: {
    0: {
      attributes: {
        protectionMode: "enum",
        allowedFailedAttempts: "long-unsigned",
        /** Seconds. */
        initialLockoutTime: "double-long-unsigned",
        steepnessFactor: "unsigned",
        maxLockoutTime: "double-long-unsigned",
        portReference: "logical-name",
        protectionStatus: "enum",
        failedAttempts: "double-long-unsigned",
        cumulativeFailedAttempts: "double-long-unsigned",
      },
      methods: { reset: "integer" },
    },
  },
} as const satisfies TypedClass;

/** The sources agree on the lists, not on what is in them. */
export const functionControlClass = {
  classId: 122,
  versions: {
    0: {
      attributes: { activationStatus: ["any"], functionList: ["any"] },
      methods: { setFunctionStatus: "any", addFunction: "any", removeFunction: "any" },
    },
  },
} as const satisfies TypedClass;

/** As class 122: lists, not their elements. */
export const arrayManagerClass = {
  classId: 123,
  versions: {
    0: {
      attributes: { arrayObjectList: ["any"] },
      methods: {
        retrieveNumberOfEntries: "any",
        retrieveEntries: "any",
        insertEntry: "any",
        updateEntry: "any",
        removeEntries: "any",
      },
    },
  },
} as const satisfies TypedClass;
