# SPDX-License-Identifier: Apache-2.0
"""repute lookup against reputed --demo: rows, exit codes, servers that are dead."""
import os
import subprocess
import tempfile
import time

import client_harness as harness
from client_harness import PATIENT, address, repute, rows
from reputed_harness import Server

NAMES = {"key", "kind", "status", "verdict", "score", "category", "matched", "ttl_s", "server",
         "rtt_us", "generation"}


def check_json(where):
    keys = ["127.0.0.2", "TEST.", "mx.example.test", "http://user:sesame@test/a?b", "invalid",
            "44d88612fea8a8f36de82e1278abb02f", "::ffff:127.0.0.2"]
    code, out, err = repute("lookup", "--server", where, *PATIENT, "--json", *keys)
    assert code == 0 and err == "", (code, out, err)
    seen = rows(out)
    assert all(set(row) == NAMES for row in seen), seen
    assert [(r["key"], r["kind"], r["status"], r["verdict"], r["matched"]) for r in seen] == [
        ("127.0.0.2", "ip", "listed", "blacklisted", "127.0.0.2"),
        ("test", "domain", "listed", "spam", "test"),
        ("mx.example.test", "domain", "listed", "spam", ".example.test"),
        ("test/a?b", "url", "listed", "phishing", "test/"),
        ("invalid", "domain", "not_listed", "none", None),
        ("44d88612fea8a8f36de82e1278abb02f", "md5", "listed", "malware",
         "44d88612fea8a8f36de82e1278abb02f"),
        ("127.0.0.2", "ip", "listed", "blacklisted", "127.0.0.2"),
    ], seen
    assert {r["server"] for r in seen} == {where} and {r["generation"] for r in seen} == {1}
    assert all(r["rtt_us"] > 0 and r["ttl_s"] > 0 for r in seen)
    assert seen[0]["score"] == 1000 and seen[4]["score"] == 0
    assert "sesame" not in out


def check_text(where):
    code, out, _ = repute("lookup", *PATIENT, "127.0.0.2", "mx.example.test", "clean.example",
                          REPUTE_SERVER=where)
    assert code == 0
    first, second, third = out.splitlines()
    assert first.split()[:4] == ["ip", "127.0.0.2", "blacklisted", "1000"]
    assert "by .example.test" in second and "not listed" in third
    assert all(line.endswith(where) for line in out.splitlines())
    assert first.index("blacklisted") == second.index("spam") == third.index("not listed")


def check_exit_codes(where):
    """A malformed key is told and stops nobody; no answer is worse than malformed."""
    dead = harness.deserted_address()
    asked = ["--json", "--kind", "ip", "127.0.0.2", "300.1.2.3", "127.0.0.1"]
    code, out, _ = repute("lookup", "-s", where, *PATIENT, *asked)
    assert code == 65
    assert [r["status"] for r in rows(out)] == ["listed", "malformed", "not_listed"]
    assert rows(out)[1]["reason"] and rows(out)[1]["verdict"] is None
    code, out, _ = repute("lookup", "-s", dead, *asked)
    assert code == 69
    assert [r["status"] for r in rows(out)] == ["error", "malformed", "error"]
    assert all(r["verdict"] is None for r in rows(out))
    for usage in ([], ["lookup"], ["lookup", "--kind", "nonsense", "x"], ["dance"],
                  ["lookup", "--deadline", "0", "x"], ["lookup", "-s", "a:b", "x"]):
        code, out, err = repute(*usage)
        assert code == 64 and err and not out, (usage, code, out, err)
    assert repute("lookup", "--salt", "/nonexistent", "x")[0] == 66
    for text in (["--version"], ["--help"], ["lookup", "--help"]):
        code, out, _ = repute(*text)
        assert code == 0 and "repute" in out


def check_dead_servers(where):
    """Dead or mute servers in the list lose no lookup."""
    with harness.MuteServer() as mute:
        for _ in range(5):
            code, out, _ = repute("lookup", *PATIENT, "--json", "test", REPUTE_SERVER=", ".join(
                [harness.deserted_address(), address(mute), where]))
            assert code == 0 and rows(out)[0]["server"] == where, out
        # Nobody answers: the deadline holds, with room for a slow machine.
        start = time.monotonic()
        code, out, _ = repute("lookup", "-s", address(mute), "--deadline", "200", "test")
        assert code == 69 and "no answer" in out
        assert 0.2 <= time.monotonic() - start < 10


def check_salt(where):
    """Another salt is a loud error, never silence."""
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "salt"), "w", encoding="ascii") as file:
            file.write("ab" * 32 + "\n")
        code, out, _ = repute("lookup", "-s", where, *PATIENT, "--json", "test",
                              REPUTE_DB=directory)
        assert code == 69 and "salt" in rows(out)[0]["reason"], out
        code, out, _ = repute("ping", "-s", where, *PATIENT, "--json", REPUTE_DB=directory)
        assert code == 1 and rows(out)[0]["state"] == "other_salt", out


def check_no_password_leaves(where):
    """A listener in the server's place sees no byte of a URL's password."""
    with harness.MuteServer() as listener:
        subprocess.run([harness.REPUTE, "lookup", "-s", address(listener), "--deadline", "100",
                        "http://user:sesame@test/"], stdout=subprocess.DEVNULL, check=False,
                       timeout=harness.SECONDS, env=harness.environment())
        listener.socket.settimeout(10)
        assert b"sesame" not in listener.socket.recv(2048)
    code, out, _ = repute("lookup", "-s", where, *PATIENT, "http://user:sesame@te st:x/")
    assert code == 65 and "sesame" not in out, out


def main():
    with Server("--demo") as server:
        where = address(server)
        check_json(where)
        check_text(where)
        check_exit_codes(where)
        check_dead_servers(where)
        check_salt(where)
        check_no_password_leaves(where)


main()
