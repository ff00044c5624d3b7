"""What gurux-dlms as a server does not run without; each is described in docs/interop.md.

Loading this changes the package. `serving.view` has to be set by whoever serves a connection.
"""
import threading

from gurux_dlms import (
    AesGcmParameter,
    GXByteBuffer,
    GXDLMSSettings,
    GXReplyData,
    GXServerReply,
    ValueEventArgs,
)
from gurux_dlms.GXDLMSLNParameters import GXDLMSLNParameters
from gurux_dlms.GXDLMSLongTransaction import GXDLMSLongTransaction
from gurux_dlms.GXSNInfo import GXSNInfo
from gurux_dlms.objects import GXDLMSHdlcSetup, GXDLMSObject
from gurux_dlms.secure import GXDLMSSecureServer

import gurux_security
from gurux_accessors import accessors


class Link(GXDLMSHdlcSetup):
    """Shim: answering SNRM the package asks one object for the names of two."""

    maxInfoTX = property(lambda self: self.maximumInfoLengthTransmit)
    maxInfoRX = property(lambda self: self.maximumInfoLengthReceive)
    windowSizeTX = property(lambda self: self.windowSizeTransmit)
    windowSizeRX = property(lambda self: self.windowSizeReceive)


KINDS = (
    GXReplyData,
    GXServerReply,
    GXDLMSLNParameters,
    GXDLMSLongTransaction,
    GXDLMSSecureServer,
    ValueEventArgs,
    GXDLMSObject,
    GXDLMSSettings,
    GXSNInfo,
)
for kind in KINDS:
    kind.__getattr__ = accessors
# Shim: writing the responding title it does not say which octet: its length, always 8.
set_octet = GXByteBuffer.setUInt8
GXByteBuffer.setUInt8 = lambda self, item=8, index=None: set_octet(self, item, index)
set_parameters = AesGcmParameter.__init__
# The view of the meter that this connection's thread serves.
serving = threading.local()


def parameters(self, tag=0, *rest):
    # Shim: opening a request it leaves out the first of these arguments.
    set_parameters(self, *((tag,) if isinstance(tag, int) else (0, tag)), *rest)
    # Shim: writing the InitiateResponse it leaves out the suite.
    self.securitySuite = gurux_security.SUITES[serving.view.suite]


AesGcmParameter.__init__ = parameters
# Shim: the package asks for a value that is there only once it is set, and walks through one thing.
ValueEventArgs.value = 0
ValueEventArgs.__iter__ = lambda self: iter((self,))
