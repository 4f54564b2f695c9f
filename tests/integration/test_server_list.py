# SPDX-License-Identifier: Apache-2.0
"""The signed list of servers: from servers.toml into a snapshot, over FETCH, to who checks it."""
import json
import os
import tempfile

import client_harness
import reputed_harness as harness
import signing_harness as signing
from signing_harness import Key, load, repute


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def sign(folder, key, db, text, *options, expect=0):
    return repute("servers", "sign", write(folder, "servers.toml", text), "--key", key.path, "--db",
                  db, "-o", os.path.join(folder, "servers"), *options, expect=expect)


TWO = '[[server]]\naddress = "192.0.2.1"\n\n[[server]]\naddress = "filter.example.net"\n' \
      'port = 7061\nbias_us = 250\n'
MANY = "".join(f'[[server]]\naddress = "2001:db8::{i:x}"\n' for i in range(1, 200))


def check_signing(folder, key, db, epoch):
    document = os.path.join(folder, "servers")
    said = sign(folder, key, db, TWO)
    assert said.startswith(f"version 1 for data epoch {epoch}, 2 servers"), said
    assert signing.check_server_list(signing.read(document), key) == [
        "repute servers 1", "version 1", f"epoch {epoch}", "server 192.0.2.1 7060 0",
        "server filter.example.net 7061 250"]
    assert sign(folder, key, db, TWO).startswith("version 2 ")
    assert sign(folder, key, db, "version = 9\n" + TWO).startswith("version 9 ")
    assert sign(folder, key, db, TWO).startswith("version 10 ")
    for text, where in (("port = 1\n" + TWO, ":1:1: unknown setting"),
                        (TWO.replace("7061", "70000"), ":6:"),
                        ('[[server]]\naddress = "a b"\n', ":1:"), ("", "needs 1 to 1024 servers"),
                        ("[server]\n", "[[server]]"), ("[[server]\n", ":1:")):
        said = sign(folder, key, db, text, expect=78)
        assert where in said, (text, said)
    assert sign(folder, key, db, TWO + '[[server]]\naddress = "192.0.2.1"\n', expect=78)
    return document


def check_served(db, document, key, stranger):
    load(db, "two.example", "--servers", document)
    with harness.Server("--db", db) as server:
        for size in (1232, 300, 128):
            got, version = signing.fetch(server.address, size)
            assert got == signing.read(document) and version == 11, (size, version)
        total = len(got)
        for offset in (total, total + 1, 2**32 - 1):
            assert signing.ask_part(server.address, offset) == (total, offset, 11, b"")
        lines = signing.check_server_list(got, key)
        assert lines[1] == "version 11" and len(lines) == 3 + 199, lines[:4]
        where = client_harness.address(server)
        shown = json.loads(repute("servers", "show", "-s", where, "--key", key.word, "--json"))
        assert shown["version"] == 11 and shown["key"] == key.word, shown
        assert shown["servers"][1] == {"address": "2001:db8::2", "port": 7060, "bias_us": 0}
        assert "2001:db8::c7" in repute("servers", "show", REPUTE_SERVER=where)
        said = repute("servers", "show", "-s", where, "--key", stranger.word, expect=65)
        assert "signed by another key, " + key.word in said, said
        (stats,) = harness.control(db, {"cmd": "stats"})
        assert stats["fetches"] >= 3, stats

        # Carried over by the next load, dropped when told.
        load(db, "three.example")
        server.wait_for_line("adopted generation 3")
        assert signing.fetch(server.address)[0] == got
        said = repute("load", "--db", db, "--servers", "none", "--no-progress")
        assert "generation 4" in said and "three" not in said, said
        server.wait_for_line("adopted generation 4")
        assert signing.ask_part(server.address, 5) == (0, 5, 0, b"")
        assert "no list" in repute("servers", "show", "-s", where, expect=1)


def check_files(folder, document, key):
    assert "version 11" in repute("servers", "show", document, "--key", key.word)
    text = signing.read(document).decode()
    changed = write(folder, "changed", text.replace("2001:db8::1 7060", "2001:db8::1 7061"))
    assert "signature is wrong" in repute("servers", "show", changed, expect=65)
    broken = write(folder, "broken", text[:-2])
    assert "not a list of servers" in repute("servers", "show", broken, expect=65)
    repute("servers", "show", os.path.join(folder, "none"), expect=66)
    gone = client_harness.deserted_address()
    repute("servers", "show", "-s", gone, "--deadline", "100", expect=69)
    return changed


def check_refused_loads(folder, db, key, document, changed):
    generation = signing.read(os.path.join(db, "CURRENT"))
    said = load(db, "x.example", "--servers", changed, expect=65)
    assert "signature is wrong" in said, said
    sign(folder, key, db, "epoch = 1\n" + TWO)
    said = load(db, "x.example", "--servers", document, expect=65)
    assert "signed for data epoch 1, the snapshot has" in said, said
    load(db, "x.example", "--servers", write(folder, "empty", ""), expect=65)
    repute("load", "--db", db, expect=64)
    assert signing.read(os.path.join(db, "CURRENT")) == generation


def check_new_epoch(folder, db, key):
    """Under a new salt the old list says nothing any more."""
    sign(folder, key, db, TWO)
    load(db, "y.example", "--servers", os.path.join(folder, "servers"))
    write(db, "salt", "ab" * 32 + "\n")
    said = load(db, "y.example", "--only")
    assert "signed for another data epoch and is left out" in said, said


def main():
    with tempfile.TemporaryDirectory() as folder:
        key, stranger = Key(folder, "key"), Key(folder, "stranger")
        db = os.path.join(folder, "db")
        load(db, "one.example")
        with harness.Server("--db", db) as server, harness.Client(server.address) as client:
            epoch = client.ask(harness.host_key(b"test")).epoch
        document = check_signing(folder, key, db, epoch)
        sign(folder, key, db, MANY)
        check_served(db, document, key, stranger)
        changed = check_files(folder, document, key)
        check_refused_loads(folder, db, key, document, changed)
        check_new_epoch(folder, db, key)


if __name__ == "__main__":
    main()
