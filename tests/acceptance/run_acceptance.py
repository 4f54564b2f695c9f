#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loads real feeds, asks a real server, and compares with an independent prediction.

run_acceptance.py --bin BIN_DIR FEEDS_DIR [--psl FILE] [--sample N] [--seed N]
See README.md beside this file. Exit status: 0 all right, 1 something is wrong, 77 skipped.
"""
import argparse
import collections
import contextlib
import csv
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import draw
import feeds
import lifecycle
import reference

HERE = pathlib.Path(__file__).resolve().parent
DETAILS_MAX = 20
ROUNDS_MAX = 20


class run:
    """The folder of one run: feeds.toml beside links to the feeds, database and reject file."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.db, self.rejects = folder / "db", folder / "rejects.csv"
        self.toml = folder / "feeds.toml"  # named relative to its folder: so are the feeds, then
        self.toml.write_bytes((HERE / "feeds.toml").read_bytes())
        for file in options.feeds_dir.resolve().iterdir():
            (folder / file.name).symlink_to(file)

    def tool(self, *arguments, psl=True, **more):
        command = [self.options.bin / "repute", *arguments]
        if psl:
            command += ["--psl", self.options.psl]
        return subprocess.run(command, cwd=self.folder, capture_output=True, encoding="utf-8",
                              **more)

    def load(self):
        """One load of all feeds: what it told, and the rejected rows as {(file, line)}."""
        # Forced: the samples list public suffixes and documentation addresses on purpose.
        done = self.tool("load", "--db", self.db, self.toml.name, "--force", "--max-rejects", "10",
                         "--reject-file", self.rejects, "--json")
        if done.returncode != 0:
            raise SystemExit(f"repute load: exit {done.returncode}\n{done.stderr}")
        told = json.loads(done.stdout.splitlines()[-1])
        print(f"loaded generation {told['generation']}: {told['rows']} rows, {told['keys']} keys, "
              f"{told['rejected']} rejected, {told['seconds']:.1f} s")
        rejected = []
        if self.rejects.exists():
            with self.rejects.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    rejected.append((row["file"], int(row["line"])))
                    print(f"  rejected {row['file']}:{row['line']}: {row['row']}: {row['reason']}")
        if len(rejected) != told["rejected"]:
            raise SystemExit("the reject file does not name every rejected row")
        return told, set(rejected)

    @contextlib.contextmanager
    def server(self):
        """A running reputed; gives HOST:PORT."""
        command = [self.options.bin / "reputed", "--db", self.db, "--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
            try:
                lines = iter(process.stderr.readline, "")
                ready = next(filter(None, (re.search(r"udp (127\.0\.0\.1:\d+)", line)
                                           for line in lines)), None)
                if not ready:
                    raise SystemExit("reputed ended without a ready line")
                yield ready[1]
            finally:
                process.kill()

    def lookup(self, server, subjects):
        """The answers of `repute lookup`, in the order of the subjects.

        A slow machine may answer BUSY. That is an error and no verdict, so such keys are asked
        again, some rounds long.
        """
        answers = [{"status": "error"}] * len(subjects)
        for _ in range(ROUNDS_MAX):
            open_places = [at for at, one in enumerate(answers) if one["status"] == "error"]
            done = self.tool("lookup", "--server", server, "--deadline", "5000", "--json", "-",
                             input="".join(subjects[at].written + "\n" for at in open_places))
            told = [json.loads(line) for line in done.stdout.splitlines()]
            if len(told) != len(open_places):
                raise SystemExit(f"repute lookup: exit {done.returncode}, {len(told)} answers to "
                                 f"{len(open_places)} keys\n{done.stderr}")
            for at, answer in zip(open_places, told):
                answers[at] = answer
            if done.returncode == 0:
                break
            print(f"repute lookup: exit {done.returncode}, "
                  f"{sum(one['status'] == 'error' for one in told)} keys without an answer")
        return answers

    def explain(self, keys):
        done = self.tool("explain", "--db", self.db, "--json", *keys)
        if done.returncode != 0:
            print(f"repute explain: exit {done.returncode}\n{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def difference(model, subject, answer):
    """What is wrong with an answer, "" if nothing is."""
    expected = {"key": subject.canonical, "kind": subject.kind,
                **model.predict(subject.kind, subject.canonical)._asdict()}
    got = {field: answer.get(field) for field in expected}
    if got == expected:
        return ""
    rows = [f"{claim.verdict} {claim.score} of feed {claim.feed + 1} line {claim.line}"
            for claim in model.claims(subject.kind, subject.canonical)]
    return (f"{subject.feed}, {subject.how}: {subject.written!r}\n    expected {expected}\n"
            f"    got      {answer}\n    rows     {'; '.join(rows) or 'none'}")


def compare(model, subjects, answers):
    """Prints the two tables; returns the differences."""
    by_feed, by_how = (collections.defaultdict(collections.Counter) for _ in range(2))
    differences = []
    for subject, answer in zip(subjects, answers):
        wrong = difference(model, subject, answer)
        differences += [wrong] if wrong else []
        for counter in (by_feed[subject.feed], by_how[subject.how]):
            counter.update(("asked", "wrong" if wrong else "right"))
            counter.update((answer.get("status"), answer.get("verdict")))
    columns = ("asked", "right", "wrong", "listed", "trusted")
    for title, table in (("feed", by_feed), ("drawn as", by_how)):
        print(f"\n{title:15}" + "".join(f"{column:>9}" for column in columns))
        for name, counter in table.items():
            print(f"{name:15}" + "".join(f"{counter[column]:9}" for column in columns))
    return differences


def line_of(lines, row):
    of_file = lines.get(row["file"], [])
    return of_file[row["line"] - 1] if 0 < row["line"] <= len(of_file) else ""


def explain_difference(model, all_feeds, subject, told):
    """Checks rows, lines and the winner that explain tells for one subject."""
    lines = {feed.file: feed.lines for feed in all_feeds}
    expected = {(all_feeds[claim.feed].name, all_feeds[claim.feed].file, claim.line)
                for claim in model.claims(subject.kind, subject.canonical)}
    rows = set()
    for row in (row for key in told["keys"] for row in key["rows"]):
        rows.add((row["feed"], row["file"], row["line"]))
        if row["text"].lower() not in line_of(lines, row).lower():
            return f"explain {subject.canonical}: {row['text']!r} is not in its line: {row}"

    def contents(found):  # of equal rows of one feed a snapshot keeps one
        return {(feed, lines[file][line - 1].strip(", ")) for feed, file, line in found}

    if not rows <= expected or contents(rows) != contents(expected):
        return f"explain {subject.canonical}: rows {sorted(rows)}, expected {sorted(expected)}"
    decides = next((key for key in told["keys"] if key["status"] == "listed"), None)
    answer = model.predict(subject.kind, subject.canonical)
    if not decides or tuple(decides[field] for field in answer._fields) != answer:
        return f"explain {subject.canonical}: {decides}, expected {answer}"
    return ""


def check_explain(this, model, all_feeds, subjects, count_per_feed):
    """Some listed subjects of each feed; returns the differences."""
    chosen = []
    for feed in all_feeds:
        listed = [one for one in subjects if one.feed == feed.name and one.kind != "url"
                  and model.claims(one.kind, one.canonical)
                  and not model.has_test_point(one.kind, one.canonical)]
        chosen += listed[:count_per_feed]
    told = this.explain([one.canonical for one in chosen])
    differences = [explain_difference(model, all_feeds, *pair) for pair in zip(chosen, told)]
    wrong = [text for text in differences if text]
    if len(told) != len(chosen):
        wrong.append(f"explain told {len(told)} of {len(chosen)} keys")
    print(f"\nexplain: {len(chosen)} listed keys asked, {len(wrong)} wrong")
    return wrong


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("feeds_dir", type=pathlib.Path, metavar="FEEDS_DIR")
    parser.add_argument("--bin", type=pathlib.Path, required=True, metavar="BIN_DIR")
    parser.add_argument("--psl", type=pathlib.Path, metavar="FILE",
                        help="public suffix list; else public_suffix_list.dat in FEEDS_DIR")
    parser.add_argument("--sample", type=int, default=1000, metavar="N",
                        help="keys drawn from each feed, and from none (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args()
    options.psl = (options.psl or options.feeds_dir / "public_suffix_list.dat").resolve()
    options.bin = options.bin.resolve()
    if not options.psl.is_file():
        parser.error(f"no {options.psl.name}: name a public suffix list with --psl")
    return options


def main():
    options = arguments()
    missing = [name for name in ("repute", "reputed") if not (options.bin / name).is_file()]
    if missing:
        print(f"skipped: no {' and no '.join(missing)} in the folder of --bin")
        return 77
    with tempfile.TemporaryDirectory(prefix="repute-acceptance-") as folder:
        this = run(options, pathlib.Path(folder))
        all_feeds = feeds.read_feeds(this.toml, options.feeds_dir)
        model = reference.model(reference.public_suffixes(options.psl))
        told, rejected = this.load()
        differences = feeds.fill(model, all_feeds, rejected)
        drawer = draw.drawer(random.Random(options.seed), model, all_feeds)
        subjects = [one for feed in all_feeds for one in drawer.from_feed(feed, options.sample)]
        subjects += drawer.unlisted(options.sample) + drawer.test_points()
        with this.server() as server:
            begin = time.monotonic()
            answers = this.lookup(server, subjects)
            print(f"{len(subjects)} keys looked up in {time.monotonic() - begin:.1f} s")
        differences += compare(model, subjects, answers)
        differences += check_explain(this, model, all_feeds, subjects, 8)
        differences += lifecycle.check_export(this, told["content_digest"])
        gone = lifecycle.change_feed(this)
        told, _ = this.load()
        differences += lifecycle.check_diff(this, gone)
        with this.server() as server:
            differences += lifecycle.check_rollback(this, server, told["generation"])
    print("\n".join(differences[:DETAILS_MAX]))
    print(f"{len(differences)} differences" if differences else "all right")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
