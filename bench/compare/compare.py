#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Repute beside the servers that people use for the same: one core each, the same records,
each asked in its own protocol at its best setting, by turns.

    bench/compare/compare.py --bin build/bench/bin --out results

Missing servers are installed from Debian, unless --no-install; those that stay missing are named.
All daemons run in the foreground on loopback below a temporary folder; nothing of the system's
configuration is used or changed."""
import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time

import peers
import tables
from processes import find_program, memory_kib

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
POLICY = "/usr/sbin/policy-rc.d"
READY_SECONDS = 120


def options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder with repute-bench and reputed")
    parser.add_argument("--out", help="folder for table.txt, .md, .csv, chart.svg and raw.json")
    parser.add_argument("--no-install", action="store_true", help="use what is installed")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--hits", type=int, default=10, help="percent of keys that are listed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=2, help="seconds of each sample")
    parser.add_argument("--server-cpu", type=int, default=0)
    parser.add_argument("--generator-cpu", type=int, default=min(1, (os.cpu_count() or 1) - 1))
    parser.add_argument("--only", default="", help="names of peers, with commas")
    return parser.parse_args()


def install():
    """Installs the packages of the list's group `bench`, without starting any daemon of theirs."""
    stops_daemons = os.geteuid() == 0 and not os.path.exists(POLICY)
    if stops_daemons:
        with open(POLICY, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(POLICY, 0o755)
    try:
        script = os.path.join(PROJECT, "deploy", "install_packages.sh")
        subprocess.run([script, "bench"], check=False)
    finally:
        if stops_daemons:
            os.remove(POLICY)


class Bench:
    """Asks servers through repute-bench."""

    def __init__(self, chosen):
        self.chosen = chosen
        self.program = os.path.join(os.path.abspath(chosen.bin), "repute-bench")
        self.seed = 0

    def sample(self, peer, row, setting, duration=None, rate="max", hits=None):
        self.seed += 1
        done = subprocess.run(
            [self.program, "drive", row.protocol, peer.address(), "--keys", str(row.keys),
             "--records", str(self.chosen.records), "--seed", str(self.seed),
             "--hits", str(self.chosen.hits if hits is None else hits), "--rate", str(rate),
             "--sockets", str(setting[0]), "--window", str(setting[1]),
             "--duration", str(duration or self.chosen.duration),
             "--generator-cpu", str(self.chosen.generator_cpu),
             "--pid", ",".join(map(str, peer.pids()))],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ConnectionError(done.stderr.strip())
        return json.loads(done.stdout)

    def await_ready(self, peer):
        """Waits until every row's requests are answered, and rightly: all records are loaded."""
        deadline = time.monotonic() + READY_SECONDS
        for row in peer.rows:
            duration = 0.05
            while True:
                try:
                    told = self.sample(peer, row, (1, 1), duration, hits=100)
                    if told["replies_per_s"] > 0 and told["wrong"] == 0:
                        break
                    problem = f"{told['replies_per_s']} replies, {told['wrong']} wrong"
                except ConnectionError as error:
                    problem = str(error)
                ended = [daemon for daemon in peer.daemons if daemon.ended()]
                if ended or time.monotonic() > deadline:
                    words = "; ".join(d.last_words() for d in ended or peer.daemons)
                    raise RuntimeError(f"{peer.name} does not serve: {problem}: {words}")
                duration = min(2 * duration, 1)  # a busy machine answers late
                time.sleep(0.1)

    def best_setting(self, peer, row):
        duration = min(0.5, self.chosen.duration)
        rates = {setting: self.sample(peer, row, setting, duration)["lookups_per_s"]
                 for setting in row.settings}
        return max(rates, key=rates.get)


def say(text):
    """One line on a terminal, drawn again and again; a line each in a log."""
    drawn = sys.stderr.isatty()
    print(f"\r\x1b[K{text}" if drawn else text, end="" if drawn else "\n", file=sys.stderr,
          flush=True)


def start_peers(bench, chosen, folder):
    """Peers that serve, and why the others do not."""
    running, missing = [], {}
    wanted = set(filter(None, chosen.only.split(",")))
    for kind in peers.ALL:
        absent = [program for program in kind.programs if find_program(program) is None]
        if wanted and kind.name not in wanted:
            continue
        if absent:
            missing[kind.name] = "not installed: " + ", ".join(absent)
            continue
        own = os.path.join(folder, kind.name)
        os.mkdir(own)
        os.chmod(own, 0o755)
        peer = kind(peers.Surroundings(bench.program, chosen.server_cpu, chosen.records, own))
        say(f"starting {kind.name}")
        running.append(peer)
        try:
            peer.start()
            bench.await_ready(peer)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            missing[kind.name] = str(error)
            peer.stop()
            running.remove(peer)
    return running, missing


def measure(bench, chosen, running):
    """Rounds over all rows: what disturbs the machine for a while disturbs all of them."""
    results = []
    for peer in running:
        for row in peer.rows:
            say(f"best setting: {row.name}")
            results.append((peer, tables.Result(row, bench.best_setting(peer, row))))
    for number in range(chosen.rounds):
        for peer, result in results:
            say(f"round {number + 1} of {chosen.rounds}: {result.row.name}")
            told = bench.sample(peer, result.row, result.setting)
            half = max(1, int(told["replies_per_s"] / 2))
            result.maximum.append(told)
            result.half.append(bench.sample(peer, result.row, result.setting, rate=half))
            result.memory_kib = memory_kib(peer.pids())
    say("measured")
    return [result for _, result in results]


def wrong_answers(results):
    return sum(sample["wrong"] for r in results for sample in r.maximum + r.half)


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=PROJECT, check=False,
                          capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return models[0] if models else platform.machine()


def write_results(chosen, results, missing):
    head = (f"{cpu_model()}, {os.cpu_count()} cores, Linux {platform.release()}, "
            f"commit {commit()}\n"
            f"{chosen.records} records, {chosen.hits} % hits, {chosen.rounds} rounds of "
            f"{chosen.duration} s, server on CPU {chosen.server_cpu}, generator on "
            f"{chosen.generator_cpu}\n")
    notes = "".join(f"missing: {name}: {why}\n" for name, why in missing.items())
    text = f"{head}\n{tables.as_text(results, chosen.records)}\n{notes}"
    print(text)
    if not chosen.out:
        return
    os.makedirs(chosen.out, exist_ok=True)

    def write(name, content):
        with open(os.path.join(chosen.out, name), "w", encoding="utf-8") as file:
            file.write(content)
    write("table.txt", text)
    write("table.md", f"{head}\n{tables.as_markdown(results, chosen.records)}\n{notes}")
    write("table.csv", tables.as_csv(results))
    write("raw.json", json.dumps({
        "bench": "compare", "machine": {"cpu": cpu_model(), "cores": os.cpu_count(),
                                        "kernel": platform.release()},
        "commit": commit(), "options": vars(chosen), "missing": missing,
        "rows": [result.as_json() for result in results]}, indent=1) + "\n")
    if not tables.draw(results, os.path.join(chosen.out, "chart.svg")):
        print("no chart: gnuplot is not installed (Debian package gnuplot-nox)")


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))  # daemons end with us
    if not chosen.no_install:
        install()
    bench = Bench(chosen)
    with tempfile.TemporaryDirectory(prefix="repute-compare-") as folder:
        os.chmod(folder, 0o755)  # daemons that change to another user read their data here
        running = []
        try:
            running, missing = start_peers(bench, chosen, folder)
            results = measure(bench, chosen, running)
        finally:
            for peer in running:
                peer.stop()
    if not results:
        print("nothing to compare", file=sys.stderr)
        return 69
    write_results(chosen, results, missing)
    wrong = wrong_answers(results)
    if wrong:
        print(f"{wrong:.0f} wrong answers", file=sys.stderr)
        return 65
    return 0


if __name__ == "__main__":
    sys.exit(main())
