"""A meter served by gurux-dlms on a free loopback port; prints `ready PORT`.

Usage: gurux_server.py hdlc|wrapper VIEW ...
A view is a row of securities.ts: NAME=VALUE,... The objects are those of reference-meter.ts.
What is worked around is written down in docs/interop.md.
"""
import datetime
import re
import socketserver
import sys
import threading

from gurux_dlms import GXDateTime, GXServerReply, GXUInt32
from gurux_dlms.ConnectionState import ConnectionState
from gurux_dlms.enums import (
    AccessMode,
    Conformance,
    DataType,
    InterfaceType,
    MethodAccessMode,
    SourceDiagnostic,
    Unit,
)
from gurux_dlms.objects import (
    GXDLMSCaptureObject,
    GXDLMSClock,
    GXDLMSData,
    GXDLMSRegister,
)
from gurux_dlms.secure import GXDLMSSecureServer

import gurux_security
import gurux_short_names
import line_protocol
from gurux_association import Association
from gurux_profile import Profile
from gurux_shims import Link, serving

OCTETS_MAX = 65536
LLC_OCTETS = 3
AARE, RESPONDING_TITLE, RESPONDING_VALUE = 0x61, 0xA4, 0xAA
SHORT_NAMES = 0x100
SERVICE_BLOCKS = (
    Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ
    | Conformance.BLOCK_TRANSFER_WITH_SET_OR_WRITE
    | Conformance.BLOCK_TRANSFER_WITH_ACTION
)
PROFILE_START = datetime.datetime(2026, 1, 15, tzinfo=datetime.timezone.utc)


def register(name, value, exponent, unit):
    item = GXDLMSRegister(name)
    item.value = GXUInt32(value)
    item.setDataType(2, DataType.UINT32)
    item.scaler = 10.0**exponent
    item.unit = unit
    return item


def data(name, octets):
    item = GXDLMSData(name)
    item.value = octets
    item.setDataType(2, DataType.OCTET_STRING)
    return item


def profile(clock, energy):
    item = Profile("1.0.99.1.0.255")
    item.captureObjects.append((clock, GXDLMSCaptureObject(2, 0)))
    item.captureObjects.append((energy, GXDLMSCaptureObject(2, 0)))
    item.capturePeriod = 3600
    item.sortObject = clock
    item.sortObjectAttributeIndex = 2
    for row in range(12):
        at = PROFILE_START + datetime.timedelta(hours=row)
        item.buffer.append([GXDateTime(at), GXUInt32(1000 + row)])
    item.profileEntries = item.entriesInUse = len(item.buffer)
    return item


def tell(error):
    """For main.ts, without the octets in it: errors are grouped by their text."""
    print("error %s" % re.sub(r"b['\"].*", "...", repr(error)), file=sys.stderr, flush=True)


class Meter(GXDLMSSecureServer):
    def __init__(self, interface, view):
        hasShortNames = view.service == "sn"
        association = gurux_short_names.Association() if hasShortNames else Association(view)
        super().__init__(association, interface)
        self.setUseLogicalNameReferencing(not hasShortNames)
        self.hdlc = Link()
        # Shim: its own timeout of inactivity does not survive the second request.
        self.hdlc.inactivityTimeout = 0
        # Shim: the package calls this on a class that does not have it.
        self.hdlcSettings.update = lambda _: None
        # Shim: its settings spell this name otherwise.
        self.settings.gbtWndowSize = 1
        self.view = view
        if view.service == "gbt":
            self.conformance &= ~SERVICE_BLOCKS
            self.conformance |= Conformance.GENERAL_BLOCK_TRANSFER
        gurux_security.protect(self.getCiphering(), view)
        # Shim: what it made is called ciphering, what it asks for is called cipher.
        self.settings.cipher = self.getCiphering()
        clock = GXDLMSClock()
        energy = register("1.0.1.8.0.255", 56352, 0, Unit.ACTIVE_ENERGY)
        for item in (
            association,
            clock,
            energy,
            profile(clock, energy),
            data("0.0.42.0.0.255", b"GRX1234567890123"),
            data("0.0.96.1.0.255", b"12345678"),
            data("0.0.96.1.1.255", bytes(index % 256 for index in range(900))),
            data("0.0.96.1.2.255", bytes(1)),
            data("0.0.96.1.3.255", bytes.fromhex("7e7d7e7d7ea07e7e7d7e")),
            register("1.0.32.7.0.255", 13519, -2, Unit.VOLTAGE),
            register("1.0.31.7.0.255", 1329, -3, Unit.CURRENT),
            register("1.0.14.7.0.255", 5997, -2, Unit.FREQUENCY),
            register("1.0.1.7.0.255", 5, -1, Unit.ACTIVE_POWER),
            register("1.0.1.8.1.255", 4711, 0, Unit.ACTIVE_ENERGY),
            register("1.126.125.126.125.126", 0x7E7D7E7E, -3, Unit.ACTIVE_ENERGY),
        ):
            self.items.append(item)
        if hasShortNames:
            # Of its own it leaves no room for methods.
            for index, item in enumerate(self.items[1:], 1):
                item.shortName = index * SHORT_NAMES
        # Shim: an empty object list the package fills in a way that it refuses itself.
        association.objectList.extend(self.items)
        self.initialize()

    def handleSnrmRequest(self, data):
        super().handleSnrmRequest(data)
        # Shim: the length of the UA's parameters and the place it belongs to are swapped.
        answer = self.replyData
        length = answer.size - 3
        answer.setUInt8(length, 2)
        answer.setUInt8(0, length)

    def handleAarqRequest(self, data, connectionInfo):
        result = super().handleAarqRequest(data, connectionInfo)
        if self.view.dedicated is not None:
            # Shim: it opens pass 3 with the dedicated key only where it is connected.
            self.settings.connected |= ConnectionState.DLMS
        # Shim: the counter of the InitiateResponse is used again for the next answer.
        self.getCiphering().invocationCounter += 1
        # Shim: responding title and authentication value leave two octets out of their lengths.
        answer = self.replyData
        at = 0 if answer.getUInt8(0) == AARE else LLC_OCTETS
        if answer.size > at and answer.getUInt8(at) == AARE:
            at += 2
            while at < answer.size:
                tag, length = answer.getUInt8(at), answer.getUInt8(at + 1)
                if tag in (RESPONDING_TITLE, RESPONDING_VALUE) and length == answer.getUInt8(at + 3):
                    length += 2
                    answer.setUInt8(length, at + 1)
                at += 2 + length
        return result

    def reportError(self, *arguments):
        # Told to main.ts: on the wire it is a hardware-fault whatever the reason.
        error = sys.exc_info()[1]
        tell(error.__context__ or error)
        return super().reportError(*arguments)

    def isTarget(self, serverAddress, clientAddress):
        return True

    def onValidateAuthentication(self, authentication, password):
        if authentication != gurux_security.MECHANISMS[self.view.mechanism]:
            return SourceDiagnostic.AUTHENTICATION_REQUIRED
        if self.view.mechanism == "lls" and bytes(password or b"") != self.view.secret:
            return SourceDiagnostic.AUTHENTICATION_FAILURE
        return SourceDiagnostic.NONE

    def onGetAttributeAccess(self, arg):
        return AccessMode.READ_WRITE

    def onGetMethodAccess(self, arg):
        return MethodAccessMode.ACCESS

    def onPreAction(self, args):
        for arg in args if isinstance(args, list) else [args]:
            if isinstance(arg.target, GXDLMSRegister) and arg.index == 1:
                arg.target.value = GXUInt32(0)
                arg.handled = True

    def notifyRead(self, *_):
        """Shim: the package calls it and nowhere declares it."""

    def notifyConnected(self, *_):
        """Shim: as well, once an association with HLS is proved."""

    def onFindObject(self, objectType, sn, ln):
        return None

    def _nothing(self, *_):
        pass

    onConnected = onDisconnected = onInvalidConnection = _nothing
    onPreRead = onPostRead = onPreWrite = onPostWrite = _nothing
    onPostAction = onPreGet = onPostGet = _nothing


class ShortNameMeter(gurux_short_names.Transaction, Meter):
    pass


def client_of(framing, octets):
    """The caller's address in the first octets: a meter of this package has one security."""
    if framing == "wrapper":
        return int.from_bytes(octets[2:4], "big")
    at = 3
    while not octets[at] & 1:
        at += 1
    return octets[at + 1] >> 1


def main():
    framing = sys.argv[1]
    views = [line_protocol.target(words.split(",")) for words in sys.argv[2:]]
    interface = InterfaceType.HDLC if framing == "hdlc" else InterfaceType.WRAPPER

    class Connection(socketserver.BaseRequestHandler):
        def handle(self):
            meter = None
            while True:
                octets = self.request.recv(OCTETS_MAX)
                if not octets:
                    return
                if meter is None:
                    sap = client_of(framing, octets)
                    serving.view = next(view for view in views if view.sap == sap)
                    kind = ShortNameMeter if serving.view.service == "sn" else Meter
                    meter = kind(interface, serving.view)
                reply = GXServerReply(octets)
                meter.handleRequest(reply)
                if reply.reply:
                    self.request.sendall(bytes(reply.reply))

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

        def handle_error(self, *_):
            """The connection is closed; what went wrong is told without the package's lines."""
            tell(sys.exc_info()[1])

        daemon_threads = True

    with Server(("127.0.0.1", 0), Connection) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready %d" % server.server_address[1], flush=True)
        # Ends with whoever started it.
        sys.stdin.read()


if __name__ == "__main__":
    main()
