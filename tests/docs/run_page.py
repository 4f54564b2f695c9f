#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of a page and compares what they print: documentation that is a test.

run_page.py PAGE.md

Blocks ```console hold commands (`$ command`, continued with a backslash) and what they print. One
shell runs all of them in order, in an empty folder. In expected output `...` stands for anything
within a line, and a line of `...` alone for any lines. Blocks ```toml or ```text whose line before
is `FILE:` with a name in backquotes are written to that file first. PATH begins with
REPUTE_BIN_DIR."""
import os
import re
import subprocess
import sys
import tempfile

MARK = "=== end of one command ==="
FENCE = re.compile(r"^```(\w*)\s*$")
FILE = re.compile(r"^`([\w./-]+)`:$")


def blocks(text):
    """(language, line number, file name or None, lines) of every fenced block."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if not fence:
            at += 1
            continue
        end = lines.index("```", at + 1)
        before = [line for line in lines[max(0, at - 2):at] if line]
        named = FILE.match(before[-1]) if before else None
        yield fence.group(1), at + 1, named and named.group(1), lines[at + 1:end]
        at = end + 1


def commands(lines):
    """(command, expected lines, offset in the block) of a console block."""
    found = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            found.append([line[2:], [], offset])
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1][0] += "\n" + line
        else:
            found[-1][1].append(line)
    return found


def line_matches(expected, printed):
    pattern = ".*".join(re.escape(part) for part in expected.rstrip().split("..."))
    return re.fullmatch(pattern, printed.rstrip()) is not None


def matches(expected, printed):
    if not expected:
        return not printed
    if expected[0].strip() == "...":
        return any(matches(expected[1:], printed[i:]) for i in range(len(printed) + 1))
    return bool(printed) and line_matches(expected[0], printed[0]) and \
        matches(expected[1:], printed[1:])


class Shell:
    def __init__(self, folder):
        path = os.environ["REPUTE_BIN_DIR"] + os.pathsep + os.environ["PATH"]
        self.process = subprocess.Popen(
            ["bash", "--norc"], cwd=folder, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": path, "HOME": folder, "LC_ALL": "C.UTF-8"})

    def run(self, command):
        # The exit status is kept for a `$ echo $?` on the page.
        self.process.stdin.write(f"(exit $last)\n{command}\nlast=$?; echo; echo '{MARK}'\n")
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            if line.rstrip("\n") == MARK:
                return printed[:-1] if printed and printed[-1] == "" else printed
            printed.append(line.rstrip("\n"))
        raise SystemExit(f"the shell ended after: {command}")

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()


def run_page(page, folder):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    shell = Shell(folder)
    count = wrong = 0
    try:
        for language, line, name, lines in blocks(text):
            if name:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write("\n".join(lines) + "\n")
            if language != "console":
                continue
            for command, expected, offset in commands(lines):
                printed = shell.run(command)
                count += 1
                if not matches(expected, printed):
                    wrong += 1
                    print(f"{page}:{line + 1 + offset}: $ {command}\n  the page says:")
                    print("\n".join("    " + each for each in expected) + "\n  it prints:")
                    print("\n".join("    " + each for each in printed))
    finally:
        # They are waited for: a page that is run again soon needs their ports.
        shell.run("kill $(jobs -p) 2>/dev/null; wait")
        shell.end()
    assert count > 0, "no commands on the page"
    print(f"{count} commands, {wrong} print something else")
    return wrong == 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        sys.exit(0 if run_page(os.path.abspath(sys.argv[1]), empty) else 1)
