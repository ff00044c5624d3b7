"""What gurux-dlms as a client does not run without; each is described in docs/interop.md.

Loading this changes the package.
"""
from gurux_dlms import GXDLMSSettings, GXReplyData

from gurux_accessors import accessors

# Shim: acknowledging a general block it asks for a number that it keeps under another name.
GXDLMSSettings.blockNumber = property(lambda self: self.blockIndex)
GXReplyData.__getattr__ = accessors
