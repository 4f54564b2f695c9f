# SPDX-License-Identifier: Apache-2.0
"""repute put, del and override against a real server: in force at once, kept by loads and restarts,
refused with the right exit code."""
import glob
import json
import os
import signal
import tempfile

import client_harness
import live_harness
import reputed_harness as harness

SPAM, TRUSTED, PHISHING = 1, 4, 6
DOMAIN = 0x12
MD5 = "44d88612fea8a8f36de82e1278abb02f"


def check_at_once(directory, client):
    said = live_harness.repute("put", "--db", directory, "new.example", "--verdict", "phishing",
                               "--expires", "24h", "--reason", "reported", "--score", "7")
    assert said == "new.example  phishing  score 7\n", said
    assert live_harness.ask(client, "new.example") == (PHISHING, False)
    before = client.ask(harness.host_key(b"new.example")).seq
    said = live_harness.repute("override", "add", "--db", directory, "new.example", "--verdict",
                               "trusted", "--reason", 'a "partner"', "--who", "dba")
    assert said == "new.example  trusted  (override)\n.new.example  trusted  (override)\n", said
    assert live_harness.ask(client, "new.example") == (TRUSTED, True)
    assert live_harness.ask(client, "new.example", DOMAIN) == (TRUSTED, True)
    assert client.ask(harness.host_key(b"new.example")).seq == before + 2
    said = live_harness.repute("del", "--db", directory, "listed.example", "--match", "exact")
    assert said == "listed.example  not listed\n", said
    assert live_harness.ask(client, "listed.example") == (0, False)


def check_list(directory):
    said = live_harness.repute("override", "list", "--db", directory)
    assert "dba" in said and 'a "partner"' in said and "expires never" in said, said
    rows = client_harness.rows(
        live_harness.repute("override", "list", "--db", directory, "--json"))
    assert [row["key"] for row in rows] == ["new.example", ".new.example"], rows
    assert rows[0]["who"] == "dba" and rows[0]["reason"] == 'a "partner"', rows


def check_pipe(directory, client):
    names = [f"n{i}.example" for i in range(1500)]
    said = live_harness.repute("put", "--db", directory, "--verdict", "spam", "--expires", "1h",
                               "--reason", "trap", "--json", "-", stdin="\n".join(names) + "\n")
    rows = client_harness.rows(said)
    assert [row["key"] for row in rows] == names
    assert live_harness.ask(client, "n1499.example") == (SPAM, False)
    code, said, errors = client_harness.repute(
        "put", "--db", directory, "--verdict", "spam", "--expires", "1h", "--reason", "trap", "-",
        stdin="bad name\ngood.example\n")
    assert code == 65 and "good.example" in said and "bad name" in errors, (code, said, errors)
    code, said, errors = client_harness.repute(
        "put", "--db", directory, "--verdict", "spam", "--expires", "1h", "--reason", "trap", "-",
        stdin="fine.example\n127.0.0.2\nalso-fine.example\n")
    assert code == 65 and "test point" in errors, (code, said, errors)
    assert said == "fine.example  spam\nalso-fine.example  spam\n", said


def refused(code, text, *arguments):
    got, said, errors = client_harness.repute(*arguments)
    assert got == code and text in errors, (arguments, got, said, errors)


def check_refusals(directory):
    put = ("put", "--db", directory, "--expires", "1h", "--reason", "r")
    refused(65, "forged", *put, "--verdict", "trusted", MD5)
    refused(65, "override add", "del", "--db", directory, "198.51.100.0/24")
    refused(65, "test point", *put, "--verdict", "spam", "127.0.0.2")
    refused(65, "wider", *put, "--verdict", "spam", "10.0.0.0/7")
    refused(64, "verdict", *put, "--verdict", "none", "a.example")
    refused(64, "--expires", "put", "--db", directory, "--verdict", "spam", "--reason", "r",
            "--expires", "soon", "a.example")
    refused(64, "--reason", "override", "add", "--db", directory, "--verdict", "none", "a.example")


def check_entry(directory):
    key = harness.fingerprint(0x10, b"new.example").hex()
    (said,) = harness.control(directory, {"cmd": "entry", "keys": [{"kind": 16, "key": key}]})
    said = said["keys"][0]
    assert said["live"]["reason"] == "reported" and said["override"]["who"] == "dba", said
    assert said["now"]["override"] is True, said


def check_kept(client):
    assert live_harness.ask(client, "new.example") == (TRUSTED, True)
    assert live_harness.ask(client, "listed.example") == (0, False)
    assert live_harness.ask(client, "n7.example") == (SPAM, False)


def live(directory):
    with harness.Server("--db", directory) as server, \
            harness.Client(server.address) as client:
        check_at_once(directory, client)
        check_list(directory)
        check_pipe(directory, client)
        check_refusals(directory)
        check_entry(directory)
        check_kept(client)
        live_harness.load(directory, "hosts", ["listed.example", "other.example"])
        server.wait_for_line("adopted generation 3")
        check_kept(client)
        assert server.stop(signal.SIGKILL) != 0


def restarted(directory):
    """What the load took in is in the snapshot: the overlay is not needed for it."""
    for folder in ("overlay", None):
        if folder is not None:
            for path in glob.glob(os.path.join(directory, folder, "*")):
                os.remove(path)
        with harness.Server("--db", directory) as server, \
                harness.Client(server.address) as client:
            check_kept(client)
            live_harness.repute("override", "del", "--db", directory, "new.example")
            assert live_harness.ask(client, "new.example") == (PHISHING, False)
            live_harness.repute("override", "add", "--db", directory, "new.example", "--verdict",
                                "trusted", "--reason", "again")
            check_kept(client)


def main():
    with tempfile.TemporaryDirectory() as root:
        directory = os.path.join(root, "db")
        live_harness.load(directory, "hosts", ["listed.example"])
        live_harness.load(directory, "nets", ["198.51.100.0/24"], kind="ip")
        refused(75, "no reputed", "put", "--db", directory, "--verdict", "spam", "--expires", "1h",
                "--reason", "r", "a.example")
        live(directory)
        restarted(directory)
        shown = json.loads(live_harness.repute("snapshot", "verify", "--db", directory, "--json"))
        assert shown, shown


if __name__ == "__main__":
    main()
