# SPDX-License-Identifier: Apache-2.0
"""Three real servers behind a proxy: they are killed, stopped, cut off, drained and restarted while
lookups go on. Counts must hold on any machine: no lookup fails, retries stay rare, shares follow.
Times are printed for people; machines differ."""
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client_harness import BIN, SECONDS  # noqa: E402
from reputed_harness import REPUTED  # noqa: E402
from udp_proxy import Proxy  # noqa: E402

RATE = 400  # lookups a second
DEADLINE_MS = 2000  # longer than the default: the machine may be busy with other things


class Server:
    """A reputed that can be ended and started again at the same port."""

    def __init__(self, port=0):
        self.port = port
        self.folder = tempfile.TemporaryDirectory()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [REPUTED, "--demo", "--listen", f"127.0.0.1:{self.port}", "--workers", "2"],
            stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": self.folder.name})
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

    def __init__(self, ways):
        addresses = ["%s:%d" % way.address for way in ways]
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [os.path.join(BIN, "lookup_stream"), str(RATE), str(DEADLINE_MS), *addresses],
            stdin=subprocess.PIPE, stdout=self.output)

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
        self.servers = [Server() for _ in range(3)]
        self.proxy = Proxy([("127.0.0.1", server.port) for server in self.servers])
        self.ways = self.proxy.ways
        for way, delay_ms in zip(self.ways, (1, 5, 8)):  # each way; the first is the fastest
            way.delay_s = delay_ms / 1000

    def __enter__(self):
        self.proxy.__enter__()
        self.lookups = Lookups(self.ways)
        self.run(1.5)  # until all are measured
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

    def share(self, which, begin, end):
        counts = [way.queries_between(begin, end) for way in self.ways]
        return counts[which] / max(1, sum(counts))

    def finish(self, name, since):
        lookups, servers = self.lookups.end()
        failed = [it for it in lookups if it[2] != "ok"]
        sends = sum(it[3] for it in lookups) / len(lookups)
        took = sorted(it[1] for it in lookups if it[0] >= since)
        print(f"{name}: {len(lookups)} lookups, {len(failed)} failed, {sends:.3f} sends a lookup, "
              f"p50 {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms, "
              f"max {took[-1]:.1f} ms")
        assert not failed, failed[:5]
        return sends, servers


def killed_and_back():
    with World() as world:
        begin = time.monotonic()
        world.servers[0].end(signal.SIGKILL)
        world.run(2)
        dead_end = time.monotonic()
        world.servers[0].start()
        world.run(5.5)
        end = time.monotonic()
        sends, _ = world.finish("killed and back", begin)
        assert world.share(0, begin + 0.5, dead_end) < 0.01
        assert world.share(0, end - 1.0, end) > 0.5, "it is the fastest again"
        assert sends < 1.25


def stopped_server():
    with World() as world:
        begin = time.monotonic()
        for _ in range(3):
            world.servers[0].process.send_signal(signal.SIGSTOP)
            world.run(0.3)
            world.servers[0].process.send_signal(signal.SIGCONT)
            world.run(0.7)
        sends, _ = world.finish("stopped for 300 ms", begin)
        assert sends < 1.25


def cut_off():
    with World() as world:
        begin = time.monotonic()
        world.ways[0].blackhole = True
        world.run(2)
        cut_end = time.monotonic()
        world.ways[0].blackhole = False
        world.run(1)
        sends, _ = world.finish("cut off", begin)
        assert world.share(0, begin + 0.5, cut_end) < 0.01
        assert sends < 1.25


def lossy_and_reordering():
    with World() as world:
        begin = time.monotonic()
        for way in world.ways:
            way.loss = 0.01
            way.jitter_s = 0.004
        world.run(4)
        sends, _ = world.finish("1 % loss each way, reordering", begin)
        assert sends < 1.25


def rolling_restart():
    with World() as world:
        begin = time.monotonic()
        for which, server in enumerate(world.servers):
            asked = time.monotonic()
            server.end(signal.SIGTERM)  # returns when it has drained
            ended = time.monotonic()
            share = world.share(which, asked + 1.0, ended)
            assert share < 0.02, f"{share} of the queries went to a server that said it stops"
            server.start()
            world.run(1.5)
        sends, _ = world.finish("rolling restart", begin)
        assert sends < 1.25


def stopped_client():
    with World() as world:
        begin = time.monotonic()
        for _ in range(4):
            world.lookups.process.send_signal(signal.SIGSTOP)
            world.run(0.2)
            world.lookups.process.send_signal(signal.SIGCONT)
            world.run(0.3)
        world.run(1)
        _, servers = world.finish("client stopped for 200 ms", begin)
        assert len(servers) == 3
        for name, (state, _) in servers.items():
            assert state in ("up", "suspect"), (name, state)


SCENARIOS = {f.__name__: f for f in (killed_and_back, stopped_server, cut_off,
                                     lossy_and_reordering, rolling_restart, stopped_client)}

if __name__ == "__main__":
    for wanted in sys.argv[1:] or SCENARIOS:
        SCENARIOS[wanted]()
