#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What reputed does when it is asked twice as much as it can answer, and while it switches
snapshots under full load. One core for the server, one for the load.

  stress.py overload --bin DIR [--records 1000000] [--keys 64] [--buffer BYTES] [--no-merge]
  stress.py switch   --bin DIR [--records 1000000] [--keys 20] [--store mmap|memory]

overload, each repeat: maximum rate; half of it; twice of it; and at once half of it again, measured
for half a second that begins 0.6 s after the overload: the generator waits for late replies, and
the new one warms up. Verdicts are replies that answered; BUSY and what was dropped are not.
switch, each repeat: maximum rate, alone and with one switch after another. A reply that comes when
nobody waits for it any more is late, not lost."""
import argparse
import concurrent.futures
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


def lost(got, seconds):
    return max(0, round(got["lost_share"] * got["offered_per_s"] * seconds) - got["unmatched"])


def ratio(got, other, what):
    """Of what may be 0 in a short run on a stalled machine."""
    return got[what] / max(other[what], 1)


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
        verdicts.append(ratio(twice, most, "replies_per_s"))
        p99.append(ratio(after, before, "p99_us"))
    spread("verdicts a second at twice the maximum / at the maximum", verdicts)
    spread("p99 at half the maximum, after the overload / before it", p99)


def go_on(server, db, generation, over):
    """Switches between the generations 1 and 2 until it is over; returns the last and how often."""
    switches = 0
    while not over.is_set():
        generation = 3 - generation
        reputed.publish(db, generation)
        reputed.await_adoption(server, generation)
        switches += 1
    return generation, switches


def switch(options, server, address, db):
    """Both generations hold the same records, so every answer can be checked."""
    slower, p99, missed, total = [], [], 0, 0
    generation = 2
    for repeat in range(options.repeats):
        alone = drive(options, address, server.pid, options.seconds, seed=repeat)
        over = threading.Event()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            switching = pool.submit(go_on, server, db, generation, over)
            try:
                beside = drive(options, address, server.pid, options.seconds, seed=repeat)
            finally:
                over.set()
            generation, switches = switching.result()
        row("alone", alone)
        row(f"{switches} switches", beside)
        slower.append(ratio(beside, alone, "replies_per_s"))
        p99.append(ratio(beside, alone, "p99_us"))
        missed += lost(beside, options.seconds)
        total += switches
    print(f"{total} switches, queries lost: {missed}")
    spread("replies a second while switching / alone", slower)
    spread("p99 while switching / alone", p99)
    return 1 if missed else 0


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
