#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What reputed does when it is asked twice as much as it can answer, and while it switches
snapshots under full load. One core for the server, one for the load.

  stress.py overload --bin DIR [--records 1000000] [--keys 64] [--buffer BYTES] [--no-merge]
  stress.py switch   --bin DIR [--records 1000000] [--keys 20] [--store mmap|memory]

overload, each repeat: maximum rate; half of it; twice of it; and at once half of it again, measured
from 0.3 s after the overload to 0.8 s after it. Verdicts are replies that answered; BUSY and what
was dropped are not. switch, each repeat: maximum rate, alone and with one switch after another."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reputed  # pylint: disable=wrong-import-position


def drive(options, address, pid, seconds, rate="max", seed=1):
    done = subprocess.run(
        [os.path.join(options.bin, "repute-bench"), "drive", "repute", address, "--pid", str(pid),
         "--records", str(options.records), "--keys", str(options.keys), "--rate", rate, "--window",
         str(options.window), "--duration", str(seconds), "--seed", str(seed)],
        stdout=subprocess.PIPE, check=True)
    got = json.loads(done.stdout)
    if got["wrong"]:
        raise SystemExit(f"{got['wrong']} wrong answers")
    return got


def config(options, folder, db):
    path = os.path.join(folder, "reputed.toml")
    with open(path, "w", encoding="ascii") as file:
        file.write(f'database = "{db}"\nlisten = ["127.0.0.1:0"]\nstore = "{options.store}"\n'
                   f"receive_buffer = {options.buffer}\n")
        if options.no_merge:
            file.write("merge_replies = false\nmerge_requests = false\n")
    return path


def row(name, got):
    print(f"{name:<16} offered {got['offered_per_s']:>7.0f}/s  verdicts "
          f"{got['replies_per_s']:>7.0f}/s  busy {got['errors_per_s']:>6.0f}/s  kernel drops "
          f"{got['kernel_drops']:>7.0f}  lost {got['lost_share']:6.2%}  "
          f"p50 {got['p50_us']:>7.1f}  p99 {got['p99_us']:>7.1f} us", flush=True)


def spread(name, values):
    print(f"{name}: median {statistics.median(values):.2f} [{min(values):.2f}..{max(values):.2f}]")


def overload(options, server, address, _):
    verdicts, p99 = [], []
    for repeat in range(options.repeats):
        ask = lambda seconds, rate: drive(options, address, server.pid, seconds, rate, repeat)
        most = ask(options.seconds, "max")
        half = str(max(1, int(most["replies_per_s"] / 2)))
        before = ask(options.seconds, half)
        twice = ask(options.seconds, str(max(1, int(most["replies_per_s"] * 2))))
        after = ask(0.5, half)
        for name, got in (("maximum", most), ("half", before), ("twice", twice),
                          ("half, after it", after)):
            row(name, got)
        verdicts.append(twice["replies_per_s"] / most["replies_per_s"])
        p99.append(after["p99_us"] / before["p99_us"])
    spread("verdicts a second at twice the maximum / at the maximum", verdicts)
    spread("p99 at half the maximum, after the overload / before it", p99)


def switch(options, server, address, db):
    """Both generations hold the same records, so every answer can be checked."""
    slower, p99, lost, switches = [], [], 0, 0
    generation = 2
    for repeat in range(options.repeats):
        alone = drive(options, address, server.pid, options.seconds, seed=repeat)
        over = threading.Event()
        done = []

        def go_on(first):
            at = first
            while not over.is_set():
                at = 3 - at
                reputed.publish(db, at)
                reputed.await_adoption(server, at)
                done.append(at)

        switcher = threading.Thread(target=go_on, args=(generation,))
        switcher.start()
        beside = drive(options, address, server.pid, options.seconds, seed=repeat)
        over.set()
        switcher.join()
        generation = done[-1]
        row("alone", alone)
        row(f"{len(done)} switches", beside)
        slower.append(beside["replies_per_s"] / alone["replies_per_s"])
        p99.append(beside["p99_us"] / alone["p99_us"])
        lost += beside["lost_share"] * beside["offered_per_s"] * options.seconds
        switches += len(done)
    print(f"{switches} switches, queries lost: {lost:.0f}")
    spread("replies a second while switching / alone", slower)
    spread("p99 while switching / alone", p99)
    return 1 if lost else 0


def make_generations(options, db):
    """Generation 1, and for switches the same content once more as generation 2."""
    for _ in range(2 if options.what is switch else 1):
        subprocess.run([os.path.join(options.bin, "repute-bench"), "database", db,
                        str(options.records)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(required=True)
    for what, keys in ((overload, 64), (switch, 20)):
        command = commands.add_parser(what.__name__)
        command.set_defaults(what=what)
        command.add_argument("--bin", required=True, help="folder of the binaries")
        command.add_argument("--records", type=int, default=1_000_000)
        command.add_argument("--keys", type=int, default=keys, help="of a datagram")
        command.add_argument("--window", type=int, default=256, help="outstanding, at maximum rate")
        command.add_argument("--buffer", type=int, default=1 << 20, help="reputed's receive_buffer")
        command.add_argument("--no-merge", action="store_true",
                             help="merge_replies and merge_requests = false")
        command.add_argument("--store", default="mmap")
        command.add_argument("--seconds", type=float, default=2)
        command.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "db")
        make_generations(options, db)
        with reputed.serving(options.bin, "--config", config(options, folder, db),
                             core=0) as (server, address):
            return options.what(options, server, address, db)


if __name__ == "__main__":
    sys.exit(main())
