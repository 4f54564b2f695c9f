# SPDX-License-Identifier: Apache-2.0
"""Asks `reputed --demo` the test points and the odd cases of schema/wire_format.md.

Everything here is what the page says; nothing was learnt from the code. Order replaces sleeps: a
server thread answers one socket in the order of arrival, so what has no reply before the reply to a
later request was dropped.
"""
import hashlib
import os
import pathlib
import re
import secrets
import socket
import struct
import subprocess
import sys

from python_client import (PING, QUERY, RCODES, ask, build_request, decode_reply,
                           wire_key)

PACKETS = pathlib.Path(__file__).resolve().parents[2] / "schema/vectors/packets.txt"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"
GTUBE = "xjs c0jdbqadn0 nsbn0 0idnen gtube standard anti ube test email c 0x"


def md5(data):
    return hashlib.md5(data).hexdigest()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# kind, hit, its verdict, never
TEST_POINTS = (
    ("IP4", "127.0.0.2", "blacklisted", "127.0.0.1"),
    ("IP6", "2001:db8::7f00:2", "blacklisted", "2001:db8::7f00:1"),
    ("HOST", "test", "spam", "invalid"),
    ("URL", "test/", "phishing", "invalid/"),
    ("DOMAIN", "example.test", "spam", "example.invalid"),
    ("EMAIL", "test@test", "spam", "invalid@invalid"),
    ("EMAIL_MD5", md5(b"test@test"), "spam", md5(b"invalid@invalid")),
    ("FILE_SHA256", sha256(EICAR), "malware", sha256(b"invalid")),
    ("FILE_MD5", md5(EICAR), "malware", md5(b"invalid")),
    ("IMAGE_MD5", md5(b"test image"), "spam", md5(b"invalid")),
    ("NAME_MD5", md5(b"eicar.com"), "malware", md5(b"invalid")),
    ("TEXT_EXACT", GTUBE, "spam", "invalid invalid invalid"),
    ("CATEGORY", "4294967295", "spam", "4294967294"),
    ("TOPIC", "4294967295", "spam", "4294967294"),
    ("HEURISTIC", "4294967295", "spam", "4294967294"),
    ("AV_RECORD", "EICAR-Test-File\0", "malware", "invalid\0"),
)
HIT, NEVER = wire_key("IP4", "127.0.0.2"), wire_key("IP4", "127.0.0.1")


class tester:
    """One socket to the server, the requests that must be dropped, and the failures so far."""

    def __init__(self, port):
        self.server = ("127.0.0.1", port)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.connect(self.server)
        self.sock.settimeout(20)
        self.checks = 0
        self.failures = []

    def check(self, what, got, expected):
        self.checks += 1
        if got != expected:
            self.failures.append(f"{what}: expected {expected!r}, got {got!r}")

    def raw(self, what, datagram):
        """The reply to a datagram, b"" for none; asked again while a slow machine answers BUSY."""
        reply = self.raw_once(what, datagram)
        for _ in range(100):
            if reply[1:2] not in (b"\2", b"\4") or reply[40] != RCODES.index("BUSY"):
                break
            reply = self.raw_once(what, datagram)
        self.check(f"{what}: reply no longer than its request", len(reply) <= len(datagram), True)
        return reply

    def raw_once(self, what, datagram):
        """A PING behind the datagram shows whether a reply comes: the PONG would be the next."""
        marker = secrets.randbits(64)
        self.sock.send(datagram)
        self.sock.send(build_request(marker, [], PING))
        reply, data = b"", self.sock.recv(4096)
        while not decode_reply(data, marker, 0, PING):
            self.check(f"{what}: a second reply", reply, b"")
            reply, data = data, self.sock.recv(4096)
        return reply

    def reply(self, what, datagram, nkeys, kind=QUERY):
        """The decoded reply to a datagram, {} when there is none that a client would take."""
        req_id = struct.unpack_from("<Q", datagram, 20)[0]
        return decode_reply(self.raw(what, datagram), req_id, nkeys, kind) or {}

    def rcode(self, what, datagram, expected):
        self.check(what, self.reply(what, datagram, datagram[41], datagram[1]).get("rcode"),
                   expected)

    def dropped(self, what, datagram):
        self.check(f"{what} is dropped", self.raw(what, datagram).hex(), "")


def request(keys=(HIT,), kind=QUERY):
    return build_request(secrets.randbits(64), list(keys), kind)


def patched(datagram, offset, data):
    return datagram[:offset] + data + datagram[offset + len(data):]


def with_tlvs(tlvs):
    """A request with one key, which ends at 50, and these bytes behind it."""
    return patched(request(), 50, tlvs)


def check_test_points(test):
    """All hits and nevers, in datagrams small enough for them, and each alone."""
    for field, expected in ((1, "listed"), (3, "not_listed")):
        keys = [wire_key(row[0], row[field]) for row in TEST_POINTS]
        together = ask(test.server, keys)["answers"]
        alone = [ask(test.server, [key])["answers"][0] for key in keys]
        for row, first, second in zip(TEST_POINTS, together, alone):
            test.check(f"{row[0]} {row[field]}", first["status"], expected)
            test.check(f"{row[0]} {row[field]} alone", second, first)
            if expected == "listed":
                test.check(f"verdict of {row[0]}", (first["verdict"], first["score"]),
                           (row[2], 1000))


def check_ping(test):
    for keys, statuses in (([], []), ([HIT, NEVER], ["listed", "not_listed"])):
        pong = test.reply("PING", request(keys, PING), len(keys), PING)
        test.check("PING", pong.get("rcode"), "OK")
        test.check("canary", [answer["status"] for answer in pong.get("answers", [])], statuses)
        test.check("salt_fp of the zero salt", pong.get("salt_fp"), bytes.fromhex("6668"))
        test.check("generation is told", pong.get("generation", 0) > 0, True)
        test.check("no stream configured", pong.get("data_age"), 65535)
    test.rcode("PING with one key", request([HIT], PING), "FORMERR")
    test.rcode("PING with three keys", request([HIT] * 3, PING), "FORMERR")


def check_dropped(test):
    """Sizes, magic, types and header fields that a server must not answer."""
    good = request()
    for size in (0, 1, 39, 40, 127):
        test.dropped(f"{size} bytes", good[:size])
    test.dropped("1233 bytes", good.ljust(1233, b"\0"))
    test.rcode("1232 bytes", good.ljust(1232, b"\0"), "OK")
    for magic in (0x01, 0xC1, 0xE1, 0xF1):
        test.dropped(f"magic {magic:#x}", patched(good, 0, bytes([magic])))
    for kind in (0, 2, 4, 5, 6, 7, 9, 128, 255):
        test.dropped(f"type {kind}", patched(good, 1, bytes([kind])))
    for offset, what in ((2, "flags"), (4, "client_id"), (7, "client_id"), (8, "sid"),
                         (15, "sid"), (16, "mac1"), (19, "mac1")):
        test.dropped(f"plain with {what}", patched(good, offset, b"\1"))
    for suite in (0x10, 0x20, 0xF0):
        test.dropped(f"suite byte {suite:#x}", patched(good, 3, bytes([suite])))
    test.rcode("plain with a slot", patched(good, 3, b"\x05"), "OK")
    test.rcode("plain with a nonce", patched(good, 28, b"\xff" * 12), "OK")
    test.rcode("qflags", patched(good, 40, b"\xff"), "OK")


def check_formerr(test):
    test.rcode("QUERY without keys", request([]), "FORMERR")
    # 65 keys of no bytes fit the datagram; only their number is wrong.
    many = patched(request().ljust(1232, b"\0"), 41, b"\x41" + bytes(2) + b"\x7f\0" * 65)
    test.rcode("QUERY with 65 keys", many, "FORMERR")
    test.rcode("a key beyond the end", patched(request(), 41, b"\2\0\0\x7f\x4e" + bytes(78)
                                               + b"\1\5"), "FORMERR")
    test.rcode("a key's length beyond the end", patched(request(), 41, b"\2\0\0\x7f\x51"),
               "FORMERR")
    test.rcode("TLV beyond the end", with_tlvs(b"\x90\x4d"), "FORMERR")
    test.rcode("TLV up to the end", with_tlvs(b"\x90\x4c"), "OK")
    test.rcode("TLV without length", with_tlvs(b"\x90\x4b" + bytes(75) + b"\x90"), "FORMERR")
    test.rcode("unknown TLV below 0x80", with_tlvs(b"\x7f\0"), "FORMERR")
    test.rcode("the same behind a TLV", with_tlvs(b"\xff\2ab\1\0"), "FORMERR")
    test.rcode("garbage behind the end of TLVs", with_tlvs(b"\0\x7f\xff\xff"), "OK")


def check_truncated(test):
    """A query of 64 names, cut: its keys end at 1196, its answers need 584 bytes."""
    whole = patched(request().ljust(1232, b"\0"), 41,
                    b"\x40\0\0" + b"".join(b"\x10\x10" + secrets.token_bytes(16)
                                           for _ in range(64)))
    for size in (128, 129, 583, 584, 1195):
        test.rcode(f"cut to {size}", whole[:size], "FORMERR")
    for size in (1196, 1197, 1231):
        test.rcode(f"cut to {size}", whole[:size], "OK")
    short = patched(request(), 41, b"\x08\0\0" + b"\x7f\0" * 8).ljust(136, b"\0")
    for size, expected in ((128, "TOOSMALL"), (135, "TOOSMALL"), (136, "OK")):
        test.rcode(f"8 answers in {size}", short[:size], expected)
    test.check("a reply that fits exactly", len(test.raw("8 answers in 136", short)), 136)
    test.check("padding", [len(test.raw("padding", request().ljust(size, b"\0")))
                           for size in (128, 191, 1232)], [128] * 3)


def check_single_keys(test):
    """Errors of one key leave the others alone, and each is answered in its place."""
    odd = [HIT, (0x7F, b"123"), (0x01, b"123"), NEVER, (0x10, b""), (0x02, bytes(4)), HIT,
           (0x00, bytes(16)), (0x31, bytes(192)), (0x12, bytes(17)), HIT]
    statuses = ["listed", "unsupported", "malformed", "not_listed", "malformed", "malformed",
                "listed", "unsupported", "unsupported", "malformed", "listed"]
    answers = test.reply("odd keys", request(odd), len(odd)).get("answers", [])
    test.check("odd keys", [answer["status"] for answer in answers], statuses)
    test.check("64 keys, repeated", [answer["status"] for answer in
                                     ask(test.server, [HIT, NEVER] * 32)["answers"]],
               ["listed", "not_listed"] * 32)


def check_golden_replies(test):
    """Good and broken answers of packets.txt: reputed itself never sends the broken ones."""
    text = PACKETS.read_text(encoding="utf-8")
    replies = [line.split(" | ") for line in text.splitlines() if line.startswith("reply | ")]
    for _, name, outcome, packed in replies:
        data = b"".join(bytes.fromhex(group.partition("*")[0])
                        * int(group.partition("*")[2] or 1) for group in packed.split())
        # This client reads no TLV, so a TLV of a wrong length does not trouble it.
        if len(data) > 41 and data[1] in (2, 4) and name != "pong-snapshot-short":
            req_id = struct.unpack_from("<Q", data, 20)[0]
            taken = decode_reply(data, req_id, min(data[41], 64), data[1] - 1)
            test.check(name, taken is not None, outcome == "ok")
            test.check(f"{name}, other req_id", decode_reply(data, req_id ^ 1, 1), None)


def check_other_types(test):
    rejected = test.raw("major 2", patched(request(), 0, b"\xd2"))
    test.check("REJECT of major 2", (len(rejected), rejected[:2], rejected[40:]),
               (43, b"\xd1\x07", b"\1\1\1"))
    test.dropped("major 2, short", patched(request(), 0, b"\xd2")[:127])
    test.dropped("major 2, ANSWER", patched(request(), 0, b"\xd2\2"))
    fetch = patched(request([]).ljust(1232, b"\0"), 1, b"\x08")
    for offset in (0, 1):
        asked = patched(fetch, 40, struct.pack("<BI", 1, offset))
        part = test.raw("FETCH", asked)
        test.check("PART: type, req_id", (part[:2], part[20:28]), (b"\xd1\x09", asked[20:28]))
        test.check("PART: no server list", (part[40:48], len(part)),
                   (struct.pack("<II", 0, offset), 52))
    test.dropped("FETCH of something else", patched(fetch, 40, b"\x09"))


def main():
    reputed = pathlib.Path(os.environ.get("REPUTE_BIN_DIR", ""), "reputed")
    if not reputed.is_file():
        print("skipped: no reputed in REPUTE_BIN_DIR")
        return 77
    with subprocess.Popen([reputed, "--demo", "--listen", "127.0.0.1:0"], text=True,
                          stderr=subprocess.PIPE) as server:
        try:
            port = None
            while not port:
                line = server.stderr.readline()
                assert line, "reputed ended"
                port = re.search(r"udp 127\.0\.0\.1:(\d+)", line)
            test = tester(int(port[1]))
            for check in (check_test_points, check_ping, check_dropped, check_formerr,
                          check_truncated, check_single_keys, check_golden_replies,
                          check_other_types):
                check(test)
        finally:
            server.terminate()  # not killed: a demo removes its database
    print("\n".join(test.failures))
    print(f"{test.checks} checks, {len(test.failures)} failed")
    return 1 if test.failures else 0


if __name__ == "__main__":
    sys.exit(main())
