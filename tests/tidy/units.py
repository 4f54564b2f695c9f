#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang 14 over the translation units of a build folder, as many at a time as there are cores.

  units.py syntax BUILD [--since COMMIT]  clang++-14 -fsyntax-only, with the flags of the build; of
                                          tests, with a commit, only what changed since
  units.py tidy BUILD [--since COMMIT]    clang-tidy-14; with a commit, only on what changed since
           [--deep]                       with clang's static analyzer, four times as slow

clang-tidy looks at what we ship: on tests it takes longer than the tests and finds little.
A changed header is seen through one translation unit that includes it. An empty COMMIT means that
there is no history to compare with: everything is looked at."""

import argparse
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import time

import rules

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The flags of the build are those of GCC; clang need not know each of its warnings.
KNOWS_NOT_ALL = "-Wno-unknown-warning-option"


def read_units(build):
    """Absolute source path -> (folder, arguments) of its compilation."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    return {
        os.path.join(e["directory"], e["file"]): (e["directory"], shlex.split(e["command"]))
        for e in entries
    }


def syntax_command(path, arguments):
    """The build's command for clang, without its compiler, launcher and output."""
    compiler = re.compile(r"(?:.*/)?(?:c\+\+|cc|g\+\+|gcc|clang\+\+|clang)(?:-\d+)?")
    first = next(i for i, argument in enumerate(arguments) if compiler.fullmatch(argument))
    kept, rest = [], iter(arguments[first + 1 :])
    for argument in rest:
        if argument == "-o":
            next(rest)
        elif argument != "-c":
            kept.append(argument)
    compiler = "clang-14" if path.endswith(".c") else "clang++-14"
    return [compiler, KNOWS_NOT_ALL, *kept, "-fsyntax-only"]


def git(*arguments):
    command = ["git", "-C", ROOT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.split("\n") if line]


def changed_units(units, since):
    """Units that changed, and for each changed header one unit that includes it."""
    changed = git("diff", "--name-only", since) + git("ls-files", "--others", "--exclude-standard")
    paths = {os.path.join(ROOT, name) for name in changed}
    chosen = {path for path in paths if path in units}
    texts = {path: open(path, encoding="utf-8").read() for path in sorted(units)}
    for header in sorted(p for p in paths if p.endswith((".hpp", ".h"))):
        name = "/".join(header.split("/")[-2:])
        includer = re.compile(rf'#include [<"](?:.*/)?{re.escape(name)}[>"]')
        users = [path for path in texts if includer.search(texts[path])]
        if users and not chosen.intersection(users):
            stem = os.path.splitext(os.path.basename(header))[0]
            chosen.add(min(users, key=lambda path: (f"/{stem}.cpp" not in path, path)))
    return chosen


def run(path, command, directory):
    begun = time.monotonic()
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    name = os.path.relpath(path, ROOT)
    if done.returncode != 0:
        return f"{name}: failed\n{done.stdout}{done.stderr}", False
    return f"{name} ({seconds:.1f} s)", True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["syntax", "tidy"])
    parser.add_argument("build")
    parser.add_argument("--since", default="", metavar="COMMIT")
    parser.add_argument("--deep", action="store_true")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    units = read_units(build)
    folders = tuple(os.path.join(ROOT, folder) + "/" for folder in rules.PRODUCT)
    shipped = {path: unit for path, unit in units.items() if path.startswith(folders)}
    if options.what == "tidy":
        units = shipped
    chosen = changed_units(units, options.since) if options.since else set(units)
    if options.what == "syntax":
        chosen |= set(shipped)
    commands = {}
    for path in sorted(chosen):
        directory, arguments = units[path]
        if options.what == "syntax":
            commands[path] = (syntax_command(path, arguments), directory)
        else:
            tidy = ["clang-tidy-14", "--quiet", f"--extra-arg={KNOWS_NOT_ALL}", "-p", build]
            checks = [] if options.deep else ["--checks=-clang-analyzer-*"]
            commands[path] = ([*tidy, *checks, path], ROOT)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text, good in pool.map(lambda path: run(path, *commands[path]), commands):
            print(text, flush=True)
            failed += not good
    print(f"{len(commands)} of {len(units)} translation units, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
