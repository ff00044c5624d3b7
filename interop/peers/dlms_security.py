"""Mechanisms, keys and protection as dlms-cosem wants them; see peer-words.ts."""
import attr
from dlms_cosem import security
from dlms_cosem.connection import DlmsConnection

MECHANISMS = {
    "none": lambda row: security.NoSecurityAuthentication(),
    "lls": lambda row: security.LowLevelSecurityAuthentication(secret=row.secret),
    "gmac": lambda row: security.HighLevelSecurityGmacAuthentication(),
}


def options(row):
    """What DlmsClient takes: keys mean that every APDU is authenticated and encrypted."""
    given = dict(authentication=MECHANISMS[row.mechanism](row), client_system_title=row.title)
    if row.protection != "plain" or row.mechanism == "gmac":
        given.update(
            encryption_key=row.unicast,
            authentication_key=row.authentication,
            security_suite=row.suite,
            client_initial_invocation_counter=row.counter,
        )
    return given


class PlainConnection(DlmsConnection):
    """With keys for GMAC, and no ciphering: DlmsClient has no parameter for that."""

    use_protection = property(lambda self: False)

    def get_aarq(self):
        return attr.evolve(super().get_aarq(), ciphered=False)


class OneSidedConnection(DlmsConnection):
    """Authenticated or encrypted only: DlmsClient has no parameter for that."""

    wanted = None
    security_control = property(lambda self: self.wanted)


def adapt(connection, row):
    if row.protection == "plain":
        connection.__class__ = PlainConnection
    elif row.protection != "authenticated-encrypted":
        connection.__class__ = OneSidedConnection
        connection.wanted = security.SecurityControlField(
            security_suite=row.suite,
            authenticated=row.protection == "authenticated",
            encrypted=row.protection == "encrypted",
        )
