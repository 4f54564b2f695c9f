#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Test vectors of sealed mode, made from the page schema/sealed_mode.md and nothing of ours.

  sealed_vectors.py               prints what belongs into schema/vectors/sealed.txt
  sealed_vectors.py --check FILE  exits 1, with the first line that differs, if FILE is not that

Ciphers are slow, not constant in time, and compared with published values before all else.
"""
import argparse
import hashlib
import hmac
import itertools
import struct
import sys
from typing import NamedTuple

HEAD = """\
# Sealed mode; the page is ../sealed_mode.md. Made by tests/unit/seal/sealed_vectors.py, which has
# no code in common with what is tested. Fields between "|", byte strings in hexadecimal, "-" is the
# empty one; client_id, suite, time and mark are decimal numbers.
#
# client | master key | client_id | psk | mac key
# session | psk | sid | suite | c2s | s2c
# mac1 | mac key | header of a sealed request | mac1 as it stands at offset 16
# nonce | 12 random bytes | unix time in ns | mark (number of the server or process) | nonce
# request | master key | plain request | the same, sealed
# reply | master key | header of the sealed request | plain reply | the same, sealed
# request_bad | what is wrong (mac1 is right, unless named) | master key | sealed request
# master | file of master keys
# credentials | file of credentials
# master_bad | what is wrong (check is right, unless named) | file that must be refused
# credentials_bad | what is wrong (check is right, unless named) | file that must be refused
"""


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def blocks_of_16(data):
    """The data in blocks; the last one is filled with zeros."""
    return [data[i:i + 16].ljust(16, b"\0") for i in range(0, len(data), 16)]


def rotate(value, count, bits):
    return (value << count | value >> (bits - count)) & ((1 << bits) - 1)


def sip_round(v0, v1, v2, v3):
    mask = 2**64 - 1
    v0, v2 = v0 + v1 & mask, v2 + v3 & mask
    v1, v3 = rotate(v1, 13, 64) ^ v0, rotate(v3, 16, 64) ^ v2
    v0, v2 = rotate(v0, 32, 64) + v3 & mask, v2 + v1 & mask
    v1, v3 = rotate(v1, 17, 64) ^ v2, rotate(v3, 21, 64) ^ v0
    return v0, v1, rotate(v2, 32, 64), v3


def siphash_2_4(key, message):
    k0, k1 = struct.unpack("<QQ", key)
    constants = struct.unpack(">4Q", b"somepseudorandomlygeneratedbytes")
    v0, v1, v2, v3 = (k ^ c for k, c in zip((k0, k1, k0, k1), constants))
    end = bytes(-(len(message) + 1) % 8) + bytes([len(message) % 256])
    for word, in struct.iter_unpack("<Q", message + end):
        v0, v1, v2, v3 = sip_round(*sip_round(v0, v1, v2, v3 ^ word))
        v0 ^= word
    v2 ^= 0xFF
    for _ in range(4):
        v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


def hkdf_expand(prk, info, size):
    """RFC 5869; its HKDF-Extract is just HMAC(salt, secret)."""
    output, block = b"", b""
    for number in range(1, -(-size // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([number]), "sha256")
        output += block
    return output[:size]


def encrypt(cipher, nonce, associated, plain):
    ciphertext = xor(plain, cipher.keystream(nonce, len(plain)))
    return ciphertext + cipher.tag(nonce, associated, ciphertext)


def aes_double(value):
    return value << 1 ^ (0x11B if value & 0x80 else 0)


def aes_sbox():
    powers_of_3 = [1]
    while len(powers_of_3) < 255:
        powers_of_3.append(powers_of_3[-1] ^ aes_double(powers_of_3[-1]))
    box = [0x63] * 256
    for exponent, value in enumerate(powers_of_3):
        inverse = powers_of_3[-exponent % 255]
        for count in range(5):
            box[value] ^= rotate(inverse, count, 8)
    return box


class Aes128Gcm:
    """FIPS 197 and SP 800-38D."""
    word, key_size = "aes-128-gcm", 16
    sbox = aes_sbox()

    def __init__(self, key):
        words, constant = [key[i:i + 4] for i in range(0, 16, 4)], 1
        for number in range(4, 44):
            word = words[-1]
            if number % 4 == 0:
                word = bytes(self.sbox[octet] for octet in word[1:] + word[:1])
                word = xor(word, bytes([constant, 0, 0, 0]))
                constant = aes_double(constant)
            words.append(xor(word, words[-4]))
        self.round_keys = [b"".join(words[i:i + 4]) for i in range(0, 44, 4)]

    @staticmethod
    def mix_column(column):
        total = column[0] ^ column[1] ^ column[2] ^ column[3]
        return [column[i] ^ total ^ aes_double(column[i] ^ column[(i + 1) % 4]) for i in range(4)]

    def block(self, block):
        state = xor(block, self.round_keys[0])
        for number, round_key in enumerate(self.round_keys[1:], 1):
            state = [self.sbox[state[5 * i % 16]] for i in range(16)]  # SubBytes and ShiftRows
            if number < 10:
                state = [x for i in (0, 4, 8, 12) for x in self.mix_column(state[i:i + 4])]
            state = xor(state, round_key)
        return state

    def keystream(self, nonce, size, first=2):
        counters = range(first, first + -(-size // 16))
        return b"".join(self.block(nonce + struct.pack(">I", n)) for n in counters)[:size]

    @staticmethod
    def ghash_product(x, y):
        product = 0
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                product ^= y
            y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
        return product

    def tag(self, nonce, associated, ciphertext):
        hash_key, digest = int.from_bytes(self.block(bytes(16)), "big"), 0
        sizes = struct.pack(">QQ", 8 * len(associated), 8 * len(ciphertext))
        for block in blocks_of_16(associated) + blocks_of_16(ciphertext) + [sizes]:
            digest = self.ghash_product(digest ^ int.from_bytes(block, "big"), hash_key)
        return xor(digest.to_bytes(16, "big"), self.keystream(nonce, 16, first=1))


class ChaCha20Poly1305:
    """RFC 8439."""
    word, key_size = "chacha20-poly1305", 32
    quarters = [[i, (i + turn) % 4 + 4, (i + 2 * turn) % 4 + 8, (i + 3 * turn) % 4 + 12]
                for turn in (0, 1) for i in range(4)]  # columns, then diagonals

    def __init__(self, key):
        self.key = key

    @staticmethod
    def quarter_round(state, a, b, c, d):
        for x, y, z, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = (state[x] + state[y]) % 2**32
            state[z] = rotate(state[z] ^ state[x], count, 32)

    def block(self, nonce, counter):
        octets = b"expand 32-byte k" + self.key + struct.pack("<I", counter) + nonce
        start = struct.unpack("<16I", octets)
        state = list(start)
        for quarter in self.quarters * 10:
            self.quarter_round(state, *quarter)
        return struct.pack("<16I", *((a + b) % 2**32 for a, b in zip(state, start)))

    def keystream(self, nonce, size):
        counters = range(1, 1 + -(-size // 64))
        return b"".join(self.block(nonce, n) for n in counters)[:size]

    def tag(self, nonce, associated, ciphertext):
        factor, summand = (int.from_bytes(self.block(nonce, 0)[i:i + 16], "little")
                           for i in (0, 16))
        factor &= 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
        sizes, total = struct.pack("<QQ", len(associated), len(ciphertext)), 0
        for block in blocks_of_16(associated) + blocks_of_16(ciphertext) + [sizes]:
            total = (total + int.from_bytes(block + b"\1", "little")) * factor % (2**130 - 5)
        return ((total + summand) % 2**128).to_bytes(16, "little")


SUITES = {1: Aes128Gcm, 2: ChaCha20Poly1305}


def expect(name, got, wanted):
    if got != wanted:
        sys.exit(f"sealed_vectors.py: {name} is wrong: {got}, not {wanted}")


def check_primitives():
    """Against the SipHash paper, RFC 5869, the GCM paper, and RFC 8439."""
    siphash = siphash_2_4(bytes(range(16)), bytes(range(15)))
    expect("SipHash-2-4", f"{siphash:016x}", "a129ca6149be45e5")
    prk = hmac.digest(bytes(range(13)), b"\x0b" * 22, "sha256")
    okm = hkdf_expand(prk, bytes(range(0xF0, 0xFA)), 42)
    expect("HKDF test case 1", okm.hex(), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56"
           "ecc4c5bf34007208d5b887185865")
    key, nonce, associated, plain, ciphertext = (bytes.fromhex(word) for word in (
        "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"))
    expect("GCM test case 3", encrypt(Aes128Gcm(key), nonce, b"", plain).hex(),
           ciphertext.hex() + "4d5c2af327cd64a62cf35abd2ba6fab4")
    expect("GCM test case 4", encrypt(Aes128Gcm(key), nonce, associated, plain[:60]).hex(),
           ciphertext[:60].hex() + "5bc94fbc3221a5db94fae95ae7121a47")
    sealed = encrypt(
        ChaCha20Poly1305(bytes(range(0x80, 0xA0))), bytes.fromhex("070000004041424344454647"),
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
        b" future, sunscreen would be it.")
    expect("ChaCha20-Poly1305, section 2.8.2", sealed.hex(),
           "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
           "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
           "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
           "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")


def client_keys(master_key, client_id):
    """psk and mac key."""
    number = struct.pack("<I", client_id)
    return (hkdf_expand(master_key, b"rep1 client" + number, 32),
            hkdf_expand(master_key, b"rep1 mac1" + number, 16))


def session_key(psk, sid, suite, direction):
    info = b"rep1 " + direction + bytes([suite])
    return hkdf_expand(hmac.digest(sid, psk, "sha256"), info, SUITES[suite].key_size)


class Header(NamedTuple):
    magic: int = 0xD1
    type: int = 0
    flags: int = 0
    suite_slot: int = 0
    client_id: int = 0
    sid: bytes = bytes(8)
    mac1: bytes = bytes(4)
    req_id: bytes = bytes(8)
    nonce: bytes = bytes(12)
    layout = struct.Struct("<BBBBI8s4s8s12s")

    @classmethod
    def of(cls, datagram):
        return cls(*cls.layout.unpack(datagram[:40]))

    def pack(self):
        return self.layout.pack(*self)

    def with_mac1(self, master_key):
        mac_key = client_keys(master_key, self.client_id)[1]
        digest = siphash_2_4(mac_key, self.pack()[:16] + self.pack()[20:])
        return self._replace(mac1=struct.pack("<I", digest % 2**32))


def seal(master_key, header, body, direction):
    psk, suite = client_keys(master_key, header.client_id)[0], header.suite_slot >> 4
    cipher = SUITES[suite](session_key(psk, header.sid, suite, direction))
    return header.pack() + encrypt(cipher, header.nonce, header.pack(), body)


def example_bytes(label, size):
    return hashlib.sha256(label.encode()).digest()[:size]


MASTER_KEYS = {0: bytes(range(32)), 3: bytes(range(0x20, 0x40))}  # by slot
CLIENTS = {1: (3, 257), 2: (0, 0xFFFFFF01)}  # by suite: slot and client_id
HOUR = 39956  # 2026-11-22 12:00 UTC, modulo 65536
SERVER_TIME_MS = (7 * 65536 + HOUR + 5) * 3600 * 1000  # five hours later
SID = struct.pack("<H", HOUR) + example_bytes("sid", 6)
QUERY, ANSWER, PING, FETCH, IP4, HOST = 1, 2, 3, 8, 0x01, 0x10
REQ_ID = struct.pack("<Q", 0x0123456789ABCDEF)


def host_key(name):
    return HOST, hmac.digest(bytes(32), bytes([HOST]) + name.encode(), "sha256")[:16]


def query(req_id, keys):
    body = struct.pack("<BBH", 0, len(keys), 500)
    body += b"".join(struct.pack("BB", kind, len(key)) + key for kind, key in keys)
    size = max(40 + len(body), 88 + 8 * len(keys), 128)
    return (Header(type=QUERY, req_id=req_id).pack() + body).ljust(-(-size // 64) * 64, b"\0")


def plain_requests():
    yield query(REQ_ID, [(IP4, bytes([127, 0, 0, 2])), host_key("test")])
    yield query(example_bytes("query", 8), [host_key(f"host{n}.example") for n in range(20)])
    yield Header(type=PING, req_id=example_bytes("ping", 8)).pack() + bytes(88)
    yield (Header(type=FETCH, req_id=example_bytes("fetch", 8)).pack() + b"\1").ljust(1216, b"\0")


def plain_replies():
    """To the first request: the page's example, and CLOCK."""
    listed = [struct.pack("<BBhHH", 1, verdict, 1000, 0x2000, 60) for verdict in (5, 1)]
    for rcode, rest in (0, b"".join(listed)), (6, struct.pack("<BBQ", 0x82, 8, SERVER_TIME_MS)):
        status = struct.pack("<BBBBHHIIQHHI", rcode, 2, 0, 12, 3, 0, 7, 0x11223344, 0, 0xFFFF,
                             0x6866, 42)
        yield (Header(type=ANSWER, req_id=REQ_ID).pack() + status + rest).ljust(128, b"\0")


def client_lines():
    for master_key, client_id in itertools.product(MASTER_KEYS.values(), (257, 513, 0xFFFFFF01)):
        yield "client", master_key, client_id, *client_keys(master_key, client_id)


def session_lines():
    clients, hours = CLIENTS.values(), (0, HOUR, 0xFFFF)
    for (slot, client_id), hour, suite in itertools.product(clients, hours, SUITES):
        psk, sid = client_keys(MASTER_KEYS[slot], client_id)[0], struct.pack("<H", hour) + SID[2:]
        keys = [session_key(psk, sid, suite, direction) for direction in (b"c2s", b"s2c")]
        yield "session", psk, sid, suite, *keys


def request_lines():
    for (number, plain), suite in itertools.product(enumerate(plain_requests()), SUITES):
        slot, client_id = CLIENTS[suite]
        key, nonce = MASTER_KEYS[slot], example_bytes(f"request {number} {suite}", 12)
        header = Header.of(plain)._replace(suite_slot=suite << 4 | slot, client_id=client_id,
                                           sid=SID, nonce=nonce).with_mac1(key)
        yield "request", key, plain, seal(key, header, plain[40:], b"c2s")


def mac1_lines():
    for _, master_key, _, sealed in request_lines():
        header = Header.of(sealed)
        yield "mac1", client_keys(master_key, header.client_id)[1], header.pack(), header.mac1


def nonce_lines():
    for drawn, time_ns, mark in ((bytes(12), 1795348800123456789, 7),
                                 (example_bytes("nonce", 12), 1795348800123456789, 0x01020304),
                                 (b"\xff" * 12, 2**64 - 1, 2**32 - 2)):
        yield "nonce", drawn, time_ns, mark, xor(drawn, struct.pack("<QI", time_ns, mark))


def reply_lines():
    for _, master_key, _, sealed in itertools.islice(request_lines(), len(SUITES)):
        request = Header.of(sealed)
        for number, plain in enumerate(plain_replies()):
            nonce = example_bytes(f"reply {number} {request.suite_slot}", 12)
            header = request._replace(type=ANSWER, mac1=bytes(4), nonce=nonce)
            reply = seal(master_key, header, plain[40:], b"s2c")
            yield "reply", master_key, request.pack(), plain, reply


def flipped(data, offset):
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1:]


def request_bad_lines():
    _, master_key, plain, good = next(request_lines())
    header, rest = Header.of(good), good[40:]
    bad_requests = {
        "tag bit flipped": flipped(good, len(good) - 1),
        "body bit flipped": flipped(good, 40),
        "mac1 changed": flipped(good, 16),
        "one byte too few": good[:-1],
        "one byte too many": good + b"\0",
        "sealed with the key of replies": seal(master_key, header, plain[40:], b"s2c"),
    }
    for what, changed in {
            "flags 1": {"flags": 1},
            "PING instead of QUERY": {"type": PING},
            "other client_id": {"client_id": header.client_id + 1},
            "other slot": {"suite_slot": 0x10},
            "other suite": {"suite_slot": 0x23},
            "suite 3": {"suite_slot": 0x33},
            "other sid": {"sid": flipped(header.sid, 7)},
            "nonce changed": {"nonce": flipped(header.nonce, 11)},
            "req_id changed": {"req_id": flipped(header.req_id, 0)},
    }.items():
        bad_requests[what] = header._replace(**changed).with_mac1(master_key).pack() + rest
    for what, bad in bad_requests.items():
        yield "request_bad", what, master_key, bad


def with_check(text):
    return f"{text}check {hashlib.sha256(text.encode()).hexdigest()[:16]}\n"


def master_text():
    lines = [f"slot {slot} {key.hex()}\n" for slot, key in MASTER_KEYS.items()]
    return "".join(["repute master keys 1\n", *lines])


def credentials_text(suite):
    psk, mac_key = client_keys(MASTER_KEYS[3], 257)
    return (f"repute credentials 1\nname mx1.example\nclient 257\nslot 3\n"
            f"suite {SUITES[suite].word}\npsk {psk.hex()}\nmac {mac_key.hex()}\n"
            f"salt {bytes(range(0x40, 0x60)).hex()}\n")


def edited(text, old, new):
    expect(f"the number of '{old}'", text.count(old), 1)
    return text.replace(old, new)


def bad_anyhow(text):
    """What is wrong in a file of any kind; both have a slot 3, and end with a key of 32 bytes."""
    good, lines = with_check(text), text.splitlines(keepends=True)
    yield "no line feed at the end", good[:-1]
    yield "garbage after the check line", good + "garbage\n"
    yield "empty line after the check line", good + "\n"
    yield "check in upper case", good[:-17] + good[-17:].upper()
    yield "check of seven bytes", good[:-3] + "\n"
    yield "wrong check", f"{good[:-2]}{int(good[-2], 16) ^ 1:x}\n"
    for what, bad in {
            "slot 16": edited(text, "slot 3", "slot 16"),
            "slot 03": edited(text, "slot 3", "slot 03"),
            "two spaces": edited(text, "slot 3", "slot  3"),
            "space at the end of a line": text[:-1] + " \n",
            "upper-case digits": text[:-65] + text[-65:].upper(),
            "31 bytes instead of 32": text[:-3] + "\n",
            "33 bytes instead of 32": text[:-1] + "00\n",
            "CR LF": text.replace("\n", "\r\n"),
            "other first line": text.replace(" 1\n", " 2\n"),
            "no first line": "".join(lines[1:]),
            "last two lines in another order": "".join(lines[:-2] + lines[:-3:-1]),
    }.items():
        yield what, with_check(bad)


def bad_masters():
    yield from bad_anyhow(master_text())
    yield "slots not ascending", with_check(edited(master_text(), "slot 0", "slot 4"))
    yield "slot twice", with_check(edited(master_text(), "slot 3", "slot 0"))
    yield "no slots", with_check("repute master keys 1\n")


def bad_credentials():
    text = credentials_text(1)
    yield from bad_anyhow(text)
    for what, old, new in (
            ("client 0", "client 257", "client 0"),
            ("version 0 of the client's keys", "client 257", "client 256"),
            ("client's number 0", "client 257", "client 255"),
            ("client beyond 32 bits", "client 257", f"client {2**32 + 257}"),
            ("client 0257", "client 257", "client 0257"),
            ("unknown suite", "aes-128-gcm", "aes-256-gcm"),
            ("upper case in the name", "mx1", "Mx1"),
            ("space in the name", "mx1.", "mx1 "),
            ("empty name", "mx1.example", ""),
            ("name of 64", "mx1.example", "a" * 64),
            ("no slot", "slot 3\n", ""),
            ("slot twice", "slot 3\n", "slot 3\nslot 3\n"),
    ):
        yield what, with_check(edited(text, old, new))


def file_lines():
    yield "master", with_check(master_text()).encode()
    for suite in SUITES:
        yield "credentials", with_check(credentials_text(suite)).encode()
    for word, table in ("master_bad", bad_masters()), ("credentials_bad", bad_credentials()):
        for what, text in table:
            yield word, what, text.encode()


def vectors():
    text = HEAD
    for table in (client_lines, session_lines, mac1_lines, nonce_lines, request_lines, reply_lines,
                  request_bad_lines, file_lines):
        for fields in table():
            words = (f.hex() or "-" if isinstance(f, bytes) else str(f) for f in fields)
            text += " | ".join(words) + "\n"
    return text


def check_file(path, wanted_lines):
    with open(path, "rb") as file:
        for number, (line, wanted) in enumerate(itertools.zip_longest(file, wanted_lines), 1):
            if line != wanted:
                sys.exit(f"{path}:{number}: is {line}, must be {wanted}")


def main():
    parser = argparse.ArgumentParser(description="test vectors of sealed mode")
    parser.add_argument("--check", metavar="FILE")
    arguments = parser.parse_args()
    check_primitives()
    if arguments.check:
        check_file(arguments.check, vectors().encode().splitlines(keepends=True))
    else:
        sys.stdout.write(vectors())


if __name__ == "__main__":
    main()
