#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client in another language, written from schema/wire_format.md alone; plain mode only.

python_client.py HOST:PORT KIND:TEXT...     such as IP4:192.0.2.1 HOST:www.example.com
Asks for exactly these keys, in canonical form; parents of a name are keys of their own.
"""
import hashlib
import hmac
import ipaddress
import secrets
import socket
import struct
import sys
import time

QUERY, PING = 1, 3  # the good reply to a request has the next number
RCODES = ("OK", "FORMERR", "BUSY", "REFUSED", "LOADING", "TOOSMALL", "CLOCK", "INTERNAL")
STATUSES = ("not_listed", "listed", "unsupported", "malformed", "skipped", "near", "refused")
VERDICTS = "none spam probable_spam formal trusted blacklisted phishing malware".split()
STATUS_BLOCK = ("rcode", "nkeys", "sflags", "load", "qdelay", "retry_after", "server_id",
                "data_epoch", "data_seq", "data_age", "salt_fp", "generation")
DIGESTS = {"EMAIL_MD5": 0x21, "FILE_SHA256": 0x22, "FILE_MD5": 0x23, "IMAGE_MD5": 0x24,
           "NAME_MD5": 0x25}
NUMBERS = {"CATEGORY": 0x40, "TOPIC": 0x41, "HEURISTIC": 0x42}
TEXTS = {"HOST": 0x10, "URL": 0x11, "DOMAIN": 0x12, "EMAIL": 0x20, "TEXT_EXACT": 0x30,
         "AV_RECORD": 0x43}


def wire_key(kind, text, salt=bytes(32)):
    """(number of the kind, bytes on the wire) of a canonical form, digests in hexadecimal."""
    if kind in ("IP4", "IP6"):
        return 1 + (kind == "IP6"), ipaddress.ip_address(text).packed
    canonical = (bytes.fromhex(text) if kind in DIGESTS else
                 int(text).to_bytes(4, "little") if kind in NUMBERS else text.encode())
    number = (DIGESTS | NUMBERS | TEXTS)[kind]
    return number, hmac.digest(salt, bytes([number]) + canonical, "sha256")[:16]


def build_request(req_id, keys, kind=QUERY, deadline_ms=500):
    """A plain QUERY or PING for up to 64 wire keys."""
    body = struct.pack("<BBH", 0, len(keys), deadline_ms)
    body += b"".join(bytes([number, len(key)]) + key for number, key in keys)
    size = (max(40 + len(body), 88 + 8 * len(keys), 128) + 63) // 64 * 64
    if len(keys) > 64 or size > 1232:
        raise ValueError("too much for one datagram")
    header = struct.pack("<BBBBIQIQ12x", 0xD1, kind, 0, 0, 0, 0, 0, req_id)
    return (header + body).ljust(size, b"\0")


def decode_reply(data, req_id, nkeys, kind=QUERY):
    """A dict, or None if this is no good reply to the request: drop it and wait on."""
    if not 72 <= len(data) <= 1232 or data[:2] != bytes([0xD1, kind + 1]) or data[3] >> 4:
        return None
    reply = dict(zip(STATUS_BLOCK, struct.unpack_from("<BBBBHHIIQH2sI", data, 40)), answers=[])
    if data[20:28] != struct.pack("<Q", req_id) or reply["rcode"] >= len(RCODES):
        return None
    reply["rcode"] = RCODES[reply["rcode"]]
    ok = reply["rcode"] == "OK"
    at = 72 + 8 * nkeys * ok
    if len(data) < at or reply["nkeys"] not in ((nkeys,) if ok else range(65)):
        return None
    for status, verdict, score, mixed, ttl_s in struct.iter_unpack("<BBhHH", data[72:at]):
        reply["answers"].append({
            "status": STATUSES[status] if status < len(STATUSES) else "malformed",
            "verdict": VERDICTS[verdict] if verdict < len(VERDICTS) else "none",
            "score": max(-1000, min(1000, score)), "category": mixed & 0xFFF,
            "flags": mixed >> 12, "ttl_s": ttl_s})
    while at < len(data) and data[at] != 0:  # TLVs: 0x80 and above may be skipped, no other
        if data[at] < 0x80 or at + 2 > len(data) or (at := at + 2 + data[at + 1]) > len(data):
            return None
    return reply


def ask(server, keys, kind=QUERY, salt=bytes(32), attempts=9, attempt_s=1.0):
    """Asks (host, port) and returns the reply; OSError without one, ValueError if salts differ."""
    with socket.socket(socket.getaddrinfo(*server)[0][0], socket.SOCK_DGRAM) as sock:
        sock.connect(server)
        for _ in range(attempts):
            req_id, end = secrets.randbits(64), time.monotonic() + attempt_s
            sock.send(build_request(req_id, keys, kind))
            while (left := end - time.monotonic()) > 0:
                sock.settimeout(left)
                try:
                    reply = decode_reply(sock.recv(2048), req_id, len(keys), kind)
                except (TimeoutError, ConnectionError):
                    break
                if reply and reply["salt_fp"] != hashlib.sha256(salt).digest()[:2]:
                    raise ValueError("another salt: no answer means anything")
                if reply and reply["rcode"] == "BUSY":
                    break  # there is no other server to ask
                if reply:
                    return reply
    raise OSError("no answer")


if __name__ == "__main__":
    host, _, port = sys.argv[1].rpartition(":")
    told = ask((host.strip("[]"), int(port)), [wire_key(*a.split(":", 1)) for a in sys.argv[2:]])
    print(told["rcode"], *map(str, zip(sys.argv[2:], told["answers"])), sep="\n")
