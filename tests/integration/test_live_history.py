# SPDX-License-Identifier: Apache-2.0
"""Random histories with the real programs: put, del, override, load, prune, rollback, restart
against a model. Argument: how many histories. (tests/unit/load/live_history_test.cpp does it often
and with time.)"""
import os
import random
import sys
import tempfile

import live_harness
import reputed_harness as harness

NAMES = ["a.example", "b.example", "c.example"]
SPAM, PHISHING, MALWARE = 1, 6, 7
STEPS = 16


class Snapshot:
    def __init__(self, rows, known, standing):
        self.rows = rows  # names that the feed lists
        self.known = known  # number of the last change that the load was told
        self.standing = standing  # removals up to it that still hide a row


class History:
    def __init__(self, directory, chance):
        self.directory = directory
        self.chance = chance
        self.changes = {}  # (layer, name) -> (number, put or not)
        self.last = 0
        self.snapshots = {}
        self.current = 0
        self.log = []
        self.server = None

    def start(self):
        self.server = harness.Server("--db", self.directory)

    def stop(self):
        self.server.__exit__()
        self.server = None

    def hides(self, name, generation):
        number, put = self.changes.get(("live", name), (0, True))
        made = self.snapshots.get(generation)
        return not put and (made is None or number > made.known or number in made.standing)

    def load(self, told):
        rows = [name for name in NAMES if self.chance.random() < 0.5]
        self.log.append(f"load {rows} {told}")
        if not told and self.server is not None:
            self.stop()
        before = self.snapshots.get(self.current)
        known = self.last if told else (before.known if before else 0)
        standing = {self.changes["live", name][0] for name in rows
                    if self.hides(name, self.current) and self.changes["live", name][0] <= known}
        live_harness.load(self.directory, "hosts", rows)
        self.current = max(self.snapshots, default=0) + 1
        self.snapshots[self.current] = Snapshot(rows, known, standing)
        if self.server is None:
            self.start()
        else:
            self.server.wait_for_line(f"adopted generation {self.current}")

    def change(self):
        layer = self.chance.choice(["live", "live", "override"])
        put = self.chance.random() < 0.5
        name = self.chance.choice(NAMES)
        self.log.append(f"{layer} {'+' if put else '-'} {name}")
        words = {("live", True): ["put", "--verdict", "phishing", "--expires", "1h", "--reason",
                                  "r"],
                 ("live", False): ["del", "--match", "exact"],
                 ("override", True): ["override", "add", "--verdict", "malware", "--match",
                                      "exact", "--reason", "r"],
                 ("override", False): ["override", "del", "--match", "exact"]}[layer, put]
        live_harness.repute(*words, "--db", self.directory, name)
        self.last += 1
        self.changes[layer, name] = (self.last, put)

    def other(self):
        return self.chance.choice([g for g in self.snapshots if g != self.current] or [None])

    def roll_back(self):
        generation = self.other()
        if generation is not None:
            self.log.append(f"rollback {generation}")
            live_harness.repute("snapshot", "rollback", "--db", self.directory, str(generation),
                                "--wait")
            self.current = generation

    def prune(self):
        self.log.append("prune")
        kept = sorted(self.snapshots)[-2:]
        live_harness.repute("snapshot", "prune", "--db", self.directory, "--keep", "2")
        for generation in list(self.snapshots):
            path = os.path.join(self.directory, "snapshots", f"{generation:08}.mdb")
            if not os.path.exists(path):
                assert generation not in kept and generation != self.current, generation
                del self.snapshots[generation]

    def expected(self, name):
        if self.changes.get(("override", name), (0, False))[1]:
            return (MALWARE, True)
        if self.changes.get(("live", name), (0, False))[1]:
            return (PHISHING, False)
        listed = name in self.snapshots[self.current].rows and not self.hides(name, self.current)
        return (SPAM if listed else 0, False)

    def check(self):
        with harness.Client(self.server.address) as client:
            for name in NAMES:
                got = live_harness.ask(client, name)
                assert got == self.expected(name), (name, got, self.expected(name), self.log)

    def step(self):
        choice = self.chance.randrange(12)
        if choice < 2:
            self.load(told=choice == 0)
        elif choice == 2:
            self.roll_back()
        elif choice == 3:
            self.prune()
        elif choice == 4:
            self.log.append("restart")
            self.stop()
            self.start()
        else:
            self.change()

    def run(self):
        self.load(told=False)
        try:
            for _ in range(STEPS):
                self.step()
                self.check()
        finally:
            if self.server is not None:
                self.stop()


def main():
    first = int(os.environ.get("REPUTE_HISTORY_SEED", "1"))
    for seed in range(first, first + int(sys.argv[1])):
        print("seed", seed, flush=True)
        with tempfile.TemporaryDirectory() as root:
            History(os.path.join(root, "db"), random.Random(seed)).run()


if __name__ == "__main__":
    main()
