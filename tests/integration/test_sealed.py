# SPDX-License-Identifier: Apache-2.0
"""Sealed mode as an administrator meets it: keys, clients, revocation, rotation; and nothing of
what is asked to be seen on the way, in the log or in the counters."""
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time

from client_harness import PATIENT, REPUTE, environment, repute, rows, run_once
from reputed_harness import Server, control

SECRET = "marked-name.example"
# Whatever a filter may ask about; none of it may be seen anywhere.
ASKED = (
    ("domain", SECRET), ("url", "http://marked-user:marked-pass@marked-host.example/marked-path"),
    ("email", "marked-box@marked-mail.example"), ("text", "marked words of a marked text"),
    ("ip", "203.0.113.77"), ("name-md5", "a" * 32))
SAID = []  # by the tools
MARKS = (b"marked", b"\xcb\x00\x71\x4d", b"\xaa" * 8)  # texts, the raw address, a raw digest


def keys(db, *arguments, expect=0, cwd=None):
    done = subprocess.run([REPUTE, "keys", *arguments, "--db", db], capture_output=True, text=True,
                          check=False, timeout=60, cwd=cwd, env=environment())
    assert done.returncode == expect, (arguments, done)
    SAID.append(done.stdout + done.stderr)
    return SAID[-1]


class Tap:
    """Passes datagrams between a client and a server and keeps a copy of each."""

    def __init__(self, server):
        self.server = server
        self.seen = []
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.front.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            request, client = self.front.recvfrom(2048)
            self.seen.append(request)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as back:
                back.settimeout(5)
                back.sendto(request, self.server)
                try:
                    reply = back.recv(2048)
                except TimeoutError:
                    continue
            self.seen.append(reply)
            self.front.sendto(reply, client)


def await_true(what):
    until = time.monotonic() + 20
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


class Deployment:
    """A database with sealed mode, a feed of one name, and one client."""

    def __init__(self, folder):
        self.folder = folder
        self.db = os.path.join(folder, "db")
        os.mkdir(self.db)
        keys(self.db, "init")
        self.add("mx1")
        feed = os.path.join(folder, "names.txt")
        with open(feed, "w", encoding="ascii") as file:
            file.write(SECRET + "\n")
        subprocess.run(
            [REPUTE, "load", "--db", self.db, "--feed", "f", "--format", "list", "--kind", "domain",
             "--verdict", "phishing", feed], check=True, capture_output=True, env=environment())
        self.config = os.path.join(folder, "reputed.toml")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(f'database = "{self.db}"\nplain_networks = []\n')

    def path(self, name):
        return os.path.join(self.folder, name)

    def add(self, name, *options, file=None):
        file = self.path(file or name + ".credentials")
        keys(self.db, "client", "add", name, "-o", file, *options)
        return file

    def serve(self):
        return Server("--config", self.config)

    def secrets(self):
        """Of a client, and the master keys, as files have them."""
        lines = []
        for name in (self.path("mx1-new.credentials"), f"{self.db}/access/master.keys"):
            with open(name, encoding="ascii") as file:
                lines += [line.split() for line in file]
        return [line[-1] for line in lines if line[0] in ("psk", "mac", "salt", "slot")
                and len(line[-1]) >= 32]

    def stats(self):
        return control(self.db, {"cmd": "stats"})[0]


def ask(address, credentials=None, patient=True, **variables):
    chosen = ("--credentials", credentials) if credentials else ()
    deadline = PATIENT if patient else ("--deadline", "300")
    code, out, err = repute("lookup", "-s", address, "--json", *deadline, *chosen, SECRET,
                            **variables)
    SAID.append(out + err)
    return code, (rows(out)[0].get("verdict") if out else err)


def said_of(address, credentials):
    """Whatever the command says of the marked name."""
    _, out, err = repute("lookup", "-s", address, *PATIENT, "--credentials", credentials, SECRET)
    SAID.append(out + err)
    return SAID[-1]


def replace(path, text):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.replace(path + ".new", path)


def files_are_private(world):
    mode = lambda path: stat.S_IMODE(os.stat(path).st_mode)
    assert mode(os.path.join(world.db, "access", "master.keys")) == 0o600
    assert mode(os.path.join(world.db, "access", "clients.toml")) == 0o640
    assert mode(world.path("mx1.credentials")) == 0o600
    assert "exists already" in keys(world.db, "init", expect=73)
    os.chmod(world.path("mx1.credentials"), 0o644)
    code, _, err = repute("lookup", "--credentials", world.path("mx1.credentials"), SECRET)
    assert code == 77 and "others than its owner" in err, err
    os.chmod(world.path("mx1.credentials"), 0o600)


def only_the_client_is_answered(world, server):
    address = "%s:%d" % server.address
    assert ask(address, world.path("mx1.credentials")) == (0, "phishing")
    assert ask(address, REPUTE_CREDENTIALS=world.path("mx1.credentials")) == (0, "phishing")
    assert ask(address, patient=False)[0] == 69
    assert world.stats()["dropped_network"] > 0


def nothing_is_to_be_seen(world, server):
    tap = Tap(server.address)
    assert ask(tap.address, world.path("mx1.credentials")) == (0, "phishing")
    assert len(tap.seen) >= 2
    for kind, value in ASKED:
        code, out, err = repute("lookup", "-s", tap.address, "--kind", kind, *PATIENT,
                                "--credentials", world.path("mx1.credentials"), value)
        assert code == 0, (value, out, err)
    for datagram in tap.seen:
        assert datagram[3] >> 4 == 1, "suite"
        assert not any(mark in datagram for mark in MARKS)
    # Bodies look random: the same question twice has nothing in common but the header.
    first, second = tap.seen[0], None
    assert ask(tap.address, world.path("mx1.credentials")) == (0, "phishing")
    second = [d for d in tap.seen if d[1] == first[1]][-1]
    assert first[40:56] != second[40:56]
    # A copy, a changed one and a plain one of what was seen draw nothing.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))  # the tap has sent from 127.0.0.1
        stranger.settimeout(5)
        changed = first[:-1] + bytes([first[-1] ^ 1])
        # From another address a copy is answered once, sealed, to nobody's use but the client's.
        stranger.sendto(first, server.address)
        assert stranger.recv(2048)[3] >> 4 == 1
        stranger.settimeout(0.3)
        for bad in (first, changed, first[:3] + b"\0" + first[4:], bytes(len(first))):
            stranger.sendto(bad, server.address)
        try:
            raise AssertionError(f"answered {stranger.recv(2048)!r}")
        except TimeoutError:
            pass


def revoking_needs_no_restart(world, server):
    address = "%s:%d" % server.address
    lost = world.add("mx2")
    await_true(lambda: ask(address, lost, patient=False)[0] == 0)
    assert "no client nobody" in keys(world.db, "client", "revoke", "nobody", expect=66)
    keys(world.db, "client", "revoke", "mx2")
    await_true(lambda: ask(address, lost, patient=False)[0] == 69)
    assert ask(address, world.path("mx1.credentials")) == (0, "phishing")
    again = world.add("mx2", file="mx2-again.credentials")
    await_true(lambda: ask(address, again, patient=False)[0] == 0)
    assert ask(address, lost, patient=False)[0] == 69
    assert keys(world.db, "client", "list").count("revoked") == 1


def rotation_is_without_outage(world, server):
    address = "%s:%d" % server.address
    old = world.path("mx1.credentials")
    keys(world.db, "rotate")
    assert ask(address, old) == (0, "phishing")
    assert "mx1" in keys(world.db, "rotate", "--finish", expect=65)
    new = world.add("mx1", file="mx1-new.credentials")
    world.add("mx2", file="mx2-new.credentials")
    await_true(lambda: ask(address, new, patient=False)[0] == 0)
    assert ask(address, old) == (0, "phishing")
    keys(world.db, "rotate", "--finish")
    await_true(lambda: ask(address, old, patient=False)[0] == 69)
    assert ask(address, new) == (0, "phishing")


def limits_hold(world, server):
    address = "%s:%d" % server.address
    files = [world.add("far", "--network", "192.0.2.0/24"), world.add("few", "--kind", "ip"),
             world.add("slow", "--rate", "1"), world.add("late", "--not-after", "2099-12-31")]
    far, few, slow, late = files
    await_true(lambda: ask(address, late, patient=False) == (0, "phishing"))
    before = world.stats()
    assert ask(address, far, patient=False)[0] == 69
    assert world.stats()["dropped_network"] > before["dropped_network"]
    assert "answered \"refused\"" in said_of(address, few)
    assert world.stats()["keys_refused"] > before["keys_refused"]
    # What is asked first may be within a second's worth.
    said = [run_once(("lookup", "-s", address, "--credentials", slow, SECRET), "", {})
            for _ in range(3)]
    assert any(code == 69 and "busy" in out for code, out, _ in said), said
    assert world.stats()["over_rate"] > before["over_rate"]
    assert "the last day of new was" in keys(world.db, "client", "add", "new", "--not-after",
                                             "2001-01-01", expect=64)
    path = os.path.join(world.db, "access", "clients.toml")
    with open(path, encoding="ascii") as file:
        text = file.read()
    replace(path, text.replace("2099-12-31", "2001-12-31"))
    await_true(lambda: ask(address, late, patient=False)[0] == 69)
    assert world.stats()["dropped_client"] > before["dropped_client"]
    # A copy that ends early, within the limits of the last client.
    with open(path, "w", encoding="ascii") as file:
        file.write(text[:text.rindex("not_after")])
    server.wait_for_line("the allow list stays as it was")
    assert ask(address, late, patient=False)[0] == 69
    replace(path, text)
    await_true(lambda: ask(address, late, patient=False)[0] == 0)


def every_server_that_gets_the_file_follows(world, server):
    first = "%s:%d" % server.address
    copy = world.path("second")
    shutil.copytree(world.db, copy, ignore=shutil.ignore_patterns("control.sock"))
    lost = world.add("mx3")
    files = ("access/clients.toml", "access/master.keys")
    with open(world.path("second.toml"), "w", encoding="ascii") as file:
        file.write(f'database = "{copy}"\nplain_networks = []\n')
    with Server("--config", world.path("second.toml")) as other:
        second = "%s:%d" % other.address
        assert ask(second, lost, patient=False)[0] == 69
        for each in files:
            shutil.copy(os.path.join(world.db, each), os.path.join(copy, each))
        await_true(lambda: ask(second, lost, patient=False)[0] == 0)
        keys(world.db, "client", "revoke", "mx3")
        await_true(lambda: ask(first, lost, patient=False)[0] == 69)
        assert ask(second, lost, patient=False)[0] == 0
        shutil.copy(os.path.join(world.db, files[0]), os.path.join(copy, files[0]))
        await_true(lambda: ask(second, lost, patient=False)[0] == 69)
        assert ask(second, world.path("mx1-new.credentials")) == (0, "phishing")


def a_broken_list_changes_nothing(world, server):
    address = "%s:%d" % server.address
    path = os.path.join(world.db, "access", "clients.toml")
    with open(path, encoding="ascii") as file:
        good = file.read()
    with open(path, "w", encoding="ascii") as file:
        file.write(good + "\n[[client]]\nid = 3\n")
    server.wait_for_line("the allow list stays as it was")
    assert ask(address, world.path("mx1-new.credentials")) == (0, "phishing")
    with open(path, "w", encoding="ascii") as file:
        file.write(good)
    server.wait_for_line("clients that may ask")


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = Deployment(folder)
        files_are_private(world)
        with world.serve() as server:
            only_the_client_is_answered(world, server)
            nothing_is_to_be_seen(world, server)
            revoking_needs_no_restart(world, server)
            rotation_is_without_outage(world, server)
            limits_hold(world, server)
            every_server_that_gets_the_file_follows(world, server)
            a_broken_list_changes_nothing(world, server)
            text = str(server.log) + str(world.stats())
        for asked in ("marked", "203.0.113.77", "cb00714d", str(0xcb00714d)):
            assert asked not in text, asked
        # Nor what they are turned into: fingerprints, digests, nonces.
        assert not re.search("[0-9a-fA-F]{16}", text), text
        secrets = world.secrets()
        assert len(secrets) == 4, secrets
        for secret in secrets:
            assert secret not in text and not any(secret in said for said in SAID), secret


if __name__ == "__main__":
    main()
