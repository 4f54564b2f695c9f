# SPDX-License-Identifier: Apache-2.0
"""README's first remote client, by its own lines: a server and a client on two hosts, made of
network namespaces. In plain text neither side talks to the other unless both are told to."""
import os
import re
import shlex
import subprocess
import sys
import tempfile

from client_harness import BIN, REPUTE, environment

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
SERVER, CLIENT = "192.0.2.1", "192.0.2.2"  # TEST-NET-1, RFC 5737


def ip(*words):
    subprocess.run(["ip", *words], check=True, stderr=subprocess.PIPE)


class TwoHosts:
    """Two namespaces and a cable between them; gone with the `with` statement."""

    def __init__(self):
        number = os.getpid()
        self.server, self.client = f"repute-{number}-s", f"repute-{number}-c"
        self.ends = (f"rs{number}", f"rc{number}")

    def __enter__(self):
        for host in (self.server, self.client):
            ip("netns", "add", host)
        ip("link", "add", self.ends[0], "netns", self.server, "type", "veth", "peer", "name",
           self.ends[1], "netns", self.client)
        for host, end, address in ((self.server, self.ends[0], SERVER),
                                   (self.client, self.ends[1], CLIENT)):
            ip("-n", host, "addr", "add", f"{address}/24", "dev", end)
            ip("-n", host, "link", "set", end, "up")
            ip("-n", host, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        for host in (self.server, self.client):
            subprocess.run(["ip", "netns", "del", host], check=False, stderr=subprocess.DEVNULL)

    def ask(self, *command):
        done = subprocess.run(["ip", "netns", "exec", self.client, *command], capture_output=True,
                              text=True, check=False, timeout=60, env=environment())
        return done.returncode, done.stdout + done.stderr


def lines_of_readme():
    """The commands, as lists of words, without comments."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as page:
        (block,) = re.findall(r"```\n(repute keys init.*?)```", page.read(), re.DOTALL)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [[os.path.join(BIN, line[0]), *line[1:]] for line in lines]


def main():
    try:
        with TwoHosts():
            pass
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"no network namespaces here: {problem}")
        return 77
    *prepare, serve, ask = lines_of_readme()
    assert serve[-1] == "&" and SERVER in ask, (serve, ask)
    with tempfile.TemporaryDirectory() as folder, TwoHosts() as hosts:
        os.symlink(os.path.join(SOURCE, "deploy"), os.path.join(folder, "deploy"))
        os.chdir(folder)
        for line in prepare:
            subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=environment())
        with open("DIR/salt", encoding="ascii") as salt:
            assert salt.read().strip("0\n"), "the public salt"
        with subprocess.Popen(["ip", "netns", "exec", hosts.server, *serve[:-1]],
                              stderr=subprocess.PIPE, text=True, env=environment()) as server:
            try:
                while "ready in" not in server.stderr.readline():
                    assert server.poll() is None, "reputed ended"
                code, said = hosts.ask(*ask, "--deadline", "20000")
                assert code == 0 and "blacklisted" in said, said
                plain = (REPUTE, "lookup", "--server", SERVER, "127.0.0.2")
                code, said = hosts.ask(*plain)
                assert code == 64 and "--plain" in said, said
                code, said = hosts.ask(*plain, "--plain", "--deadline", "300")
                assert code == 69, said
            finally:
                server.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
