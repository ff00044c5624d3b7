"""HLS in the association object of gurux-dlms as a server, with the package's own proofs.

Its own `invoke` of reply_to_HLS_authentication ends in `int()` of the octets of f(StoC); see
docs/interop.md. What is done here in its place is what the client of the package does:
`GXSecure.secure` makes both proofs, `GXEcdsa` checks a signature.
"""
from gurux_dlms.ecdsa import GXEcdsa
from gurux_dlms.enums import Authentication, ErrorCode
from gurux_dlms.GXSecure import GXSecure
from gurux_dlms.objects import GXDLMSAssociationLogicalName
from gurux_dlms.objects.enums import AssociationStatus

REPLY_TO_HLS = 1
COUNTER_OCTETS = slice(1, 5)


class Association(GXDLMSAssociationLogicalName):
    def __init__(self, view):
        super().__init__()
        self.view = view

    def invoke(self, settings, e):
        if e.index != REPLY_TO_HLS:
            return super().invoke(settings, e)
        proof = bytes(e.parameters)
        if not self.isProved(settings, proof):
            self.associationStatus = AssociationStatus.NON_ASSOCIATED
            e.error = ErrorCode.READ_WRITE_DENIED
            return None
        self.associationStatus = AssociationStatus.ASSOCIATED
        cipher = settings.cipher
        counter = cipher.invocationCounter
        if settings.authentication == Authentication.HIGH_GMAC:
            cipher.invocationCounter += 1
        return GXSecure.secure(
            settings,
            cipher,
            counter,
            settings.ctoSChallenge,
            self.secretOf(settings, isOwn=True),
        )

    def isProved(self, settings, proof):
        secret = self.secretOf(settings, isOwn=False)
        if settings.authentication == Authentication.HIGH_ECDSA:
            return GXEcdsa(settings.cipher.signingKeyPair[0]).verify(proof, secret)
        counter = int.from_bytes(proof[COUNTER_OCTETS], "big")
        expected = GXSecure.secure(
            settings, settings.cipher, counter, settings.stoCChallenge, secret
        )
        return bytes(expected) == proof

    def secretOf(self, settings, isOwn):
        """What the package's client passes as the secret for each mechanism."""
        titles = [bytes(settings.sourceSystemTitle or b""), bytes(settings.cipher.systemTitle)]
        challenges = [bytes(settings.stoCChallenge), bytes(settings.ctoSChallenge)]
        if isOwn:
            titles.reverse()
            challenges.reverse()
        if settings.authentication == Authentication.HIGH_GMAC:
            return titles[0]
        if settings.authentication == Authentication.HIGH_SHA256:
            return b"".join([self.view.secret, *titles, *challenges])
        if settings.authentication == Authentication.HIGH_ECDSA:
            return b"".join([*titles, *challenges])
        return self.view.secret
