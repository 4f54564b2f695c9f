#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one client gets through, and what a mail costs it: reputed on one core, the client on
another. "bare" is a loop of send and receive of the same datagrams: what the kernel takes.

  bench_client.py --bin DIR [--seconds 5] [--outstanding 1,8,32,128] [--keys 20]

Exit status 1 if a lookup failed."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reputed  # pylint: disable=wrong-import-position

def measure(options, address, outstanding, *more):
    done = subprocess.run(
        [os.path.join(options.bin, "client_load"), "--server", address, "--keys",
         str(options.keys), "--outstanding", outstanding, "--seconds", str(options.seconds),
         *more], stdout=subprocess.PIPE, text=True, check=False, preexec_fn=reputed.on_core(1))
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin", required=True, help="folder of the binaries")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--outstanding", default="1,8,32,128")
    parser.add_argument("--keys", type=int, default=20)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, reputed.serving(
            options.bin, "--demo", "--listen", "127.0.0.1:0", core=0,
            env={**os.environ, "TMPDIR": folder}) as (_, address):
        print("outstanding     mails/s   lookups/s  us of processor a mail   bare  failed")
        for outstanding in options.outstanding.split(","):
            it = measure(options, address, outstanding)
            bare = measure(options, address, outstanding, "--bare")
            print(f"{outstanding:>11} {it['mails_per_s']:>11} {it['lookups_per_s']:>11} "
                  f"{it['cpu_us_per_mail']:>23.2f} {bare['cpu_us_per_mail']:>6.2f} "
                  f"{it['failed']:>7}")
            failed += it["failed"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
