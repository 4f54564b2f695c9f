#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What sealed mode costs a server, and what floods of sealed datagrams do to it. One core for the
server, one for the load.

  flood.py --bin DIR [--records 1000000] [--keys 20] [--seconds 2] [--repeats 5] [--no-merging]

Each repeat: plain questions and sealed ones as fast as answers come; then what nobody answers, as
fast as it can be sent: sealed datagrams with a wrong mac1, and with a right one and a wrong tag.
Processor time of the server for each datagram tells how many it could take. At last good clients at
a quarter of the maximum, alone and beside each flood at a rate that should take half of the core;
how much of the core the flood's datagrams did take is told, too, since both loads have one core.
Floods leave in bursts, which a server takes as one where it may: `--no-merging` makes it take
datagrams one by one, as it must when each comes from another address."""
import argparse
import concurrent.futures
import glob
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reputed  # pylint: disable=wrong-import-position

FLOODS = {"sealed-bad-mac": "dropped_mac", "sealed-bad-tag": "dropped_tag"}
MORE_THAN_CAN_BE_SENT = 3_000_000


class Deployment:
    """A database with sealed mode and one client."""

    def __init__(self, options, folder):
        self.options = options
        self.db = os.path.join(folder, "db")
        self.credentials = os.path.join(folder, "bench.credentials")
        self.run("repute-bench", "database", self.db, str(options.records))
        self.run("repute", "keys", "init", "--db", self.db)
        self.run("repute", "keys", "client", "add", "bench", "--db", self.db, "-o",
                 self.credentials)

    def run(self, program, *arguments):
        return subprocess.run([os.path.join(self.options.bin, program), *arguments], check=True,
                              stdout=subprocess.PIPE).stdout

    def stats(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.connect(os.path.join(self.db, "control.sock"))
            control.sendall(b'{"cmd":"stats"}\n')
            return json.loads(control.makefile().readline())

    def drive(self, address, protocol, rate, seed):
        return json.loads(self.run(
            "repute-bench", "drive", protocol, address, "--records", str(self.options.records),
            "--keys", str(self.options.keys), "--rate", str(rate), "--window", "256", "--duration",
            str(self.options.seconds), "--seed", str(seed), "--credentials", self.credentials))


def processor_s(pid):
    total_ns = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path, encoding="ascii") as file:
            total_ns += int(file.read().split()[0])
    return total_ns / 1e9


def cost(deployment, server, address, protocol, counter, rate, seed):
    """Microseconds of the server for each datagram that was counted, and replies a second."""
    before, began = deployment.stats()[counter], processor_s(server.pid)
    got = deployment.drive(address, protocol, rate, seed)
    count = deployment.stats()[counter] - before
    return (processor_s(server.pid) - began) * 1e6 / max(count, 1), got["replies_per_s"]


def goodput(deployment, address, good_rate, seed):
    """Share of good questions that are answered in time."""
    got = deployment.drive(address, "sealed", good_rate, seed)
    return got["replies_per_s"] / max(got["offered_per_s"], 1)


def goodput_beside(deployment, address, good_rate, flood, flood_us, seed):
    """The same while a flood takes half of the core, and the share of the core that it took half of
    the time, with `flood_us` microseconds for each of its datagrams."""
    rate = max(1, int(0.5e6 / max(flood_us, 1e-6)))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        beside = pool.submit(deployment.drive, address, flood, rate, seed + 1)
        good = pool.submit(goodput, deployment, address, good_rate, seed)
        time.sleep(deployment.options.seconds / 2)  # both are under way
        began, before = time.monotonic(), deployment.stats()[FLOODS[flood]]
        time.sleep(deployment.options.seconds / 2)
        count, took = deployment.stats()[FLOODS[flood]] - before, time.monotonic() - began
        beside.result()
    return good.result(), count * flood_us / 1e6 / took


def spread(name, values):
    print(f"{name:<66} {statistics.median(values):.2f} [{min(values):.2f}..{max(values):.2f}]")


def measure(deployment, server, address):
    plain_by_sealed, by_good = [], {flood: [] for flood in FLOODS}
    kept, took = {flood: [] for flood in FLOODS}, {flood: [] for flood in FLOODS}
    for repeat in range(deployment.options.repeats):
        plain, _ = cost(deployment, server, address, "repute", "queries", "max", repeat)
        sealed, most = cost(deployment, server, address, "sealed", "queries", "max", repeat)
        plain_by_sealed.append(plain / max(sealed, 1e-6))
        print(f"plain {plain:.2f} us, sealed {sealed:.2f} us a datagram", end="", flush=True)
        good_rate = max(1, int(0.25 * most))
        alone = goodput(deployment, address, good_rate, repeat)
        for flood, counter in FLOODS.items():
            each, _ = cost(deployment, server, address, flood, counter, MORE_THAN_CAN_BE_SENT,
                           repeat)
            by_good[flood].append(sealed / max(each, 1e-6))
            beside, share = goodput_beside(deployment, address, good_rate, flood, each, repeat)
            kept[flood].append(beside / max(alone, 1e-6))
            took[flood].append(share)
            print(f"; {flood} {each:.2f} us, goodput beside it {beside:.3f}", end="", flush=True)
        print()
    spread("sealed datagrams a second of processor, against plain ones", plain_by_sealed)
    for flood in FLOODS:
        spread(f"{flood}: dropped in the time of a good one", by_good[flood])
        spread(f"{flood}: share of the core that it took beside good ones", took[flood])
        spread(f"{flood}: goodput meanwhile, against alone", kept[flood])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin", required=True, help="folder of the binaries")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=20, help="of a datagram")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--no-merging", action="store_true",
                        help="the server takes and sends datagrams one by one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(options, folder)
        merging = str(not options.no_merging).lower()
        config = os.path.join(folder, "reputed.toml")
        with open(config, "w", encoding="ascii") as file:
            file.write(f'database = "{deployment.db}"\nlisten = ["127.0.0.1:0"]\n'
                       f'merge_replies = {merging}\nmerge_requests = {merging}\n')
        with reputed.serving(options.bin, "--config", config, core=0) as (server, address):
            measure(deployment, server, address)


if __name__ == "__main__":
    sys.exit(main())
