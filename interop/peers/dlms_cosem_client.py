"""dlms-cosem as a client; see line_protocol.py."""
import logging

import structlog
from dlms_cosem import cosem, enumerations
from dlms_cosem.client import DlmsClient
from dlms_cosem.cosem.capture_object import CaptureObject
from dlms_cosem.cosem.selective_access import EntryDescriptor, RangeDescriptor
from dlms_cosem.dlms_data import DoubleLongUnsignedData, IntegerData, OctetStringData
from dlms_cosem.hdlc.frames import UnnumberedInformationFrame
from dlms_cosem.io import BlockingTcpIO, HdlcTransport, TcpTransport
from dlms_cosem.protocol.wrappers import WrapperProtocolDataUnit
from dlms_cosem.protocol.xdlms import DataNotification, GeneralGlobalCipher
from dlms_cosem.utils import parse_as_dlms_data

import dlms_security
import line_protocol

TYPES = {
    "octet-string": OctetStringData,
    "integer": IntegerData,
    "double-long-unsigned": DoubleLongUnsignedData,
}


def instance_of(member):
    # Its own from_string drops a sixth group that is not 255.
    return cosem.Obis(*(int(group) for group in member.name.split(".")))


def attribute(member):
    instance = instance_of(member)
    return cosem.CosemAttribute(enumerations.CosemInterface(member.class_id), instance, member.id)


class Session:
    def __init__(self, target):
        timeout = line_protocol.TIMEOUT_S
        io = BlockingTcpIO(host="127.0.0.1", port=target.port, timeout=timeout)
        places = dict(
            client_logical_address=target.sap, server_logical_address=target.upper, io=io
        )
        if target.framing == "hdlc":
            if target.size != 1:
                places.update(
                    server_physical_address=target.lower, extended_addressing=target.size == 4
                )
            transport = HdlcTransport(**places, timeout=timeout)
        else:
            transport = TcpTransport(**places, timeout=timeout)
        self.client = DlmsClient(
            transport=transport, timeout=timeout, **dlms_security.options(target)
        )
        dlms_security.adapt(self.client.dlms_connection, target)
        self.client.connect()
        self.client.associate()

    def get(self, member):
        return parse_as_dlms_data(self.client.get(attribute(member)))

    def get_list(self, members):
        wanted = [cosem.CosemAttributeWithSelection(attribute(each), None) for each in members]
        return self.client.get_many(wanted).result

    def select(self, name, descriptor):
        buffer = attribute(line_protocol.Member(7, name, 2))
        return parse_as_dlms_data(self.client.get(buffer, access_descriptor=descriptor))

    def entry(self, name, first, last):
        return self.select(name, EntryDescriptor(from_entry=first, to_entry=last))

    def range(self, name, first, last):
        clock = CaptureObject(attribute(line_protocol.Member(8, "0.0.1.0.0.255", 2)))
        descriptor = RangeDescriptor(restricting_object=clock, from_value=first, to_value=last)
        return self.select(name, descriptor)

    def set(self, member, typed):
        octets = TYPES[typed.type](typed.value).to_bytes()
        result = self.client.set(attribute(member), octets).result
        if result != enumerations.DataAccessResult.SUCCESS:
            raise RuntimeError(str(result))

    def action(self, member, typed):
        instance = instance_of(member)
        method = cosem.CosemMethod(
            enumerations.CosemInterface(member.class_id), instance, member.id
        )
        self.client.action(method, TYPES[typed.type](typed.value).to_bytes())

    def close(self):
        try:
            self.client.release_association()
        finally:
            self.client.disconnect()


LLC_OCTETS = 3


def read_push(row, octets):
    if row.framing == "hdlc":
        apdu = UnnumberedInformationFrame.from_bytes(octets).payload[LLC_OCTETS:]
    else:
        apdu = WrapperProtocolDataUnit.from_bytes(octets).data
    if row.protection != "plain":
        envelope = GeneralGlobalCipher.from_bytes(apdu)
        apdu = envelope.to_plain_apdu(row.unicast, row.authentication)
    return parse_as_dlms_data(DataNotification.from_bytes(apdu).body)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    line_protocol.serve(Session, read_push=read_push)
