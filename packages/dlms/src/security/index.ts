export { ApduCiphering, type ReceivedProtection } from "./apdu-ciphering.ts";
export type { ApduCipheringOptions } from "./apdu-ciphering-options.ts";
export {
  type Certificate,
  certificateOctetsMax,
  decodeCertificate,
  verifyCertificate,
} from "./certificate.ts";
export {
  answerKeyAgreement,
  beginKeyAgreement,
  finishKeyAgreement,
  type KeyAgreementRequest,
  type KeyAgreementSide,
} from "./class-key-agreement.ts";
export { equalConstantTime } from "./constant-time.ts";
export { openContent, openUnverified, sealContent } from "./content.ts";
export { ContentCipher, type ContentKeys, type ContentOrigin } from "./content-cipher.ts";
export { ContentCiphers } from "./content-ciphers.ts";
export type { CryptoPort, CurveName, GcmKey, HashName, KeyPair } from "./crypto.ts";
export {
  type CipheredApdu,
  cipheredTag,
  type EnvelopeForm,
  openEnvelope,
  type OpenedApdu,
  type ReceiveRules,
  writeEnvelope,
} from "./envelope.ts";
export {
  type GeneralKeys,
  type GeneralOptions,
  type GeneralReceiveRules,
  type GeneralSend,
  type HeaderInAdditionalData,
  type OpenedGeneral,
  openGeneral,
  sealGeneral,
  type SendKey,
} from "./general-ciphering.ts";
export type {
  GeneralKeyKind,
  GeneralProtection,
  SigningProtection,
  TransactionOptions,
} from "./general-protection.ts";
export {
  hlsCounterStepMax,
  hlsEcdsa,
  type HlsEcdsaOptions,
  hlsGmac,
  type HlsGmacOptions,
  hlsSha256,
} from "./hls.ts";
export { hlsAes, hlsMd5, hlsSha1 } from "./hls-digest.ts";
export {
  challengeFor,
  dialogueOctets,
  type HlsDialogue,
  type HlsMechanismFunctions,
  type HlsRole,
} from "./hls-dialogue.ts";
export {
  type CounterStore,
  InvocationCounter,
  invocationCounterMax,
  type InvocationCounterOptions,
} from "./invocation-counter.ts";
export {
  agreementParameters,
  type AgreementParties,
  contentKeyOf,
  type EphemeralSignature,
  sharedSecret,
  type SignedPublicKey,
  signPublicKey,
  splitSignedKey,
  staticPartyV,
  verifyPublicKey,
} from "./key-agreement.ts";
export { deriveKeyMaterial, keyDerivationInput, type KeyDerivationInfo } from "./key-derivation.ts";
export {
  keyTransferData,
  type NumberedKey,
  type NumberedOctets,
  numberedData,
  readKeyTransfer,
  readNumberedData,
  type TransferredKey,
  transferredKeyIds,
} from "./key-transfer.ts";
export { type CipheringKeys, type KeyName, ReplayWindows } from "./keys.ts";
export {
  type MechanismName,
  mechanismNames,
  type MechanismNote,
  mechanismStrength,
  type MechanismStrength,
  type MechanismWeakness,
} from "./mechanism-strength.ts";
export { ReplayError, ReplayWindow } from "./replay-window.ts";
export { Secret } from "./secret.ts";
export {
  type PolicyProtection,
  type Protection,
  type ProtectionBits,
  protectionBits,
  protectionOfPolicy,
  requireProtection,
  type SecurityControl,
  securityControlOctet,
} from "./security-control.ts";
export {
  openSigned,
  signApdu,
  signedOctets,
  type SignedContentLength,
  type SigningOptions,
} from "./signing.ts";
export {
  type Transaction,
  transactionAgeMsDefault,
  transactionsMaxDefault,
  TransactionWindow,
  type TransactionWindowOptions,
} from "./transaction-window.ts";
export {
  coordinateOctets,
  type SecuritySuite,
  suiteOf,
  type SuiteParameters,
  suites,
} from "./suite.ts";
