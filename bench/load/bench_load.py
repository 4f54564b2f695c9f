#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loads made-up rows with `repute load` and imports the same rows with sqlite3, by turns.

    bench_load.py --bin DIR [--mode mixed|hashes] [--rows N] [--runs N] [--memory SIZE]
                  [--no-sqlite]

Absolute times say little on shared machines; the ratio of one run and processor time per row say
more. Exit status 0 if everything ran, 77 if sqlite3 is wanted and not there.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


def run(arguments, **options):
    """Runs a program; returns its output, seconds, processor seconds and peak memory in bytes."""
    os.sync()  # what others left to write is not this program's work
    began = time.monotonic()
    with subprocess.Popen([str(each) for each in arguments], stdout=subprocess.PIPE,
                          **options) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{arguments[0]} ended with {process.returncode}")
    return output, time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def load(options, data, folder):
    database = folder / "db"
    arguments = [options.bin / "repute", "load", "--db", database, "--no-progress", "--json"]
    if options.memory:
        arguments += ["--memory", options.memory]
    output, seconds, cpu, memory = run([*arguments, data / "feeds.toml"], stderr=subprocess.DEVNULL)
    summary = json.loads(output)
    table = table_bytes(database / "snapshots" / f"{summary['generation']:08}.manifest")
    shutil.rmtree(database)
    return summary, seconds, cpu, memory, table


def table_bytes(manifest):
    parts = [line.split() for line in manifest.read_text().splitlines() if line.startswith("part ")]
    return sum(int(size) for _, name, _, size in parts if name.startswith("table."))


def sqlite_import(data, folder):
    """Each file into a table with a primary key; URLs have a second column, their reason."""
    tables = []
    for path in sorted([*data.glob("*.txt"), *data.glob("*.csv")]):
        second = ", reason TEXT" if path.suffix == ".csv" else ""
        tables += [f"CREATE TABLE {path.stem}(key TEXT PRIMARY KEY{second});",
                   f".import {path} {path.stem}"]
    commands = ".mode csv\n" + "\n".join(tables) + "\n"
    _, seconds, cpu, memory = run(["sqlite3", folder / "rows.sqlite"],
                                  stdin=write_input(folder, commands))
    os.remove(folder / "rows.sqlite")
    return seconds, cpu, memory


def write_input(folder, text):
    path = folder / "commands.sql"
    path.write_text(text)
    return path.open("rb")


def report(name, rows, seconds, cpu, memory):
    print(f"{name:8} {seconds:8.2f} s  {rows / seconds / 1e6:6.2f} M rows/s  "
          f"{cpu / rows * 1e6:6.2f} us of processor a row  {memory / 2**20:8.0f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the binaries")
    parser.add_argument("--mode", choices=["mixed", "hashes"], default="mixed")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--memory", default="")
    parser.add_argument("--folder", default=None, help="where data and databases are written")
    parser.add_argument("--no-sqlite", action="store_true")
    options = parser.parse_args()
    if not options.no_sqlite and shutil.which("sqlite3") is None:
        print("no sqlite3 here")
        return 77
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        run([options.bin / "generate_rows", options.mode, str(options.rows), data])
        for _ in range(options.runs):
            summary, seconds, cpu, memory, table = load(options, data, folder)
            report("repute", options.rows, seconds, cpu, memory)
            print(f"         {table / summary['keys']:.1f} bytes of table a key, file "
                  f"{summary['file_bytes'] / table:.2f} x the table, {summary['keys']} keys")
            if not options.no_sqlite:
                other, other_cpu, other_memory = sqlite_import(data, folder)
                report("sqlite3", options.rows, other, other_cpu, other_memory)
                print(f"ratio    {other / seconds:8.2f} times as fast, "
                      f"{other_cpu / cpu:.2f} of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
