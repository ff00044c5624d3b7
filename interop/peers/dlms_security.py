"""Mechanisms, keys and protection as dlms-cosem wants them; see peer-words.ts."""
from dlms_cosem import security

MECHANISMS = {
    "none": lambda row: security.NoSecurityAuthentication(),
    "lls": lambda row: security.LowLevelSecurityAuthentication(secret=row.secret),
    "gmac": lambda row: security.HighLevelSecurityGmacAuthentication(),
}


def options(row):
    """What DlmsClient takes: keys mean that every APDU is authenticated and encrypted."""
    given = dict(authentication=MECHANISMS[row.mechanism](row), client_system_title=row.title)
    if row.protection != "plain":
        given.update(
            encryption_key=row.unicast,
            authentication_key=row.authentication,
            security_suite=row.suite,
            client_initial_invocation_counter=row.counter,
        )
    return given


def check(client, row):
    """Refuses what the package has no means for."""
    control = client.dlms_connection.security_control
    wanted = (
        row.protection.startswith("authenticated"),
        row.protection.endswith("encrypted"),
    )
    if row.protection != "plain" and wanted != (control.authenticated, control.encrypted):
        raise NotImplementedError(
            "DlmsClient has no parameter for the protection: it is %s" % (control,)
        )


