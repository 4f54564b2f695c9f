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
    assert example("blocking", deserted_address(), "test")[0] == 69


main()
