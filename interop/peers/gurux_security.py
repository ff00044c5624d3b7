"""Mechanisms, keys and protection as gurux-dlms wants them; see peer-words.ts."""
from gurux_dlms.enums import Authentication, Security
from gurux_dlms.ecdsa import GXPrivateKey, GXPublicKey
from gurux_dlms.objects.enums import CertificateType, SecuritySuite

MECHANISMS = {
    "none": Authentication.NONE,
    "lls": Authentication.LOW,
    "md5": Authentication.HIGH_MD5,
    "sha1": Authentication.HIGH_SHA1,
    "gmac": Authentication.HIGH_GMAC,
    "sha256": Authentication.HIGH_SHA256,
    "ecdsa": Authentication.HIGH_ECDSA,
}
PROTECTIONS = {
    "plain": Security.NONE,
    "authenticated": Security.AUTHENTICATION,
    "encrypted": Security.ENCRYPTION,
    "authenticated-encrypted": Security.AUTHENTICATION_ENCRYPTION,
}
SUITES = (SecuritySuite.SUITE_0, SecuritySuite.SUITE_1, SecuritySuite.SUITE_2)


def protect(ciphering, row):
    ciphering.security = PROTECTIONS[row.protection]
    ciphering.securitySuite = SUITES[row.suite]
    ciphering.systemTitle = row.title
    ciphering.blockCipherKey = row.unicast
    ciphering.authenticationKey = row.authentication
    if row.signing is not None:
        # First the peer's public key, an uncompressed point, then the own private one.
        peer = GXPublicKey.fromRawBytes(b"\x04" + row.verifying)
        own = GXPrivateKey.fromRawBytes(row.signing)
        ciphering.signingKeyPair = (peer, own)
        ciphering.publicKeys = [(CertificateType.DIGITAL_SIGNATURE, peer)]
    if row.dedicated is not None:
        ciphering.dedicatedKey = row.dedicated
    if row.counter is not None:
        ciphering.invocationCounter = row.counter
