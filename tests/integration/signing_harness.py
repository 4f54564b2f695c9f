# SPDX-License-Identifier: Apache-2.0
"""What the tests of signatures share: key files, small loads, a client of FETCH and PART."""
import os
import socket
import struct

import client_harness
import ed25519

MANIFEST_DOMAIN = b"repute manifest signature 1\n"
SERVERS_DOMAIN = b"repute server list signature 1\n"
FETCH, PART = 8, 9


def repute(*arguments, expect=0, **variables):
    """Runs repute; returns what it said on both outputs."""
    code, out, err = client_harness.repute(*arguments, **variables)
    assert code == expect, (arguments, code, out, err)
    return out + err


class Key:
    """A key pair made by `repute keys sign-key`."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name)
        self.word = repute("keys", "sign-key", self.path).strip()
        assert repute("keys", "show", self.path).strip() == self.word
        self.public = bytes.fromhex(self.word.removeprefix("ed25519:"))


def load(db, name, *options, expect=0):
    """Loads one feed that lists the name; returns what was said."""
    return repute("load", "--db", db, "--feed", "mine", "--kind", "domain", "--verdict", "spam",
                  "--no-progress", *options, "-", expect=expect, stdin=name + "\n")


def snapshot_file(db, generation, ending):
    return os.path.join(db, "snapshots", f"{generation:08}.{ending}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def check_signature_file(db, generation, key):
    """Written after schema/signatures.md alone."""
    head, owner, made, rest = read(snapshot_file(db, generation, "sig")).split(b"\n")
    assert head == b"repute signature 1" and rest == b"", head
    assert owner == b"key " + key.word.encode(), owner
    manifest = read(snapshot_file(db, generation, "manifest"))
    signature = bytes.fromhex(made.decode().removeprefix("signature "))
    assert ed25519.verify(key.public, MANIFEST_DOMAIN + manifest, signature)
    assert not ed25519.verify(key.public, manifest, signature)


def ask_part(address, offset, size=1232):
    """(total, offset, version, bytes) of the server's list from an offset on."""
    request = struct.pack("<BB2x4x8x4xQ12x", 0xD1, FETCH, 77) + struct.pack("<BI", 1, offset)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        client.connect(address)
        client.send(request.ljust(size, b"\0"))
        reply = client.recv(2048)
    assert len(reply) <= size, (len(reply), size)
    assert reply[:2] == bytes([0xD1, PART]) and struct.unpack_from("<Q", reply, 20) == (77,), reply
    return (*struct.unpack_from("<III", reply, 40), reply[52:])


def fetch(address, size=1232):
    document = b""
    while True:
        total, offset, version, piece = ask_part(address, len(document), size)
        assert offset == len(document)
        document += piece
        if len(document) >= total:
            return document, version


def check_server_list(document, key):
    """Checks the signature; returns the lines above it."""
    covered, _, made = document.rpartition(b"signature ")
    assert ed25519.verify(key.public, SERVERS_DOMAIN + covered, bytes.fromhex(made.decode()))
    lines = covered.decode().splitlines()
    assert lines[-1] == "key " + key.word, lines
    return lines[:-1]
