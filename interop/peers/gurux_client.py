"""gurux-dlms as a client; see line_protocol.py."""
import socket

from gurux_dlms import GXByteBuffer, GXDateTime, GXDLMSAccessItem, GXReplyData
from gurux_dlms.enums import (
    AccessServiceCommandType,
    Authentication,
    Conformance,
    DataType,
    InterfaceType,
)
from gurux_dlms.objects import (
    GXDLMSCaptureObject,
    GXDLMSClock,
    GXDLMSData,
    GXDLMSProfileGeneric,
    GXDLMSPushSetup,
    GXDLMSRegister,
)
from gurux_dlms.secure import GXDLMSSecureClient, GXDLMSSecureNotify

import gurux_client_shims  # noqa: F401, what it does is done by loading it
import gurux_security
import line_protocol

OCTETS_MAX = 65536
PDU_OCTETS_MAX = 300
INTERFACES = {"hdlc": InterfaceType.HDLC, "wrapper": InterfaceType.WRAPPER}
SERVICE_BLOCKS = (
    Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ
    | Conformance.BLOCK_TRANSFER_WITH_SET_OR_WRITE
    | Conformance.BLOCK_TRANSFER_WITH_ACTION
)
CLASSES = {1: GXDLMSData, 3: GXDLMSRegister, 7: GXDLMSProfileGeneric, 8: GXDLMSClock}
TYPES = {
    "octet-string": DataType.OCTET_STRING,
    "integer": DataType.INT8,
    "double-long-unsigned": DataType.UINT32,
}


class Session:
    def __init__(self, target):
        address = target.upper
        if target.framing == "hdlc" and target.size != 1:
            address = GXDLMSSecureClient.getServerAddress(target.upper, target.lower)
        self.client = GXDLMSSecureClient(
            target.service != "sn",
            target.sap,
            address,
            gurux_security.MECHANISMS[target.mechanism],
            None if target.mechanism == "none" else target.secret,
            INTERFACES[target.framing],
        )
        gurux_security.protect(self.client.ciphering, target)
        if target.service == "sn":
            # Not proposed by itself with short names.
            self.client.proposedConformance |= SERVICE_BLOCKS
        if target.service == "gbt":
            self.client.proposedConformance &= ~SERVICE_BLOCKS
            self.client.proposedConformance |= Conformance.GENERAL_BLOCK_TRANSFER
            # What is longer comes in general blocks.
            self.client.maxReceivePDUSize = PDU_OCTETS_MAX
        if target.framing == "hdlc":
            self.client.setServerAddressSize(target.size)
        timeout = line_protocol.TIMEOUT_S
        self.socket = socket.create_connection(("127.0.0.1", target.port), timeout)
        self.socket.settimeout(timeout)
        reply = GXReplyData()
        units = self.client.snrmRequest()
        if units:
            self.exchange(units, reply)
            self.client.parseUAResponse(reply.data)
        self.ask(self.client.aarqRequest(), reply)
        self.client.parseAareResponse(reply.data)
        if self.client.authentication >= Authentication.HIGH:
            self.ask(self.client.getApplicationAssociationRequest(), reply)
            self.client.parseApplicationAssociationResponse(reply.data)
        self.objects = None
        if target.service == "sn":
            reply = GXReplyData()
            self.ask(self.client.getObjectsRequest(), reply)
            self.objects = self.client.parseObjects(reply.data, False)

    def item(self, class_id, name):
        """With short names only the meter's own list says where an object is."""
        if self.objects is None:
            return CLASSES[class_id](name)
        return next(each for each in self.objects if each.logicalName == name)

    def exchange(self, unit, reply):
        reply.clear()
        self.transfer(unit, reply)

    def transfer(self, unit, reply):
        self.socket.sendall(bytes(unit))
        received = GXByteBuffer()
        while not self.client.getData(received, reply, GXReplyData()):
            octets = self.socket.recv(OCTETS_MAX)
            if not octets:
                raise ConnectionError("closed by the meter")
            received.set(octets)

    def ask(self, units, reply):
        for unit in units if isinstance(units, list) else [units]:
            self.exchange(unit, reply)
            while reply.isMoreData():
                self.transfer(self.client.receiverReady(reply), reply)
            if reply.error != 0:
                raise RuntimeError("data-access-result %d" % reply.error)
        return reply.value

    def get(self, wanted):
        item = self.item(wanted.class_id, wanted.name)
        return self.ask(self.client.read(item, wanted.id), GXReplyData())

    def get_list(self, members):
        items = [(self.item(each.class_id, each.name), each.id) for each in members]
        values = []
        for unit in self.client.readList(items):
            reply = GXReplyData()
            self.ask(unit, reply)
            if isinstance(reply.value, list):
                values.extend(reply.value)
        return values

    def access(self, members):
        items = [
            GXDLMSAccessItem(
                AccessServiceCommandType.GET, self.item(each.class_id, each.name), each.id
            )
            for each in members
        ]
        reply = GXReplyData()
        self.ask(self.client.accessRequest(None, items), reply)
        self.client.parseAccessResponse(items, reply.data)
        return [each.value for each in items]

    def profile(self, name):
        profile = self.item(7, name)
        columns = self.ask(self.client.read(profile, 3), GXReplyData())
        self.client.updateValue(profile, 3, columns)
        return profile

    def entry(self, name, first, last):
        profile = self.profile(name)
        units = self.client.readRowsByEntry(profile, first, last - first + 1)
        return self.ask(units, GXReplyData())

    def range(self, name, first, last):
        profile = self.profile(name)
        units = self.client.readRowsByRange(profile, GXDateTime(first), GXDateTime(last))
        return self.ask(units, GXReplyData())

    def set(self, wanted, typed):
        item = self.item(wanted.class_id, wanted.name)
        item.setDataType(wanted.id, TYPES[typed.type])
        item.value = typed.value
        self.ask(self.client.write(item, wanted.id), GXReplyData())

    def action(self, wanted, typed):
        item = self.item(wanted.class_id, wanted.name)
        units = self.client.method(item, wanted.id, typed.value, TYPES[typed.type])
        self.ask(units, GXReplyData())

    def close(self):
        try:
            self.ask(self.client.releaseRequest(), GXReplyData())
            unit = self.client.disconnectRequest()
            if unit:
                self.exchange(unit, GXReplyData())
        finally:
            self.socket.close()


def push(row):
    notify = GXDLMSSecureNotify(True, row.sap, row.upper, INTERFACES[row.framing])
    gurux_security.protect(notify.ciphering, row)
    serial = GXDLMSData("0.0.96.1.0.255")
    serial.value = b"12345678"
    serial.setDataType(2, DataType.OCTET_STRING)
    voltage = GXDLMSRegister("1.0.32.7.0.255")
    voltage.value = 13519
    voltage.setDataType(2, DataType.UINT32)
    setup = GXDLMSPushSetup()
    for item in (serial, voltage):
        setup.pushObjectList.append((item, GXDLMSCaptureObject(2, 0)))
    return b"".join(bytes(unit) for unit in notify.generatePushSetupMessages(None, setup))


def read_push(row, octets):
    client = GXDLMSSecureClient(
        True, row.sap, row.upper, Authentication.NONE, None, INTERFACES[row.framing]
    )
    gurux_security.protect(client.ciphering, row)
    notification = GXReplyData()
    client.getData(GXByteBuffer(octets), GXReplyData(), notification)
    return notification.value


if __name__ == "__main__":
    line_protocol.serve(Session, push, read_push)
