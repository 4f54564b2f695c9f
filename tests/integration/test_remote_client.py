# SPDX-License-Identifier: Apache-2.0
"""README's first remote client: a server and a client on two hosts, made of network namespaces. In
plain text neither side talks to the other unless both are told to."""
import os
import subprocess
import sys
import tempfile

from client_harness import REPUTE, environment
from reputed_harness import REPUTED

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

    def ask(self, *arguments):
        done = subprocess.run(["ip", "netns", "exec", self.client, REPUTE, "lookup", "--server",
                               SERVER, *arguments, "127.0.0.2"], capture_output=True, text=True,
                              check=False, timeout=60, env=environment())
        return done.returncode, done.stdout + done.stderr


def repute(*arguments):
    subprocess.run([REPUTE, *arguments], check=True, capture_output=True, env=environment())


def main():
    try:
        with TwoHosts():
            pass
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"no network namespaces here: {problem}")
        return 77
    with tempfile.TemporaryDirectory() as folder, TwoHosts() as hosts:
        db, credentials = os.path.join(folder, "db"), os.path.join(folder, "mx1.credentials")
        names = os.path.join(folder, "names.txt")
        os.mkdir(db)
        with open(names, "w", encoding="ascii") as file:
            file.write("listed.example\n")
        repute("keys", "init", "--db", db)
        repute("keys", "client", "add", "mx1", "--db", db, "-o", credentials)
        repute("load", "--db", db, "--feed", "f", "--format", "list", "--kind", "domain",
               "--verdict", "spam", names)
        with subprocess.Popen(["ip", "netns", "exec", hosts.server, REPUTED, "--db", db, "--listen",
                               f"{SERVER}:7060"], stderr=subprocess.PIPE, text=True) as server:
            try:
                while "ready in" not in server.stderr.readline():
                    assert server.poll() is None, "reputed ended"
                code, said = hosts.ask("--credentials", credentials, "--deadline", "20000")
                assert code == 0 and "blacklisted" in said, said
                code, said = hosts.ask()
                assert code == 64 and "--plain" in said, said
                code, said = hosts.ask("--plain", "--deadline", "300")
                assert code == 69, said
            finally:
                server.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
