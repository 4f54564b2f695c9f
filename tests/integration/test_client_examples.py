# SPDX-License-Identifier: Apache-2.0
"""The example programs do what they say."""
import os
import subprocess

from client_harness import BIN, SECONDS, address, deserted_address
from reputed_harness import Server


def example(name, *arguments):
    done = subprocess.run([os.path.join(BIN, "client_example_" + name), *arguments],
                          stdout=subprocess.PIPE, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout


def main():
    with Server("--demo") as server:
        where = address(server)
        assert example("blocking", where, "TEST.") == (0, "spam 1000\n")
        assert example("blocking", where, "a..b")[0] == 65
        code, out = example("coroutine", deserted_address(), where)
        assert code == 0
        assert sorted(out.splitlines()) == ["invalid not_listed", "test listed"], out
        assert example("callbacks", where, "test", "invalid") == (0, "test listed\n"
                                                                     "invalid not_listed\n")
        code, out = example("c", where, "domain", "test", "url", "http://test/x", "ip", "127.0.0.1")
        assert code == 0, out
        assert out.splitlines()[:3] == ["test: listed spam", "http://test/x: listed phishing",
                                        "127.0.0.1: not_listed none"], out
        assert out.splitlines()[3].split()[:3] == [where, "up", "used"], out
        assert example("c", where, "ip", "x")[0] == 65
        assert example("c", where, "shoe", "x")[0] == 64
        assert example("c", "", "ip", "127.0.0.1")[0] == 64
    assert example("blocking", deserted_address(), "test")[0] == 69
    assert example("callbacks", deserted_address(), "test")[0] == 69
    assert example("c", deserted_address(), "domain", "test")[0] == 69


main()
