import fc from "fast-check";
import type { AcseApdu } from "@lectura/dlms/acse";
import { obisFromOctets } from "@lectura/dlms/cosem";
import {
  type AccessSpecification,
  actionResultFromNumber,
  type Apdu,
  type AttributeDescriptor,
  type CipheredServiceKind,
  conformanceBits,
  dataAccessResultFromNumber,
  dedTags,
  type GetDataResult,
  gloTags,
  invokeIdFromOctet,
  type KeyInfo,
  type LongInvokeIdAndPriority,
  type MethodDescriptor,
  type VariableAccess,
} from "@lectura/dlms/xdlms";
import { dataValues } from "./data-arbitraries.ts";

const octet = fc.nat({ max: 0xff });
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });
const i8 = fc.integer({ min: -0x80, max: 0x7f });
const raw = fc.uint8Array({ maxLength: 200 });
const title = fc.uint8Array({ minLength: 8, maxLength: 8 });
const timeOrNone = fc.oneof(
  fc.constant(new Uint8Array(0)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }),
);
const invoke = octet.map(invokeIdFromOctet);
const longInvoke: fc.Arbitrary<LongInvokeIdAndPriority> = fc.record({
  invokeId: fc.nat({ max: 0xff_ffff }),
  selfDescriptive: fc.boolean(),
  breakOnError: fc.boolean(),
  confirmed: fc.boolean(),
  highPriority: fc.boolean(),
});
const logicalName = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(obisFromOctets);
const accessResult = octet.map(dataAccessResultFromNumber);
const actionResult = octet.map(actionResultFromNumber);

const plainAttribute = fc.record({ classId: u16, logicalName, attributeId: i8 });

/** Attribute descriptors, some with selective access. */
export const attributeDescriptors: fc.Arbitrary<AttributeDescriptor> = fc.oneof(
  plainAttribute,
  fc.record({
    classId: u16,
    logicalName,
    attributeId: i8,
    selection: fc.record({ selector: octet, parameters: dataValues }),
  }),
);

const method: fc.Arbitrary<MethodDescriptor> = fc.record({
  classId: u16,
  logicalName,
  methodId: i8,
});
const few = { maxLength: 4 } as const;
const attributes = fc.array(attributeDescriptors, few);
const methods = fc.array(method, few);
const values = fc.array(dataValues, few);
const block = { lastBlock: fc.boolean(), blockNumber: u32, rawData: raw };

const dataResult: fc.Arbitrary<GetDataResult> = fc.oneof(
  dataValues.map((value): GetDataResult => ({ ok: true, value })),
  accessResult.map((reason): GetDataResult => ({ ok: false, reason })),
);

const kind = <const K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);

const getApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record({
    kind: kind("get-request"),
    type: kind("normal"),
    invoke,
    attribute: attributeDescriptors,
  }),
  fc.record({ kind: kind("get-request"), type: kind("next"), invoke, blockNumber: u32 }),
  fc.record({ kind: kind("get-request"), type: kind("with-list"), invoke, attributes }),
  fc.record({ kind: kind("get-response"), type: kind("normal"), invoke, result: dataResult }),
  fc.record({
    kind: kind("get-response"),
    type: kind("with-datablock"),
    invoke,
    lastBlock: fc.boolean(),
    blockNumber: u32,
    result: fc.oneof(
      raw.map((rawData) => ({ ok: true as const, rawData })),
      accessResult.map((reason) => ({ ok: false as const, reason })),
    ),
  }),
  fc.record({
    kind: kind("get-response"),
    type: kind("with-list"),
    invoke,
    results: fc.array(dataResult, few),
  }),
];

const setRequest = kind("set-request");
const setResponse = kind("set-response");
const setApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record({
    kind: setRequest,
    type: kind("normal"),
    invoke,
    attribute: attributeDescriptors,
    value: dataValues,
  }),
  fc.record({
    kind: setRequest,
    type: kind("with-first-datablock"),
    invoke,
    attribute: attributeDescriptors,
    ...block,
  }),
  fc.record({ kind: setRequest, type: kind("with-datablock"), invoke, ...block }),
  fc.record({ kind: setRequest, type: kind("with-list"), invoke, attributes, values }),
  fc.record({
    kind: setRequest,
    type: kind("with-list-and-first-datablock"),
    invoke,
    attributes,
    ...block,
  }),
  fc.record({ kind: setResponse, type: kind("normal"), invoke, result: accessResult }),
  fc.record({ kind: setResponse, type: kind("datablock"), invoke, blockNumber: u32 }),
  fc.record({
    kind: setResponse,
    type: kind("last-datablock"),
    invoke,
    result: accessResult,
    blockNumber: u32,
  }),
  fc.record({
    kind: setResponse,
    type: kind("last-datablock-with-list"),
    invoke,
    results: fc.array(accessResult, few),
    blockNumber: u32,
  }),
  fc.record({
    kind: setResponse,
    type: kind("with-list"),
    invoke,
    results: fc.array(accessResult, few),
  }),
];

const actionRequest = kind("action-request");
const actionResponse = kind("action-response");
const actionApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record(
    { kind: actionRequest, type: kind("normal"), invoke, method, parameters: dataValues },
    { requiredKeys: ["kind", "type", "invoke", "method"] },
  ),
  fc.record({ kind: actionRequest, type: kind("next-pblock"), invoke, blockNumber: u32 }),
  fc.record({ kind: actionRequest, type: kind("with-list"), invoke, methods, parameters: values }),
  fc.record({ kind: actionRequest, type: kind("with-first-pblock"), invoke, method, ...block }),
  fc.record({
    kind: actionRequest,
    type: kind("with-list-and-first-pblock"),
    invoke,
    methods,
    ...block,
  }),
  fc.record({ kind: actionRequest, type: kind("with-pblock"), invoke, ...block }),
  fc.record(
    {
      kind: actionResponse,
      type: kind("normal"),
      invoke,
      result: actionResult,
      returned: dataResult,
    },
    { requiredKeys: ["kind", "type", "invoke", "result"] },
  ),
  fc.record({ kind: actionResponse, type: kind("with-pblock"), invoke, ...block }),
  fc.record({
    kind: actionResponse,
    type: kind("with-list"),
    invoke,
    results: fc.array(
      fc.record({ result: actionResult, returned: dataResult }, { requiredKeys: ["result"] }),
      few,
    ),
  }),
  fc.record({ kind: actionResponse, type: kind("next-pblock"), invoke, blockNumber: u32 }),
];

const selection = fc.record({ selector: octet, parameters: dataValues });
const specification: fc.Arbitrary<AccessSpecification> = fc.oneof(
  fc.record({ type: fc.constantFrom("get" as const, "set" as const), attribute: plainAttribute }),
  fc.record({ type: kind("action"), method }),
  fc.record({
    type: fc.constantFrom("get-with-selection" as const, "set-with-selection" as const),
    attribute: plainAttribute,
    selection,
  }),
);
const access = { invoke: longInvoke, dateTime: timeOrNone };
const accessApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record({
    kind: kind("access-request"),
    ...access,
    specifications: fc.array(specification, few),
    data: values,
  }),
  fc.record(
    {
      kind: kind("access-response"),
      ...access,
      specifications: fc.array(specification, few),
      data: values,
      results: fc.array(
        fc.oneof(
          fc.record({
            type: fc.constantFrom("get" as const, "set" as const),
            result: accessResult,
          }),
          fc.record({ type: kind("action"), result: actionResult }),
        ),
        few,
      ),
    },
    { requiredKeys: ["kind", "invoke", "dateTime", "data", "results"] },
  ),
];

const variable: fc.Arbitrary<VariableAccess> = fc.oneof(
  fc.record({ type: kind("variable-name"), variableName: u16 }),
  fc.record({
    type: kind("parameterized-access"),
    variableName: u16,
    selector: octet,
    parameter: dataValues,
  }),
  fc.record({ type: kind("block-number-access"), blockNumber: u16 }),
  fc.record({
    type: kind("read-data-block-access"),
    lastBlock: fc.boolean(),
    blockNumber: u16,
    rawData: raw,
  }),
  fc.record({
    type: kind("write-data-block-access"),
    lastBlock: fc.boolean(),
    blockNumber: u16,
  }),
);
const accessError = fc.record({ type: kind("data-access-error"), reason: accessResult });
const blockNumber = fc.record({ type: kind("block-number"), blockNumber: u16 });
const written = { variables: fc.array(variable, few), data: values };
const shortNameApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record({ kind: kind("read-request"), variables: written.variables }),
  fc.record({
    kind: kind("read-response"),
    results: fc.array(
      fc.oneof(
        fc.record({ type: kind("data"), value: dataValues }),
        accessError,
        fc.record({
          type: kind("data-block"),
          lastBlock: fc.boolean(),
          blockNumber: u16,
          rawData: raw,
        }),
        blockNumber,
      ),
      few,
    ),
  }),
  fc.record({ kind: kind("write-request"), ...written }),
  fc.record({
    kind: kind("write-response"),
    results: fc.array(
      fc.oneof(fc.record({ type: kind("success") }), accessError, blockNumber),
      few,
    ),
  }),
  fc.record({ kind: kind("unconfirmed-write-request"), ...written }),
  fc.record(
    { kind: kind("information-report"), currentTime: raw, ...written },
    { requiredKeys: ["kind", "variables", "data"] },
  ),
];

const conformance = fc.subarray([...conformanceBits]).map((bits) => new Set(bits));
const associationApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record(
    {
      kind: kind("initiate-request"),
      dedicatedKey: fc.uint8Array({ minLength: 16, maxLength: 32 }),
      responseAllowed: fc.boolean(),
      qualityOfService: i8,
      dlmsVersion: octet,
      legacyConformanceTag: fc.constant(true as const),
      conformance,
      maxPduOctets: u16,
    },
    { requiredKeys: ["kind", "responseAllowed", "dlmsVersion", "conformance", "maxPduOctets"] },
  ),
  fc.record(
    {
      kind: kind("initiate-response"),
      qualityOfService: i8,
      dlmsVersion: octet,
      legacyConformanceTag: fc.constant(true as const),
      conformance,
      maxPduOctets: u16,
      vaaName: u16,
    },
    { requiredKeys: ["kind", "dlmsVersion", "conformance", "maxPduOctets", "vaaName"] },
  ),
  fc.record({
    kind: kind("confirmed-service-error"),
    service: octet,
    errorClass: octet,
    error: octet,
  }),
  fc.record({
    kind: kind("exception-response"),
    stateError: fc.constantFrom("service-not-allowed" as const, "other-77" as const),
    serviceError: fc.constantFrom("pdu-too-long" as const, "other-99" as const),
  }),
  fc.record({
    kind: kind("exception-response"),
    stateError: kind("service-unknown"),
    serviceError: kind("invocation-counter-error"),
    invocationCounter: u32,
  }),
];

const unsolicitedApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record(
    {
      kind: kind("event-notification"),
      time: timeOrNone,
      attribute: plainAttribute,
      value: dataValues,
    },
    { requiredKeys: ["kind", "attribute", "value"] },
  ),
  fc.record({ kind: kind("data-notification"), ...access, body: dataValues }),
  fc.record({ kind: kind("data-notification-confirm"), ...access }),
  fc.record({
    kind: kind("general-block-transfer"),
    lastBlock: fc.boolean(),
    streaming: fc.boolean(),
    window: fc.nat({ max: 63 }),
    blockNumber: u16,
    blockNumberAck: u16,
    blockData: raw,
  }),
];

const keyInfo: fc.Arbitrary<KeyInfo> = fc.oneof(
  fc.record({ type: kind("identified"), keyId: octet }),
  fc.record({ type: kind("wrapped"), kekId: octet, wrappedKey: raw }),
  fc.record({ type: kind("agreed"), parameters: raw, cipheredData: raw }),
);
const header = {
  transactionId: raw,
  originator: title,
  recipient: fc.oneof(title, fc.constant(new Uint8Array(0))),
  dateTime: timeOrNone,
  otherInformation: raw,
};
const headerKeys = [
  "transactionId",
  "originator",
  "recipient",
  "dateTime",
  "otherInformation",
] as const;
const closedApdus: readonly fc.Arbitrary<Apdu>[] = [
  fc.record({
    kind: fc.constantFrom(
      ...([...Object.keys(gloTags), ...Object.keys(dedTags)] as CipheredServiceKind[]),
    ),
    content: raw,
  }),
  fc.record({ kind: kind("general-glo-ciphering"), systemTitle: title, content: raw }),
  fc.record({ kind: kind("general-ded-ciphering"), systemTitle: title, content: raw }),
  fc.record(
    { kind: kind("general-ciphering"), ...header, keyInfo, content: raw },
    { requiredKeys: ["kind", ...headerKeys, "content"] },
  ),
  fc.record({ kind: kind("general-signing"), ...header, content: raw, signature: raw }),
];

/** Any xDLMS APDU, every service and every form. */
export const apdus: fc.Arbitrary<Apdu> = fc.oneof(
  ...getApdus,
  ...setApdus,
  ...actionApdus,
  ...accessApdus,
  ...shortNameApdus,
  ...associationApdus,
  ...unsolicitedApdus,
  ...closedApdus,
);

const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const nonEmpty = fc.uint8Array({ minLength: 1, maxLength: 200 });
const context = fc.constantFrom(
  "LN" as const,
  "SN" as const,
  "LN-ciphered" as const,
  "SN-ciphered" as const,
  "2.16.756.5.8.1.77" as const,
  "1.2.840.113549" as const,
);
const mechanism = fc.constantFrom(
  "none" as const,
  "low" as const,
  "high-manufacturer" as const,
  "high-md5" as const,
  "high-sha1" as const,
  "high-gmac" as const,
  "high-sha256" as const,
  "high-ecdsa" as const,
  "2.16.756.5.8.2.9" as const,
);
const associate = {
  protocolVersion: nonEmpty,
  applicationContext: context,
  acseRequirements: nonEmpty,
  mechanism,
  authenticationValue: nonEmpty,
  implementationInformation: nonEmpty,
  userInformation: raw,
};

/** AARQ, AARE, RLRQ and RLRE with any of their members. */
export const acseApdus: fc.Arbitrary<AcseApdu> = fc.oneof(
  fc.record(
    {
      kind: kind("aarq"),
      ...associate,
      calledApTitle: raw,
      calledAeQualifier: raw,
      calledApInvocationId: int32,
      calledAeInvocationId: int32,
      callingApTitle: raw,
      callingAeQualifier: raw,
      callingApInvocationId: int32,
      callingAeInvocationId: int32,
    },
    { requiredKeys: ["kind", "applicationContext"] },
  ),
  fc.record(
    {
      kind: kind("aare"),
      ...associate,
      result: fc.nat({ max: 2 }),
      diagnostic: fc.record({
        source: fc.constantFrom("acse-service-user" as const, "acse-service-provider" as const),
        value: fc.nat({ max: 14 }),
      }),
      respondingApTitle: raw,
      respondingAeQualifier: raw,
      respondingApInvocationId: int32,
      respondingAeInvocationId: int32,
    },
    { requiredKeys: ["kind", "applicationContext", "result", "diagnostic"] },
  ),
  fc.record(
    {
      kind: fc.constantFrom("rlrq" as const, "rlre" as const),
      reason: fc.nat({ max: 30 }),
      userInformation: raw,
    },
    { requiredKeys: ["kind"] },
  ),
);
