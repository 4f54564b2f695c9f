# SPDX-License-Identifier: Apache-2.0
"""Runs the repute command as people do."""
import json
import os
import re
import socket
import subprocess

BIN = os.environ["REPUTE_BIN_DIR"]
REPUTE = os.path.join(BIN, "repute")
SECONDS = 60
# Long, so that a slow machine fails no test; tests of deadlines give their own.
PATIENT = ("--deadline", "20000")


def address(server):
    return "%s:%d" % server.address


def environment(**variables):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("REPUTE_")}
    return {**clean, **variables}


def run_once(arguments, stdin, variables):
    done = subprocess.run([REPUTE, *arguments], input=stdin.encode("utf-8", "surrogateescape"),
                          capture_output=True, timeout=SECONDS, check=False,
                          env=environment(**variables))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def is_shed(output):
    """True if the server was too busy to answer: it waited for a core for more than 5 ms."""
    return re.search(r"all servers are busy|\b(busy|overloaded)\b", output) is not None


def repute(*arguments, stdin="", **variables):
    """Runs repute to its end: (exit code, standard output, standard error).

    A machine so slow that the server sheds load is not what these tests are about: then again.
    """
    for _ in range(50):
        result = run_once(arguments, stdin, variables)
        if not is_shed(result[1]):
            return result
    raise AssertionError(f"the server was busy 50 times: {result}")


def rows(output):
    return [json.loads(line) for line in output.splitlines()]


class MuteServer:
    """An address of loopback that takes datagrams and says nothing."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        return self

    def __exit__(self, *_):
        self.socket.close()


def deserted_address():
    """Where nobody listens: bound for a moment, then free again."""
    with MuteServer() as short:
        return address(short)
