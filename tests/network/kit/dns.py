"""DNS messages as RFC 1035 and 6762 write them, as far as mDNS needs them."""

import ipaddress
import struct
from typing import NamedTuple

A, PTR, TXT, AAAA, SRV, NSEC, ANY = 1, 12, 16, 28, 33, 47, 255
TYPES = {A: "A", PTR: "PTR", TXT: "TXT", AAAA: "AAAA", SRV: "SRV", NSEC: "NSEC", ANY: "ANY"}
FLUSH = 0x8000  # in the class of a record: it replaces what was known


class Record(NamedTuple):
    name: str  # lower-case, as names compare; a dot within a label is escaped
    type: int
    ttl: int  # seconds; 0 is a goodbye
    data: object  # an address, a name, (host, port) for SRV, {key: value} for TXT

    def __repr__(self):
        return f"{self.name} {TYPES.get(self.type, self.type)} {self.data} ttl {self.ttl}"


class Message(NamedTuple):
    answers: bool
    questions: list  # of (name, type)
    records: list  # of all sections but the questions


def message(questions=(), answers=(), authorities=()):
    """A message in bytes. It is a response when it has answers."""
    counts = len(questions), len(answers), len(authorities), 0
    head = struct.pack("!HH4H", 0, 0x8400 if answers else 0, *counts)
    asked = b"".join(encode_name(name) + struct.pack("!HH", type, 1) for name, type in questions)
    return head + asked + b"".join(encode_record(record) for record in [*answers, *authorities])


def encode_record(record):
    data, shared = encode_data(record), record.type == PTR
    head = struct.pack("!HHIH", record.type, 1 if shared else 1 | FLUSH, record.ttl, len(data))
    return encode_name(record.name) + head + data


def encode_data(record):
    match record.type:
        case 1 | 28:
            return ipaddress.ip_address(record.data).packed
        case 12:
            return encode_name(record.data)
        case 33:
            host, port = record.data
            return struct.pack("!HHH", 0, 0, port) + encode_name(host)
        case 16 if isinstance(record.data, dict):
            texts = [f"{key}={value}".encode() for key, value in record.data.items()]
            return b"".join(bytes([len(text)]) + text for text in texts) or b"\0"
        case _:
            return record.data  # bytes, for those who lie


def encode_name(name):
    labels = [label.replace("\0", ".").encode() for label in name.replace("\\.", "\0").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def parse(packet):
    """A message from bytes; ValueError where it is none."""
    try:
        _, flags, *counts = struct.unpack_from("!HH4H", packet)
        at, questions, records = 12, [], []
        for _ in range(counts[0]):
            name, at = decode_name(packet, at)
            questions.append((name, *struct.unpack_from("!H", packet, at)))
            at += 4
        for _ in range(sum(counts[1:])):
            name, at = decode_name(packet, at)
            type, _, ttl, length = struct.unpack_from("!HHIH", packet, at)
            records.append(Record(name, type, ttl, decode_data(packet, type, at + 10, length)))
            at += 10 + length
    except (struct.error, IndexError) as error:
        raise ValueError(f"no DNS message: {error}") from error
    return Message(bool(flags & 0x8000), questions, records)


def decode_data(packet, type, at, length):
    raw = packet[at : at + length]
    match type:
        case 1 | 28:
            return str(ipaddress.ip_address(raw))
        case 12:
            return decode_name(packet, at)[0]
        case 33:
            return decode_name(packet, at + 6)[0], struct.unpack_from("!H", packet, at + 4)[0]
        case 16:
            return decode_texts(raw)
        case _:
            return raw


def decode_texts(raw):
    texts, at = [], 0
    while at < len(raw):
        texts.append(raw[at + 1 : at + 1 + raw[at]].decode(errors="replace"))
        at += 1 + raw[at]
    return dict(text.partition("=")[::2] for text in texts if text)


def decode_name(packet, at):
    labels, end, jumps = [], None, 0
    while length := packet[at]:
        if length >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
            jumps += 1
            if jumps > 20:
                raise ValueError("a DNS name that runs in circles")
            continue
        labels.append(packet[at + 1 : at + 1 + length].decode(errors="replace").replace(".", "\\."))
        at += 1 + length
    return ".".join(labels).lower(), end or at + 1
