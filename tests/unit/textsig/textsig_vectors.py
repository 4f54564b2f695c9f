#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Test vectors of text signatures, made from the page schema/text_signature.md and nothing of ours.

  textsig_vectors.py               prints what belongs into schema/vectors/text_signature.txt
  textsig_vectors.py --check FILE  exits 1, with the first line that differs, if FILE is not that
"""
import argparse
import hashlib
import hmac
import itertools
import struct
import sys

HEAD = """\
# Text signatures; the page is ../text_signature.md. Made by tests/unit/textsig/textsig_vectors.py,
# which has no code in common with what is tested. Fields between "|", byte strings in hexadecimal,
# "-" is the empty one.
#
# A text is written out, or as "N words" for the first N of a b c ... z ba bb ... zz baa ...
#
# layout | bands, in decimal | FALLBACK | format | filter version | the 192 bytes
# near | filter version | filter version | yes or no
# keys | salt | key of SipHash | 8 bytes for S_k and M_k each, lowest bit of M_k as derived
# token | salt | token | hash, 16 digits, highest first
# common | salt | filter version | texts of the sample, between "/" | file
# common_bad | what is wrong (the check is right, unless named) | salt | file that must be refused
# signature | salt | file of common shingles | text | signature, or "none"
"""

MASK64 = 2**64 - 1
BANDS, HEAD_FROM, TAIL_FROM, WINDOW = 85, 53, 69, 64


def rotate(value, count):
    return (value << count | value >> (64 - count)) & MASK64


def sip_round(v0, v1, v2, v3):
    v0, v2 = v0 + v1 & MASK64, v2 + v3 & MASK64
    v1, v3 = rotate(v1, 13) ^ v0, rotate(v3, 16) ^ v2
    v0, v2 = rotate(v0, 32) + v3 & MASK64, v2 + v1 & MASK64
    v1, v3 = rotate(v1, 17) ^ v2, rotate(v3, 21) ^ v0
    return v0, v1, rotate(v2, 32), v3


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
    output, block = b"", b""
    for number in range(1, -(-size // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([number]), "sha256")
        output += block
    return output[:size]


def check_primitives():
    """Against the SipHash paper, RFC 5869, and Java's SplittableRandom (seed 0)."""
    for got, wanted in (
            (siphash_2_4(bytes(range(16)), bytes(range(15))), 0xA129CA6149BE45E5),
            (hkdf_expand(hmac.digest(bytes(range(13)), b"\x0b" * 22, "sha256"),
                         bytes(range(0xF0, 0xFA)), 42).hex(),
             "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
             "34007208d5b887185865"),
            (mix(0x9E3779B97F4A7C15), 0xE220A8397B1DCDAF)):
        if got != wanted:
            sys.exit(f"textsig_vectors.py: a primitive gives {got}, not {wanted}")


def mix(x):
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK64
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK64
    return x ^ x >> 31


def key_material(salt):
    return hkdf_expand(salt, b"repute text signature 1", 1376)


def token_hash(salt, word):
    return siphash_2_4(key_material(salt)[:16], word.encode())


def words_of(text):
    return text.split(" ")[:4096]


def shingles(salt, words):
    hashes = {word: token_hash(salt, word) for word in set(words)}
    found = set()
    for i, first in enumerate(words):
        for second in words[i + 1:i + 4]:
            if not {first, second} <= {"xurlx", "xaddrx", "0"}:
                a, b = hashes[first], hashes[second]
                found.add(mix(min(a, b) ^ mix(max(a, b))))
    return set(sorted(found)[:4096])


class CommonShingles:
    """A file: Bloom filter with its head and check."""

    def __init__(self, file):
        self.version, self.words = file[9], struct.unpack_from("<I", file, 20)[0]
        self.bits = int.from_bytes(file[24:24 + 8 * self.words], "little")

    @staticmethod
    def places(x, words):
        low, high = x % 2**32, x >> 32 | 1
        return [(low + j * high) % 2**32 * 64 * words // 2**32 for j in range(8)]

    def __contains__(self, x):
        return all(self.bits >> place & 1 for place in self.places(x, self.words))

    @staticmethod
    def check(body):
        return body + hashlib.sha256(body).digest()[:8]

    @classmethod
    def file(cls, salt, version, texts):
        sets = [shingles(salt, words_of(text)) for text in texts]
        least = max(2, -(-2 * len(texts) // 1000))
        common = [x for x in set().union(*sets) if sum(x in each for each in sets) >= least]
        words, bits = max(1, -(-12 * len(common) // 64)), 0
        for x in common:
            for place in cls.places(x, words):
                bits |= 1 << place
        salt_fp = hashlib.sha256(salt).digest()[:2]
        head = struct.pack("<8sBB2sIII", b"RPCOMMON", 1, version, salt_fp, len(common), len(texts),
                           words)
        return cls.check(head + bits.to_bytes(8 * words, "little"))


def layout(bands, fallback, number, version):
    value = fallback << 1530 | number << 1531 | version << 1533
    for i, band in enumerate(bands):
        value |= band << 18 * i
    return value.to_bytes(192, "little")


def make_bands(salt, numbers, found):
    if len(found) < 4:
        return [0 for _ in numbers]
    rows = [(s, m | 1) for s, m in struct.iter_unpack("<II", key_material(salt)[16:])]
    low, bands = {x % 2**32 for x in found}, []
    for i in numbers:
        first, second = (min((x ^ s) * m % 2**32 for x in low) for s, m in rows[2 * i:2 * i + 2])
        bands.append(mix(first << 32 | second) >> 46 or 1)
    return bands


def signature(salt, common_file, text):
    words = words_of(text)
    found = shingles(salt, words)
    if len(words) < 8 or len(found) < 16:
        return None
    common = CommonShingles(common_file) if common_file else None
    lists = [found, found, found]
    if len(words) > WINDOW:
        lists[1:] = shingles(salt, words[:WINDOW]), shingles(salt, words[-WINDOW:])
    filtered = [{x for x in each if not common or x not in common} for each in lists]
    fallback = len(filtered[0]) < 40
    if not fallback:
        lists = filtered
    ranges = range(HEAD_FROM), range(HEAD_FROM, TAIL_FROM), range(TAIL_FROM, BANDS)
    bands = [band for numbers, each in zip(ranges, lists)
             for band in make_bands(salt, numbers, each)]
    return layout(bands, fallback, 1, common.version if common else 0)


def word(number):
    letters = ""
    while True:
        letters = chr(ord("a") + number % 26) + letters
        number //= 26
        if not number:
            return letters


def counted(count):
    return " ".join(word(number) for number in range(count))


def drawn(label, size):
    return hashlib.shake_256(label.encode()).digest(size)


def drawn_text(label, count, vocabulary):
    numbers = struct.unpack(f"<{count}H", drawn(label, 2 * count))
    return " ".join(word(number % vocabulary) for number in numbers)


SALTS = bytes(32), bytes(range(0x40, 0x60))
SENTENCE = "dear friend please confirm your account at xurlx before 0 or write to xaddrx today"
OTHER_SCRIPTS = ("уважаемый клиент подтвердите ваш счёт сегодня до полуночи 银行 行账 账户 户确 确认 "
                 "größe xurlx straße")


def sample():
    """Mails with a letter in common."""
    for number in range(4):
        yield f"{counted(WINDOW)} {drawn_text(f'mail {number}', 40, 5000)}"
    yield "too short"


def texts():
    yield from ("", "a", counted(7), counted(8), counted(9), "0 " * 30 + "a", "xurlx " * 8 + "0")
    yield from (SENTENCE, OTHER_SCRIPTS, f"{SENTENCE} {SENTENCE}", " ".join(["buy now"] * 40))
    for count in (10, 17, 42, 60, 64, 65, 66, 130, 1367, 1368, 5000):
        yield counted(count)
    for count, vocabulary in ((20, 9), (64, 40), (65, 40), (190, 300), (700, 2000)):
        yield drawn_text(f"text {count}", count, vocabulary)
    # The filter leaves nothing, or a little, of the head, of the tail, of the whole.
    own = drawn_text("own", 40, 9000)
    for before, after in ((64, 0), (62, 0), (0, 64), (0, 63), (64, 64)):
        yield " ".join(filter(None, (before and counted(before), own, after and counted(after))))
    yield f"{drawn_text('front', 12, 9000)} {counted(60)}"


def shown(text):
    count = len(text.split(" "))
    return f"{count} words" if count > 20 and text == counted(count) else text


def layout_lines():
    ends = [1 + 262142 * (i % 2) for i in range(BANDS)]
    several = [int.from_bytes(drawn(f"band {i}", 3), "little") % 2**18 for i in range(BANDS)]
    for bands, fallback, number, version in (([0] * BANDS, 0, 0, 0), (ends, 1, 3, 7),
                                             (several, 0, 1, 0), (several[::-1], 1, 1, 5),
                                             ([0] * 84 + [1], 0, 2, 1), ([2**17] * BANDS, 0, 1, 4)):
        yield ("layout", " ".join(map(str, bands)), fallback, number, version,
               layout(bands, fallback, number, version))


def near_lines():
    for a, b in itertools.product(range(8), range(8)):
        near = a == b or (a and b and (a - b) % 7 in (1, 6))
        yield "near", a, b, "yes" if near else "no"


def key_lines():
    for salt in SALTS:
        okm = key_material(salt)
        yield "keys", salt, okm[:16], okm[16:]


def token_lines():
    for salt, text in itertools.product(SALTS, ("a", "seventh", "eighttok", SENTENCE.split()[4],
                                                "größe", "银行", "x" * 40)):
        yield "token", salt, text, f"{token_hash(salt, text):016x}"


def common_lines():
    for salt, mails in zip(SALTS, (list(sample()), ["only one mail", SENTENCE])):
        yield "common", salt, 3, "/".join(mails), CommonShingles.file(salt, 3, mails)


def common_bad_lines():
    for what, bad in {
            "another magic": lambda body: b"RPCOMMOM" + body[8:],
            "another format": lambda body: body[:8] + b"\2" + body[9:],
            "filter version 0": lambda body: body[:9] + b"\0" + body[10:],
            "filter version 8": lambda body: body[:9] + b"\x08" + body[10:],
            "another salt": lambda body: body[:10] + b"\0\0" + body[12:],
            "no words": lambda body: body[:20] + bytes(4),
            "a word too few": lambda body: body[:-8],
            "a byte too many": lambda body: body + b"\0",
            "more words than there may be":
                lambda body: body[:20] + struct.pack("<I", 2**22 + 1) + body[24:]}.items():
        good = CommonShingles.file(SALTS[0], 1, [SENTENCE, SENTENCE])
        yield "common_bad", what, SALTS[0], CommonShingles.check(bad(good[:-8]))
    yield "common_bad", "wrong check", SALTS[0], good[:-1] + bytes([good[-1] ^ 1])
    yield "common_bad", "a bit flipped", SALTS[0], good[:30] + bytes([good[30] ^ 1]) + good[31:]
    yield "common_bad", "cut", SALTS[0], good[:23]
    yield "common_bad", "empty", SALTS[0], b""


def signature_lines():
    files = [CommonShingles.file(SALTS[0], 3, list(sample())), b""]
    for salt, file in zip(SALTS, files):
        for text in texts():
            yield "signature", salt, file, shown(text), signature(salt, file, text) or "none"


def field(value):
    return value.hex() or "-" if isinstance(value, bytes) else str(value)


def vectors():
    text = HEAD
    for table in (layout_lines, near_lines, key_lines, token_lines, common_lines, common_bad_lines,
                  signature_lines):
        for fields in table():
            text += " | ".join(map(field, fields)) + "\n"
    return text


def check_file(path, wanted_lines):
    with open(path, "rb") as file:
        for number, (line, wanted) in enumerate(itertools.zip_longest(file, wanted_lines), 1):
            if line != wanted:
                sys.exit(f"{path}:{number}: is {line}, must be {wanted}")


def main():
    parser = argparse.ArgumentParser(description="test vectors of text signatures")
    parser.add_argument("--check", metavar="FILE")
    arguments = parser.parse_args()
    check_primitives()
    if arguments.check:
        check_file(arguments.check, vectors().encode().splitlines(keepends=True))
    else:
        sys.stdout.write(vectors())


if __name__ == "__main__":
    main()
