#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much a running server's answers slow down while it adopts a large snapshot, against what a
plain copy of a file of the same size costs in the same run.

  adoption.py --bin DIR --db DIR [--rate 2000] [--rounds 5] [--store mmap|memory]

DIR holds at least two generations (load twice). Each round measures, interleaved: nothing beside,
a copy of the snapshot's file with fsync, an adoption of the other generation. Latencies are those
of one-key questions at a fixed rate, from the moment they were due."""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reputed  # pylint: disable=wrong-import-position


def measure(options, port, seconds, beside):
    """Latencies while `beside` runs; its own duration."""
    probe = subprocess.Popen([os.path.join(options.bin, "repute_latency_probe"), port,
                              str(options.rate), str(seconds)], stdout=subprocess.PIPE, text=True)
    time.sleep(0.1)
    began = time.monotonic()
    beside()
    took = time.monotonic() - began
    return json.loads(probe.communicate()[0]), took


def copy_file(path):
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path)) as target:
        with open(path, "rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
        os.fsync(target.fileno())


def adopt(db, server, generation):
    reputed.publish(db, generation)
    reputed.await_adoption(server, generation)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--store", default="mmap")
    options = parser.parse_args()
    files = sorted(glob.glob(os.path.join(options.db, "snapshots", "*.mdb")))[-2:]
    generations = [int(os.path.basename(path).split(".")[0]) for path in files]
    reputed.publish(options.db, generations[0])
    results = {"idle": [], "copy": [], "adopt": []}
    seconds = 2
    with reputed.serving(options.bin, "--db", options.db, "--listen", "127.0.0.1:0", "--store",
                         options.store) as (server, address):
        port = address.rpartition(":")[2]
        for round_number in range(options.rounds + 1):
            target = generations[(round_number + 1) % 2]
            steps = {"idle": lambda: None, "copy": lambda: copy_file(files[0]),
                     "adopt": lambda: adopt(options.db, server, target)}
            for name, step in steps.items():
                got, took = measure(options, port, seconds, step)
                if round_number == 0:  # finds out how long a step takes, and warms up
                    seconds = max(seconds, int(took) + 1)
                    continue
                results[name].append(got)
                print(f"{name:6} {took:6.2f} s  {json.dumps(got)}", flush=True)
    size = os.path.getsize(files[0]) / (1 << 20)
    print(f"\n{size:.0f} MiB, {options.rate} questions/s, median of {options.rounds} rounds, us")
    median = {name: {p: statistics.median(r[p] for r in rows) for p in ("p50", "p99", "p99.9")}
              for name, rows in results.items()}
    for name, row in median.items():
        print(f"{name:6} p50 {row['p50']:8.0f}  p99 {row['p99']:8.0f}  p99.9 {row['p99.9']:8.0f}"
              f"  lost {sum(r['lost'] for r in results[name])}")
    print(f"p99.9 while adopting / while copying: "
          f"{median['adopt']['p99.9'] / max(1, median['copy']['p99.9']):.2f}")


if __name__ == "__main__":
    main()
