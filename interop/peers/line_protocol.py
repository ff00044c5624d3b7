"""How main.ts talks to a client peer: one request a line in, one JSON object a line out.

session NAME=VALUE ...    what peer-words.ts and peer-client.ts name
get CLASS:NAME:ATTRIBUTE
list CLASS:NAME:ATTRIBUTE ...
entry NAME FIRST LAST
range NAME FROM_UTC_S TO_UTC_S
set CLASS:NAME:ATTRIBUTE TYPE:VALUE
action CLASS:NAME:METHOD TYPE:VALUE
end
"""
import datetime
import json
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


def serve(open_session):
    """`open_session(target)` gives an object with the methods above and `close()`."""
    session = None
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
            else:
                value = perform(session, words)
            answer = {"ok": True, "value": plain(value)}
        except Exception as error:  # the peer's own error is the result
            answer = {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), file=answers, flush=True)
