# SPDX-License-Identifier: Apache-2.0
"""repute servers status: which servers a client would ask, and why; the signed list, followed."""
import json
import os
import tempfile

import signing_harness as signing
from client_harness import address, deserted_address, repute
from reputed_harness import Server
from signing_harness import Key, load


def status(*arguments, expect=(0,)):
    code, out, err = repute("servers", "status", *arguments)
    assert code in expect, (arguments, code, out, err)
    return out


def check_two_servers():
    with Server("--demo") as server:
        here, gone = address(server), deserted_address()
        for _ in range(5):  # a busy machine's server may be silent for a moment
            seen = json.loads(status("--server", here, "--server", gone, "--json",
                                     expect=(0, 69)))
            by_name = {it["server"]: it for it in seen["servers"]}
            good, bad = by_name[here], by_name[gone]
            if good["state"] == "up" and good["share"] > 0.9:
                break
        assert good["state"] == "up" and good["used"] and good["srtt_us"] > 0, good
        assert good["share"] > 0.9 and good["generation"] == 1 and good["data_age_s"] is None, good
        assert bad["state"] in ("suspect", "down") and not bad["used"] and bad["answers"] == 0, bad
        for _ in range(5):
            table = status("--server", here, expect=(0, 69))
            if "cheapest" in table:
                break
        assert table.splitlines()[0].split()[:2] == ["server", "state"], table
        assert here in table and "cheapest" in table, table
        status("--server", gone, "--deadline", "50", expect=(69,))
    status("--server", "nonsense:0", expect=(64,))
    status("--server", "127.0.0.1", "--list-key", "ed25519:12", expect=(64,))


def check_followed_list():
    """A list names a second server: the client asks it, too, without having been told of it."""
    with tempfile.TemporaryDirectory() as folder, Server("--demo") as second:
        key, db = Key(folder, "key"), os.path.join(folder, "db")
        load(db, "one.example")
        text = f'[[server]]\naddress = "127.0.0.1"\nport = {second.address[1]}\nbias_us = 100000\n'
        settings, document = os.path.join(folder, "s.toml"), os.path.join(folder, "servers")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(text)
        signing.repute("servers", "sign", settings, "--db", db, "--key", key.path, "-o", document)
        load(db, "two.example", "--servers", document)
        kept = os.path.join(folder, "kept")
        with Server("--db", db) as first:
            arguments = ("--server", address(first), "--json", "--list-file", kept, "--list-key")
            for _ in range(5):  # the fetch may come late in the second that is looked at
                seen = json.loads(status(*arguments, key.word))
                if seen["list_version"] == 1:
                    break
            assert seen["list_version"] == 1 and seen["list_problem"] == "", seen
            assert len(seen["servers"]) == 2 and seen["servers"][1]["bias_us"] == 100000, seen
            assert signing.read(kept) == signing.read(document)
            stranger = Key(folder, "stranger")
            for _ in range(5):
                seen = json.loads(status("--server", address(first), "--json", "--list-key",
                                         stranger.word))
                if seen["list_problem"]:
                    break
            assert "another key" in seen["list_problem"] and len(seen["servers"]) == 1, seen


if __name__ == "__main__":
    check_two_servers()
    check_followed_list()
