# SPDX-License-Identifier: Apache-2.0
"""Three real servers behind a proxy: they are killed, stopped, cut off, drained and restarted while
lookups go on. Counts must hold on any machine: no lookup fails, a fault makes few retries, shares
follow, on a busy machine later. Where not even the lookups before the fault are answered at their
pace, there is nothing to see, and the test is skipped.
Times are printed for people, also as ratios to those before the fault; machines differ.
With the argument `sealed` the same happens in sealed mode."""
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client_harness import BIN, REPUTE, SECONDS, environment  # noqa: E402
from reputed_harness import REPUTED  # noqa: E402
from udp_proxy import Proxy  # noqa: E402

RATE = 200  # lookups a second
CALM_SECONDS = 60  # at most, until these are answered without many retries
DEADLINE_MS = 2000  # longer than the default: the machine may be busy with other things
SETTLE_SECONDS = 20  # at most, until shares are what the delays make them
RETRIES_MAX = 0.25  # of a fault, for each lookup


class Sealed:
    """A database of one name whose clients seal, and the credentials of one of them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.db = os.path.join(self.folder.name, "db")
        self.credentials = os.path.join(self.folder.name, "mx1.credentials")
        names = os.path.join(self.folder.name, "names.txt")
        os.mkdir(self.db)
        with open(names, "w", encoding="ascii") as file:
            file.write("listed.example\n")
        for command in (("keys", "init"), ("keys", "client", "add", "mx1", "-o", self.credentials),
                        ("load", "--feed", "f", "--format", "list", "--kind", "domain",
                         "--verdict", "spam", names)):
            subprocess.run([REPUTE, *command, "--db", self.db], check=True, env=environment(),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Server:
    """A reputed that can be ended and started again at the same port."""

    def __init__(self, sealed=None):
        self.port = 0
        self.folder = tempfile.TemporaryDirectory()
        self.data = ["--demo"]
        if sealed:
            self.data = ["--db", os.path.join(self.folder.name, "db")]
            shutil.copytree(sealed.db, self.data[1])
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [REPUTED, *self.data, "--listen", f"127.0.0.1:{self.port}", "--workers", "2"],
            stderr=subprocess.PIPE, bufsize=0,  # or select would wait for a line that Python has
            env={**os.environ, "TMPDIR": self.folder.name})
        line = ""
        while "ready in" not in line:
            readable, _, _ = select.select([self.process.stderr], [], [], SECONDS)
            assert readable, "reputed does not start"
            line = self.process.stderr.readline().decode()
            assert line, "reputed ended"
        self.port = int(re.search(r"udp 127\.0\.0\.1:(\d+)", line).group(1))

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(timeout=SECONDS)
        self.process.stderr.close()

    def close(self):
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.folder.cleanup()


class Lookups:
    """The stream of lookups, and what became of each."""

    def __init__(self, ways, sealed=None):
        addresses = ["%s:%d" % way.address for way in ways]
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [os.path.join(BIN, "lookup_stream"), str(RATE), str(DEADLINE_MS), *addresses],
            stdin=subprocess.PIPE, stdout=self.output,
            env=environment(**({"REPUTE_CREDENTIALS": sealed.credentials} if sealed else {})))

    def end(self):
        """(lookups as (begun s, took ms, word, sends), {server: (state, timeouts)})"""
        self.process.stdin.close()
        assert self.process.wait(timeout=SECONDS) == 0
        self.output.seek(0)
        lookups, servers = [], {}
        for line in self.output.read().decode().splitlines():
            kind, *words = line.split()
            if kind == "lookup":
                lookups.append((int(words[0]) / 1e6, int(words[1]) / 1e3, words[2], int(words[3])))
            else:
                servers[words[0]] = (words[1], int(words[2]))
        self.output.close()
        return lookups, servers


class World:
    """Servers, the proxy before them, and the lookups through it."""

    def __init__(self):
        self.sealed = Sealed() if "sealed" in sys.argv else None
        self.servers = [Server(self.sealed) for _ in range(3)]
        self.proxy = Proxy([("127.0.0.1", server.port) for server in self.servers])
        self.ways = self.proxy.ways
        for way, delay_ms in zip(self.ways, (1, 5, 8)):  # each way; the first is the fastest
            way.delay_s = delay_ms / 1000

    def __enter__(self):
        self.proxy.__enter__()
        self.lookups = Lookups(self.ways, self.sealed)
        try:
            self.run(1)  # until all are measured
            self.await_calm()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.lookups.process.kill()
        self.lookups.process.wait()
        self.proxy.__exit__()
        for server in self.servers:
            server.close()

    @staticmethod
    def run(seconds):
        """Lets the world go on. Every check below is of counts over spans, not of moments."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            select.select([], [], [], max(0.0, end - time.monotonic()))

    def await_calm(self):
        """Goes on until a second has as many queries as lookups."""
        seen = []
        while not seen or not 0.9 * RATE < seen[-1] < 1.1 * RATE:
            if len(seen) >= CALM_SECONDS:
                print(f"this machine is too busy: queries for {RATE} lookups a second: {seen}")
                sys.exit(77)
            begin = time.monotonic()
            self.run(1)
            seen.append(sum(way.queries_between(begin, begin + 1.0) for way in self.ways))

    def settle(self, which, is_right):
        """Goes on until the share of a server in the last second is right."""
        shares = []
        while not shares or not is_right(shares[-1]):
            assert len(shares) < SETTLE_SECONDS, f"shares of server {which}: {shares}"
            self.run(1)
            now = time.monotonic()
            shares.append(self.share(which, now - 1.0, now))

    def share(self, which, begin, end):
        counts = [way.queries_between(begin, end) for way in self.ways]
        return counts[which] / max(1, sum(counts))

    def finish(self, name, since):
        """Ends the lookups and prints their times since the fault, each also as a ratio to the
        second before it. Returns what the client says of the servers."""
        self.ended, servers = self.lookups.end()
        failed = [it for it in self.ended if it[2] != "ok"]
        sends = [sends_each(self.ended, begin, end) for begin, end in ((0, since), (since, 1e9))]
        before = sorted(it[1] for it in self.ended if since - 1.0 <= it[0] < since)
        after = sorted(it[1] for it in self.ended if it[0] >= since)
        times = ", ".join(f"{word} {rank(after, part):.1f} ms"
                          f" ({rank(after, part) / rank(before, part):.1f}x)"
                          for word, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)))
        print(f"{name}: {len(self.ended)} lookups, {len(failed)} failed, "
              f"{sends[1]:.3f} sends a lookup ({sends[0]:.3f} before), {times}, "
              f"max {after[-1]:.1f} ms")
        assert not failed, failed[:5]
        assert sends[1] < sends[0] + RETRIES_MAX, sends
        return servers


def sends_each(lookups, begin, end):
    sends = [it[3] for it in lookups if begin <= it[0] < end]
    return sum(sends) / len(sends)


def rank(times, part):
    return times[int((len(times) - 1) * part)]


def killed_and_back():
    with World() as world:
        begin = time.monotonic()
        world.servers[0].end(signal.SIGKILL)
        world.run(2)
        dead_end = time.monotonic()
        world.servers[0].start()
        world.settle(0, lambda share: share > 0.5)  # it is the fastest again
        world.finish("killed and back", begin)
        assert world.share(0, begin + 1.0, dead_end) < 0.01


def stopped_server():
    with World() as world:
        begin = time.monotonic()
        for _ in range(3):
            world.servers[0].process.send_signal(signal.SIGSTOP)
            world.run(0.3)
            world.servers[0].process.send_signal(signal.SIGCONT)
            world.run(0.7)
        world.finish("stopped for 300 ms", begin)


def cut_off():
    with World() as world:
        begin = time.monotonic()
        world.ways[0].blackhole = True
        world.run(2)
        cut_end = time.monotonic()
        world.ways[0].blackhole = False
        world.run(1)
        world.finish("cut off", begin)
        assert world.share(0, begin + 1.0, cut_end) < 0.01


def slow_server():
    with World() as world:
        begin = time.monotonic()
        world.ways[0].delay_s += 0.050  # 100 ms there and back: more than a busy machine's jitter
        world.settle(0, lambda share: share < 0.05)
        world.run(1)
        world.finish("100 ms slower", begin)


def lossy_and_reordering():
    with World() as world:
        begin = time.monotonic()
        for way in world.ways:
            way.loss = 0.01
            way.jitter_s = 0.004
        world.run(4)
        world.finish("1 % loss each way, reordering", begin)


def rolling_restart():
    with World() as world:
        begin = time.monotonic()
        drains = []  # (which server, from when on it was to be left alone, until when)
        for which, server in enumerate(world.servers):
            asked = time.monotonic()
            server.end(signal.SIGTERM)  # returns when it has drained
            drains.append((which, asked + 1.0, time.monotonic()))
            server.start()
            world.run(1.5)
        world.finish("rolling restart", begin)
        for which, since, until in drains:
            # A retry may go to a server that stops, if it is the one that was not asked yet.
            retries = sum(it[3] - 1 for it in world.ended if since <= it[0] < until)
            queries = world.ways[which].queries_between(since, until)
            every = sum(way.queries_between(since, until) for way in world.ways)
            assert queries < 0.02 * every + retries, (
                f"{queries} of {every} queries went to a server that said it stops")


def stopped_client():
    with World() as world:
        begin = time.monotonic()
        for _ in range(4):
            world.lookups.process.send_signal(signal.SIGSTOP)
            world.run(0.2)
            world.lookups.process.send_signal(signal.SIGCONT)
            world.run(0.3)
        world.run(1)
        servers = world.finish("client stopped for 200 ms", begin)
        assert len(servers) == 3
        for name, (state, _) in servers.items():
            assert state in ("up", "suspect"), (name, state)


SCENARIOS = {f.__name__: f for f in (killed_and_back, stopped_server, cut_off, slow_server,
                                     lossy_and_reordering, rolling_restart, stopped_client)}

if __name__ == "__main__":
    for wanted in [name for name in SCENARIOS if name in sys.argv] or SCENARIOS:
        SCENARIOS[wanted]()
