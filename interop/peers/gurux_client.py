"""gurux-dlms as a client; see line_protocol.py."""
import socket

from gurux_dlms import GXByteBuffer, GXDateTime, GXReplyData
from gurux_dlms.enums import Authentication, DataType, InterfaceType
from gurux_dlms.objects import GXDLMSClock, GXDLMSData, GXDLMSProfileGeneric, GXDLMSRegister
from gurux_dlms.secure import GXDLMSSecureClient

import gurux_security
import line_protocol

OCTETS_MAX = 65536
INTERFACES = {"hdlc": InterfaceType.HDLC, "wrapper": InterfaceType.WRAPPER}
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
            True,
            target.sap,
            address,
            gurux_security.MECHANISMS[target.mechanism],
            None if target.mechanism == "none" else target.secret,
            INTERFACES[target.framing],
        )
        gurux_security.protect(self.client.ciphering, target)
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
        item = CLASSES[wanted.class_id](wanted.name)
        return self.ask(self.client.read(item, wanted.id), GXReplyData())

    def get_list(self, members):
        items = [(CLASSES[each.class_id](each.name), each.id) for each in members]
        values = []
        for unit in self.client.readList(items):
            reply = GXReplyData()
            self.ask(unit, reply)
            if isinstance(reply.value, list):
                values.extend(reply.value)
        return values

    def profile(self, name):
        profile = GXDLMSProfileGeneric(name)
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
        item = CLASSES[wanted.class_id](wanted.name)
        item.setDataType(wanted.id, TYPES[typed.type])
        item.value = typed.value
        self.ask(self.client.write(item, wanted.id), GXReplyData())

    def action(self, wanted, typed):
        item = CLASSES[wanted.class_id](wanted.name)
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


if __name__ == "__main__":
    line_protocol.serve(Session)
