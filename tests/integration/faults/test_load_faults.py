# SPDX-License-Identifier: Apache-2.0
"""The loader is killed, runs out of disk, or meets a failing disk, at every change it makes to a
file: CURRENT names a whole snapshot, a running server serves on, the next load succeeds. Likewise
what rollbacks and imports say of themselves is true, and a killed import can be done again."""
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reputed_harness as harness  # noqa: E402

REPUTE = os.path.join(os.environ["REPUTE_BIN_DIR"], "repute")
FAULT_IO = sys.argv[1]
KILLS_AT_RANDOM_TIMES = int(sys.argv[2]) if len(sys.argv) > 2 else 100
FEEDS = """
[[feed]]
name = "names"
file = "names.txt"
format = "list"
kind = "domain"
match = "both"
verdict = "spam"
[[feed]]
name = "networks"
file = "networks.txt"
format = "list"
kind = "ip"
verdict = "blacklisted"
"""


def write_feeds(folder):
    with open(os.path.join(folder, "feeds.toml"), "w", encoding="ascii") as file:
        file.write(FEEDS)
    with open(os.path.join(folder, "names.txt"), "w", encoding="ascii") as file:
        file.write("listed.example\n")
        file.writelines(f"bad{i}.example\n" for i in range(2000))
    with open(os.path.join(folder, "networks.txt"), "w", encoding="ascii") as file:
        file.writelines(f"11.{i}.0.0/16\n" for i in range(200))


class World:
    """A database, its feeds, and a server on it that must never fail to answer."""

    def __init__(self, folder):
        self.folder = folder
        self.db = os.path.join(folder, "db")
        os.mkdir(self.db)
        write_feeds(folder)
        done = self.load()
        assert done.returncode == 0, done.stderr

    def command(self):
        return [REPUTE, "load", "--no-progress", "--db", self.db,
                os.path.join(self.folder, "feeds.toml")]

    def environment(self, **fault):
        if not fault:
            return None
        settings = {f"FAULT_{name.upper()}": str(value) for name, value in fault.items()}
        preload = " ".join(filter(None, [os.environ.get("LD_PRELOAD"), FAULT_IO]))
        return {**os.environ, "LD_PRELOAD": preload, "FAULT_DIR": self.db, **settings}

    def run(self, command, **fault):
        """FAULT_DIR is the database of this world unless `dir` names another folder."""
        return subprocess.run(command, env=self.environment(**fault), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=harness.START_SECONDS, check=False)

    def load(self, **fault):
        return self.run(self.command(), **fault)

    def snapshot(self, command, *options, **fault):
        return self.run([REPUTE, "snapshot", command, *options, "--db", self.db], **fault)

    def current(self):
        with open(os.path.join(self.db, "CURRENT"), encoding="ascii") as file:
            return int(file.read())

    def check_whole(self):
        """The snapshot that CURRENT names opens, verified, and knows its rows."""
        done = subprocess.run([REPUTE, "explain", "--db", self.db, "listed.example"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0 and "names.txt:1" in done.stdout, done.stdout

    def check_served(self, client):
        reply = client.ask(harness.host_key(b"listed.example"))
        assert reply.rcode == harness.OK and reply.answers[0][0] == harness.LISTED, reply.rcode

    def check_next_load(self):
        before = self.current()
        done = self.load()
        assert done.returncode == 0, done.stderr
        assert self.current() > before
        left = glob.glob(os.path.join(self.db, "**", "*.tmp"), recursive=True)
        assert not left, left
        self.prune()

    def prune(self):
        """Old generations would fill the disk: all but the one in force go."""
        for path in glob.glob(os.path.join(self.db, "snapshots", "0*")):
            if int(os.path.basename(path).split(".")[0]) != self.current():
                os.remove(path)


def count_changes(world, run):
    path = os.path.join(world.folder, "changes")
    done = run(count=path)
    assert done.returncode == 0, done.stderr
    with open(path, encoding="ascii") as file:
        return int(file.read())


def fail_everywhere(world, client, kind, changes):
    refused = 0
    for at in range(1, changes + 1):
        before = world.current()
        done = world.load(at=at, kind=kind)
        where = f"{kind} at change {at} of {changes}: {done.stderr}"
        if kind == "KILL":
            assert done.returncode == -signal.SIGKILL, where
        elif done.returncode != 0:
            refused += 1
            assert done.returncode in (73, 74), where
            assert kind != "ENOSPC" or "disk full" in done.stderr, where
        assert world.current() >= before, where
        check_told(world.current() > before, done, where)
        world.check_served(client)
        world.check_whole()
        assert world.snapshot("list").returncode == 0, f"{where}: a half is no snapshot"
        if at % 5 == 0 or at == changes:
            world.check_next_load()
    return refused


def check_told(switched, done, where):
    """What a command says of itself is what CURRENT says."""
    if done.returncode > 0:
        told = "is in force, but may not survive a power cut: " in done.stderr
        assert told == switched and ("nothing was loaded" in done.stderr) != switched, where


def make_bundle(world):
    path = os.path.join(world.folder, "bundle")
    done = world.snapshot("bundle", "-o", path)
    assert done.returncode == 0, done.stderr
    return path


def kill_imports(world):
    """An import that was killed, into a directory of its own, can be done again."""
    bundle = make_bundle(world)
    target = os.path.join(world.folder, "target")

    def run(**fault):
        return world.run([REPUTE, "snapshot", "import", bundle, "--db", target], dir=target,
                         **fault)

    os.mkdir(target)
    changes = count_changes(world, run)
    for at in range(1, changes + 1):
        shutil.rmtree(target)
        os.mkdir(target)
        assert run(at=at, kind="KILL").returncode == -signal.SIGKILL
        again = run()
        assert again.returncode == 0, f"killed at change {at} of {changes}: {again.stderr}"
        with open(os.path.join(target, "snapshots", "LAST"), encoding="ascii") as file:
            assert int(file.read()) == world.current()


def fail_to_switch(world, client):
    """A rollback and an import, each change failing: both switch back and forth."""
    assert world.load().returncode == 0
    newest = world.current()
    bundle = make_bundle(world)
    for command in (["rollback", str(newest)], ["import", bundle]):
        assert world.snapshot("rollback").returncode == 0
        changes = count_changes(world, lambda **fault: world.snapshot(*command, **fault))
        told = 0
        for at in range(1, changes + 1):
            if world.current() == newest:
                assert world.snapshot("rollback").returncode == 0
            done = world.snapshot(*command, at=at, kind="EIO")
            said = "is in force, but may not survive a power cut: " in done.stderr
            told += said
            switched = world.current() == newest
            assert (done.returncode == 0 or said) == switched, (command, at, done.stderr)
            assert done.returncode in ((74,) if said else (0, 73, 74)), (command, at, done.stderr)
            world.check_served(client)
        assert told == 1, (command, told)


def kill_at_random_times(world, client, count):
    seconds = min(timed_load(world) for _ in range(3))
    chance = random.Random(7)
    for _ in range(count):
        loader = subprocess.Popen(world.command(), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        time.sleep(chance.random() * seconds)
        loader.kill()
        loader.wait()
        world.check_served(client)
    world.check_whole()
    world.check_next_load()


def timed_load(world):
    began = time.monotonic()
    assert world.load().returncode == 0
    return time.monotonic() - began


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        with harness.Server("--db", world.db) as server, harness.Client(server.address) as client:
            world.check_served(client)
            changes = count_changes(world, world.load)
            assert changes > 20, "the preloaded library sees nothing"
            for kind in ("ENOSPC", "EIO"):
                refused = fail_everywhere(world, client, kind, changes)
                assert refused > changes // 2, f"{kind}: only {refused} of {changes} loads failed"
            fail_everywhere(world, client, "KILL", changes)
            fail_to_switch(world, client)
            kill_imports(world)
            kill_at_random_times(world, client, KILLS_AT_RANDOM_TIMES)
            print(f"{changes} changes of files a load")


if __name__ == "__main__":
    main()
