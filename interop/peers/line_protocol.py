"""How main.ts talks to a client peer: one request a line in, one JSON object a line out.

session NAME=VALUE ...    what peer-words.ts and peer-client.ts name
get CLASS:NAME:ATTRIBUTE
list CLASS:NAME:ATTRIBUTE ...
access CLASS:NAME:ATTRIBUTE ...
entry NAME FIRST LAST
range NAME FROM_UTC_S TO_UTC_S
set CLASS:NAME:ATTRIBUTE TYPE:VALUE
action CLASS:NAME:METHOD TYPE:VALUE
end
push NAME=VALUE ...       sends the meter's data-notification to a port
listen NAME=VALUE ...     answers the port where one is awaited
received                  answers the body of that one
"""
import datetime
import json
import socket
import sys
from collections import namedtuple
from types import SimpleNamespace

Member = namedtuple("Member", "class_id name id")
Typed = namedtuple("Typed", "type value")

TIMEOUT_S = 5


def member(text):
    class_id, name, number = text.split(":")
    return Member(int(class_id), name, int(number))


def typed(text):
    kind, value = text.split(":")
    return Typed(kind, bytes.fromhex(value) if kind == "octet-string" else int(value))


def utc(text):
    return datetime.datetime.fromtimestamp(int(text), datetime.timezone.utc)


def plain(value):
    """As JSON: octets in hex, lists, numbers; everything else as its text."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, str)) or value is None:
        return value
    try:
        return int(value)
    except (TypeError, ValueError):
        return str(value)


def perform(session, words):
    kind, rest = words[0], words[1:]
    if kind == "get":
        return session.get(member(rest[0]))
    if kind == "list":
        return session.get_list([member(text) for text in rest])
    if kind == "access":
        return session.access([member(text) for text in rest])
    if kind == "entry":
        return session.entry(rest[0], int(rest[1]), int(rest[2]))
    if kind == "range":
        return session.range(rest[0], utc(rest[1]), utc(rest[2]))
    if kind == "set":
        return session.set(member(rest[0]), typed(rest[1]))
    if kind == "action":
        return session.action(member(rest[0]), typed(rest[1]))
    raise ValueError(kind)


NUMBERS = ("port", "sap", "size", "upper", "lower", "suite", "counter")
OCTETS = (
    "secret",
    "unicast",
    "authentication",
    "title",
    "dedicated",
    "signing",
    "verifying",
)


def target(words):
    """Names and values as attributes: numbers, octets, or text; what is not said is None."""
    fields = dict.fromkeys(NUMBERS + OCTETS)
    for word in words:
        name, value = word.split("=")
        if name in NUMBERS:
            value = int(value)
        elif name in OCTETS:
            value = bytes.fromhex(value)
        fields[name] = value
    return SimpleNamespace(**fields)


class Entrance:
    """Where one push is awaited."""

    def __init__(self, row):
        self.row = row
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(TIMEOUT_S)
        self.port = self.socket.getsockname()[1]

    def read(self, read_push):
        octets = b""
        with self.socket, self.socket.accept()[0] as line:
            line.settimeout(TIMEOUT_S)
            while True:
                more = line.recv(65536)
                octets += more
                body = read_push(self.row, octets)
                if body is not None or not more:
                    return body


def serve(open_session, push=None, read_push=None):
    """`open_session(target)` gives an object with the methods above and `close()`.

    `push(target)` gives octets to send; `read_push(target, octets)` gives a pushed body, None
    while octets are missing.
    """
    session = None
    entrance = None
    # What a package prints by itself is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        words = line.split()
        try:
            value = None
            if words[0] == "session":
                session = open_session(target(words[1:]))
            elif words[0] == "end":
                closing, session = session, None
                if closing is not None:
                    closing.close()
            elif words[0] == "push":
                row = target(words[1:])
                with socket.create_connection(("127.0.0.1", row.port), TIMEOUT_S) as line:
                    line.sendall(push(row))
            elif words[0] == "listen":
                entrance = Entrance(target(words[1:]))
                value = entrance.port
            elif words[0] == "received":
                value = entrance.read(read_push)
            else:
                value = perform(session, words)
            answer = {"ok": True, "value": plain(value)}
        except Exception as error:  # the peer's own error is the result
            answer = {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), file=answers, flush=True)
