# SPDX-License-Identifier: Apache-2.0
"""repute lookup -: order, one row a line, and a coprocess that never closes its input."""
import json
import os
import select
import subprocess
import tempfile
import time

import client_harness as harness
from client_harness import PATIENT, address, repute, rows
from reputed_harness import Server


def check_order(where):
    lines = []
    for i in range(3000):
        lines.append(["test", "127.0.0.2", f"name{i}.example", f"x..{i}", "", "mx.example.test",
                      f"http://test/{i}?q=1", f"192.0.2.{i % 256}"][i % 8])
    code, out, _ = repute("lookup", "-s", where, *PATIENT, "--json", "-",
                          stdin="\n".join(lines))
    seen = rows(out)
    assert code == 65 and len(seen) == len(lines), (code, len(seen))
    expected = ["listed", "listed", "not_listed", "malformed", "malformed", "listed", "listed",
                "not_listed"]
    for i, row in enumerate(seen):
        assert row["status"] == expected[i % 8], (i, row)
        if i % 8 in (0, 1, 2, 5, 7):
            assert row["key"] == lines[i], (i, row)
        if i % 8 == 6:
            assert row["key"] == f"test/{i}?q=1" and row["matched"] == "test/", row


def check_slow_reader(where):
    """Whoever reads slowly gets every answer: waiting for a reader is no time without an answer."""
    lines = "".join(f"name{i}.example\n" for i in range(20000)).encode()
    with tempfile.TemporaryFile() as names:
        names.write(lines)
        names.seek(0)
        with subprocess.Popen([harness.REPUTE, "lookup", "-s", where, "--deadline", "1500",
                               "--json", "-"], stdin=names, stdout=subprocess.PIPE,
                              env=harness.environment()) as process:
            time.sleep(4.5)  # three deadlines: what is tested is that nothing happens meanwhile
            out = process.stdout.read().decode()
    late = [row for row in rows(out) if row["status"] == "error" and "busy" not in row["reason"]]
    assert len(rows(out)) == 20000 and not late, late[:3]


def check_broken_pipes(where):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([harness.REPUTE, "lookup", "-s", where, *PATIENT, "test"],
                              stdout=full, check=False, env=harness.environment())
    assert done.returncode == 74, done
    with subprocess.Popen([harness.REPUTE, "lookup", "-s", where, *PATIENT, "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=harness.environment()) as process:
        process.stdout.close()
        process.stdin.write(b"test\n")
        process.stdin.flush()
        try:
            process.stdin.write(b"invalid\n" * 100000)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it stopped reading when nobody listened any more
        assert process.wait(timeout=harness.SECONDS) == 74
    folder = os.open("/", os.O_RDONLY)
    done = subprocess.run([harness.REPUTE, "lookup", "-s", where, *PATIENT, "-"], stdin=folder,
                          capture_output=True, check=False, env=harness.environment())
    os.close(folder)
    assert done.returncode == 74 and b"standard input" in done.stderr, done


def ask_coprocess(process, key):
    for _ in range(50):
        process.stdin.write(key + "\n")
        readable, _, _ = select.select([process.stdout], [], [], harness.SECONDS)
        assert readable, f"no row for {key}"
        line = process.stdout.readline()
        if not harness.is_shed(line):
            return json.loads(line)
    raise AssertionError("the server was busy 50 times")


def check_coprocess(where):
    """Each answer arrives though the input stays open."""
    with subprocess.Popen(
            [harness.REPUTE, "lookup", "-s", where, *PATIENT, "--json", "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1, env=harness.environment()) as process:
        for key, status in [("test", "listed"), ("invalid", "not_listed"), ("a..b", "malformed"),
                            ("127.0.0.2", "listed")]:
            row = ask_coprocess(process, key)
            assert (row["key"], row["status"]) == (key, status), row
        process.stdin.close()
        assert process.wait(timeout=harness.SECONDS) in (65, 69)


def check_odd_input(where):
    code, out, _ = repute("lookup", "-s", where, *PATIENT, "--json", "first.example", "-", "test",
                          stdin="\udcff\x00\r\ninvalid\r\n" + "x" * 2000000 + "\nlast.example")
    seen = rows(out)
    assert code == 65
    assert [r["status"] for r in seen] == ["not_listed", "malformed", "not_listed", "malformed",
                                           "not_listed", "listed"], [r["status"] for r in seen]
    assert seen[4]["key"] == "last.example" and seen[5]["key"] == "test"
    assert repute("lookup", "-s", where, "-") == (0, "", "")


def check_nobody_there():
    code, out, _ = repute("lookup", "-s", harness.deserted_address(), "--json", "-",
                          stdin="\n".join(f"n{i}.example" for i in range(200)))
    assert code == 69 and len(rows(out)) == 200
    assert {r["status"] for r in rows(out)} == {"error"}


def main():
    with Server("--demo") as server:
        where = address(server)
        check_order(where)
        check_coprocess(where)
        check_odd_input(where)
        check_slow_reader(where)
        check_broken_pipes(where)
    check_nobody_there()


main()
