/** Types of the payment classes (Blue Book 4.6). Amounts are in the account's currency and scale. */
import type { TypedClass } from "../shape.ts";

/** Class 111 Account. */
export const accountClass = {
  classId: 111,
  versions: {
    0: {
      attributes: {
        accountModeAndStatus: {
          paymentMode: ["enum", { 1: "credit", 2: "prepayment" }],
          accountStatus: ["enum", { 1: "new", 2: "active", 3: "closed" }],
        },
        currentCreditInUse: "unsigned",
        currentCreditStatus: "bit-string",
        availableCredit: "double-long",
        amountToClear: "double-long",
        clearanceThreshold: "double-long",
        aggregatedDebt: "double-long",
        creditReferenceList: ["logical-name"],
        chargeReferenceList: ["logical-name"],
        creditChargeConfiguration: [
          {
            creditReference: "logical-name",
            chargeReference: "logical-name",
            collectionConfiguration: "bit-string",
          },
        ],
        /** Percent of a token that goes to each credit. */
        tokenGatewayConfiguration: [
          { creditReference: "logical-name", tokenProportion: "unsigned" },
        ],
        accountActivationTime: "date-time-octets",
        accountClosureTime: "date-time-octets",
        currency: {
          currencyName: "utf8-string",
          currencyScale: "integer",
          currencyUnit: ["enum", { 0: "time", 1: "consumption", 2: "monetary" }],
        },
        lowCreditThreshold: "double-long",
        nextCreditAvailableThreshold: "double-long",
        maxProvision: "long-unsigned",
        maxProvisionPeriod: "double-long",
      },
      methods: { activateAccount: "integer", closeAccount: "integer", resetAccount: "integer" },
    },
  },
} as const satisfies TypedClass;

/** Class 112 Credit. */
export const creditClass = {
  classId: 112,
  versions: {
    0: {
      attributes: {
        currentCreditAmount: "double-long",
        creditType: [
          "enum",
          { 0: "token", 1: "reserved", 2: "emergency", 3: "time-based", 4: "consumption-based" },
        ],
        priority: "unsigned",
        warningThreshold: "double-long",
        limit: "double-long",
        creditConfiguration: "bit-string",
        creditStatus: [
          "enum",
          { 0: "enabled", 1: "selectable", 2: "selected", 3: "in-use", 4: "exhausted" },
        ],
        presetCreditAmount: "double-long",
        creditAvailableThreshold: "double-long",
        period: "date-time-octets",
      },
      methods: {
        updateAmount: "double-long",
        setAmountToValue: "double-long",
        invokeCredit: "integer",
      },
    },
  },
} as const satisfies TypedClass;

const chargeTable = [{ index: "octet-string", chargePerUnit: "long" }] as const;
const unitCharge = {
  chargePerUnitScaling: { commodityScale: "integer", priceScale: "integer" },
  /** The order of its elements differs between the sources. */
  commodityReference: "any",
  chargeTable,
} as const;

/** Class 113 Charge. */
export const chargeClass = {
  classId: 113,
  versions: {
    0: {
      attributes: {
        totalAmountPaid: "double-long",
        chargeType: ["enum", { 0: "consumption-based", 1: "time-based", 2: "payment-event-based" }],
        priority: "unsigned",
        unitChargeActive: unitCharge,
        unitChargePassive: unitCharge,
        unitChargeActivationTime: "date-time-octets",
        /** Seconds. */
        period: "double-long-unsigned",
        chargeConfiguration: "bit-string",
        lastCollectionTime: "date-time-octets",
        lastCollectionAmount: "double-long",
        totalAmountRemaining: "double-long",
        proportion: "long-unsigned",
      },
      methods: {
        updateUnitCharge: chargeTable,
        activatePassiveUnitCharge: "integer",
        collect: "integer",
        updateTotalAmountRemaining: "double-long",
        setTotalAmountRemaining: "double-long",
      },
    },
  },
} as const satisfies TypedClass;

/** Class 115 Token gateway. */
export const tokenGatewayClass = {
  classId: 115,
  versions: {
    0: {
      attributes: {
        token: "octet-string",
        tokenTime: "date-time-octets",
        tokenDescription: ["octet-string"],
        tokenDeliveryMethod: ["enum", { 0: "remote", 1: "local", 2: "manual" }],
        tokenStatus: {
          statusCode: [
            "enum",
            {
              0: "format-ok",
              1: "authentication-ok",
              2: "validation-ok",
              3: "execution-ok",
              4: "format-failed",
              5: "authentication-failed",
              6: "validation-failed",
              7: "execution-failed",
              8: "not-yet-processed",
            },
          ],
          dataValue: "any",
        },
      },
      methods: { enter: "octet-string" },
    },
  },
} as const satisfies TypedClass;
