"""What gurux-dlms as a server with short names needs to answer at all; see docs/interop.md."""
from gurux_dlms.enums import ErrorCode
from gurux_dlms.GXDLMSLongTransaction import GXDLMSLongTransaction
from gurux_dlms.objects import GXDLMSAssociationShortName


class Association(GXDLMSAssociationShortName):
    def getValue(self, settings, e):
        value = super().getValue(settings, e)
        # Shim: it refuses with every value that it gives.
        e.error = ErrorCode.OK
        return value


class NoTransaction:
    """Shim: the package calls its transaction, where there is none, as a function."""

    def __bool__(self):
        return False

    def __call__(self):
        return None


class Transaction:
    """For a server class: no transaction can be called."""

    kept = None

    @property
    def transaction(self):
        return NoTransaction() if self.kept is None else self.kept

    @transaction.setter
    def transaction(self, value):
        self.kept = value

    def setTransaction(self, value):
        self.kept = value


# Shim: as above, where there is one.
GXDLMSLongTransaction.__call__ = lambda self: self
