"""Rows by number and by time of a profile served by gurux-dlms.

The selection of its own `getValue` is broken; see docs/interop.md. The descriptor is opened and the
rows are encoded by the package as before.
"""
from gurux_dlms.enums import DataType
from gurux_dlms.objects import GXDLMSProfileGeneric
from gurux_dlms.secure import GXDLMSSecureClient

BUFFER = 2
BY_RANGE, BY_ENTRY = 1, 2


class Profile(GXDLMSProfileGeneric):
    def getValue(self, settings, e):
        if e.index != BUFFER or e.selector == 0:
            return super().getValue(settings, e)
        rows = self.byEntry(e.parameters) if e.selector == BY_ENTRY else self.byRange(e.parameters)
        return self.getData(settings, e, rows, [])

    def byEntry(self, parameters):
        first, last = parameters[:2]
        return self.buffer[first - 1 : last or None]

    def byRange(self, parameters):
        first, last = (
            GXDLMSSecureClient.changeType(each, DataType.DATETIME).value
            for each in parameters[1:3]
        )
        return [row for row in self.buffer if first <= row[0].value <= last]
