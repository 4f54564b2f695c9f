# SPDX-License-Identifier: Apache-2.0
"""A snapshot carried to a second database directory, and why it may be refused there."""
import os
import tempfile

import reputed_harness as harness
import signing_harness as signing
from signing_harness import Key, load, repute

SALT = "5a" * 32 + "\n"


def make_database(folder, name, salt=SALT):
    db = os.path.join(folder, name)
    os.mkdir(db)
    with open(os.path.join(db, "salt"), "w", encoding="ascii") as file:
        file.write(salt)
    return db


def bundle(db, folder, *options):
    path = os.path.join(folder, "bundle")
    said = repute("snapshot", "bundle", *options, "--db", db, "-o", path)
    return path, said


def files(db):
    """Names and bytes of everything in a directory that readers look at."""
    found = {}
    for where, _, names in os.walk(db):
        for name in names:
            if name not in ("LOCK", "control.sock"):
                found[name] = signing.read(os.path.join(where, name))
    return found


def expect_refusal(db, path, code, why, *options):
    before = files(db)
    said = repute("snapshot", "import", path, "--db", db, *options, expect=code)
    assert why in said, said
    assert files(db) == before, "a refused bundle leaves nothing"


def check_carried(source, target, path, key):
    """Served as soon as it is there, by a server that asks for signatures."""
    with harness.Server("--db", target, "--trusted-key", key.word) as server, \
            harness.Client(server.address) as client:
        assert "LOADING" in server.ready
        said = repute("snapshot", "import", path, "--db", target, "--trusted-key", key.word)
        assert said == "generation 2 imported and in force\n", said
        server.wait_for_line("adopted generation 2")
        assert client.ask(harness.host_key(b"test")).generation == 2
        said = repute("snapshot", "import", path, "--db", target, "--json", "--wait")
        assert said == '{"generation":2,"changed":false}\n', said
    for ending in ("mdb", "manifest", "sig"):
        assert signing.read(signing.snapshot_file(source, 2, ending)) == \
            signing.read(signing.snapshot_file(target, 2, ending))
    before = files(target)
    said = repute("snapshot", "import", path, "--db", target)
    assert said == "generation 2 was in force already\n" and files(target) == before, said


def check_numbers(source, target, folder):
    """One number, one set of data."""
    older, _ = bundle(source, folder, "1")
    expect_refusal(target, older, 65, "generation 1 may have named other data here")
    load(target, "local.example")
    load(source, "three.example")
    path, said = bundle(source, folder)
    assert "generation 3 in " in said, said
    expect_refusal(target, path, 65, "generation 3 names other data here")


def check_taken_back(source, folder):
    """An import is a switch like any other: the one before can be put in force again."""
    db = make_database(folder, "taken-back")
    for generation in ("1", "2"):
        path, _ = bundle(source, folder, generation)
        said = repute("snapshot", "import", path, "--db", db)
        assert said == f"generation {generation} imported and in force\n", said
    repute("snapshot", "rollback", "--db", db)
    assert signing.read(os.path.join(db, "CURRENT")) == b"1\n"
    said = repute("snapshot", "import", path, "--db", db)
    assert said == "generation 2 imported and in force\n", said
    repute("snapshot", "rollback", "--db", db)
    assert signing.read(os.path.join(db, "CURRENT")) == b"1\n"


def check_refusals(source, folder, key, stranger):
    path, _ = bundle(source, folder, "2")
    other = make_database(folder, "other-salt", "77" * 32 + "\n")
    expect_refusal(other, path, 65, "another salt")
    fresh = make_database(folder, "fresh")
    expect_refusal(fresh, path, 65, f"signed by {key.word}, which is no trusted key",
                   "--trusted-key", stranger.word)
    expect_refusal(fresh, path, 64, "no public key", "--trusted-key", "ed25519:00")
    unsigned, _ = bundle(source, folder, "1")
    expect_refusal(fresh, unsigned, 65, "not signed", "--trusted-key", key.word)
    good = signing.read(unsigned)
    for bad, why in ((good[:-9], ""), (good + b"x", "something follows"), (b"", "cut short"),
                     (good[:2000] + bytes([good[2000] ^ 4]) + good[2001:], "")):
        with open(unsigned, "wb") as file:
            file.write(bad)
        expect_refusal(fresh, unsigned, 65, why)
    repute("snapshot", "import", path, "--db", os.path.join(folder, "none"), expect=66)
    repute("snapshot", "bundle", "99", "--db", source, "-o", path, expect=66)


def check_same_bytes(source, folder):
    path, _ = bundle(source, folder, "2")
    first = signing.read(path)
    assert first.startswith(b"\x28\xb5\x2f\xfd"), "a zstd frame"
    bundle(source, folder, "2")
    assert signing.read(path) == first


def main():
    with tempfile.TemporaryDirectory() as folder:
        key, stranger = Key(folder, "key"), Key(folder, "stranger")
        source = make_database(folder, "source")
        target = make_database(folder, "target")
        load(source, "one.example")
        load(source, "two.example", "--sign-key", key.path)
        check_same_bytes(source, folder)
        path, _ = bundle(source, folder)
        check_carried(source, target, path, key)
        check_refusals(source, folder, key, stranger)
        check_taken_back(source, folder)
        check_numbers(source, target, folder)


if __name__ == "__main__":
    main()
