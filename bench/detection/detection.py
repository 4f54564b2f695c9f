#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs repute_bench_detection over a corpus of mail and makes tables and a plot of what it says.

  detection.py --bin DIR CORPUS OUT [--variants N] [--made-up N] [--seed N]
      CORPUS has folders spam and ham, a message in each file. Writes OUT/raw.csv, OUT/table.md and,
      with gnuplot, OUT/recall.svg.
  detection.py --bin DIR --smoke
      The same over a few made-up messages, for the test suite; nothing is kept.
"""
import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile

COMPARED = ["Repute", "Repute, 3 members", "Repute, pruning alone", "Repute, filter alone",
            "rspamd rule", "exact digest"]
GOALS = {"substitute 20 %": 96, "substitute 30 %": 88, "insert 40 %": 95, "append 200": 96}
EDITS = [("substitute", "words substituted, %", (10, 20, 30, 40), " %"),
         ("insert", "words inserted, %", (10, 20, 30, 40), " %"),
         ("delete", "words deleted, %", (10, 20, 30, 40), " %"),
         ("append", "words appended", (100, 200, 300), "")]
COLOURS = ["#1f5fbf", "#20a060", "#70b8f0", "#d05010", "#808080"]
PLOTTED = ["Repute", "Repute, 3 members", "Repute, pruning alone", "rspamd rule", "exact digest"]


def arguments():
    parser = argparse.ArgumentParser(description="detection of changed spam")
    parser.add_argument("--bin", required=True, help="folder of the programs")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--variants", default="2000")
    parser.add_argument("--made-up", default="100000")
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    if not chosen.smoke and not chosen.out:
        parser.error("CORPUS and OUT are missing")
    return chosen


def run(chosen, corpus):
    """Rows of the program's CSV as dicts, and what it said about the corpus."""
    command = [os.path.join(chosen.bin, "repute_bench_detection"), corpus, "--variants",
               chosen.variants, "--made-up", chosen.made_up, "--seed", chosen.seed]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout, done.stderr.strip()


class Results:
    def __init__(self, text):
        self.rows = {(row["measure"], row["scheme"], row["case"]): row
                     for row in csv.DictReader(text.splitlines())}

    def cases(self, measure):
        return list(dict.fromkeys(case for name, _, case in self.rows if name == measure))

    def schemes(self, measure):
        return list(dict.fromkeys(scheme for name, scheme, _ in self.rows if name == measure))

    def percent(self, measure, scheme, case):
        row = self.rows[measure, scheme, case]
        return 100 * int(row["found"]) / int(row["asked"])

    def interval(self, measure, scheme, case):
        row = self.rows[measure, scheme, case]
        share = self.percent(measure, scheme, case)
        return f"{share:.1f} ({float(row['low']):.1f}-{float(row['high']):.1f})"

    def hits(self, measure, scheme, case):
        row = self.rows[measure, scheme, case]
        return f"{row['found']} of {row['asked']} (<= {float(row['high']):.2f} %)"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def tables(results):
    yield from table(["changed by", "goal", *COMPARED],
                     ([case, f"{GOALS[case]} %" if case in GOALS else "",
                       *(results.interval("recall", scheme, case) for scheme in COMPARED)]
                      for case in results.cases("recall")))
    yield from table(["ordinary mail that was held out", "near", "near or weak"],
                     ([scheme, results.hits("ham", scheme, "all"),
                       results.hits("ham, weak too", scheme, "all")]
                      for scheme in results.schemes("ham")))
    for measure, head in (("ham by campaigns", "campaigns"),
                          ("ham by known mail", "ordinary mails known")):
        schemes = results.schemes(measure)
        yield from table([head, *(f"{scheme}: {kind}" for scheme in schemes
                                  for kind in ("near", "or weak"))],
                         ([case, *(results.hits(measure + kind, scheme, case)
                                   for scheme in schemes for kind in ("", ", weak too"))]
                          for case in results.cases(measure)))
    schemes = results.schemes("later mail")
    yield from table(["later mail of real campaigns", *schemes],
                     ([case + kind, *(results.interval("later mail" + kind, scheme, case)
                                      for scheme in schemes)]
                      for case in results.cases("later mail") for kind in ("", ", weak too")))


def plot(results, path):
    """Recall against how much was changed, a picture for each sort of change."""
    script = ["set terminal svg size 1100,760 dynamic background '#ffffff'",
              f"set output '{path}'", "set multiplot layout 2,2", "set yrange [0:102]",
              "set ylabel 'recall, %'", "set grid ytics", "unset key"]
    for edit, label, amounts, unit in EDITS:
        script.append(f"set xlabel '{label}'")
        if edit == EDITS[-1][0]:  # where there is room for it
            script.append("set key at graph 0.97,0.88")
        for number, scheme in enumerate(PLOTTED):
            script.append(f"$data{number} << END")
            for amount in (0, *amounts):
                case = f"{edit} {amount}{unit}" if amount else "none"
                row = results.rows["recall", scheme, case]
                script.append(f"{amount} {results.percent('recall', scheme, case)} {row['low']} "
                              f"{row['high']}")
            script.append("END")
        script.append("plot " + ", ".join(
            f"$data{number} using 1:2:3:4 with yerrorlines lc rgb '{COLOURS[number]}' "
            f"title '{scheme}'"
            for number, scheme in enumerate(PLOTTED)))
    script.append("unset multiplot")
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)


def made_up_corpus(folder):
    """Twenty spams and forty ordinary mails of random words."""
    words = [f"{a}{b}" for a in "bdfgklmnprst" for b in ("ara", "elo", "inu", "ost", "uvi", "ake")]
    draw = random.Random(1)
    for kind, count in (("spam", 20), ("ham", 40)):
        os.mkdir(os.path.join(folder, kind))
        for number in range(count):
            body = " ".join(draw.choice(words) + draw.choice(words) for _ in range(120))
            with open(os.path.join(folder, kind, f"{number}.eml"), "w", encoding="ascii") as file:
                file.write(f"From: a@{kind}.example\nSubject: {number}\n\n{body}\n")


def smoke(chosen):
    chosen.variants, chosen.made_up = "20", "1000"
    with tempfile.TemporaryDirectory() as folder:
        made_up_corpus(folder)
        text, _ = run(chosen, folder)
    results = Results(text)
    print("\n".join(tables(results)))
    if results.percent("recall", "Repute, pruning alone", "substitute 10 %") < 90:
        sys.exit("spam with a tenth of its words changed is not found again")
    if results.percent("ham", "Repute", "all") > 0:
        sys.exit("random words are taken for spam")


def main():
    chosen = arguments()
    if chosen.smoke:
        smoke(chosen)
        return
    text, corpus = run(chosen, chosen.corpus)
    results = Results(text)
    os.makedirs(chosen.out, exist_ok=True)
    with open(os.path.join(chosen.out, "raw.csv"), "w", encoding="utf-8") as file:
        file.write(text)
    with open(os.path.join(chosen.out, "table.md"), "w", encoding="utf-8") as file:
        file.write(f"{corpus}\n\n" + "\n".join(tables(results)))
    if shutil.which("gnuplot"):
        plot(results, os.path.join(chosen.out, "recall.svg"))
    for case, goal in GOALS.items():
        print(f"{case}: {results.interval('recall', 'Repute', case)}, goal {goal}")
    print("held-out ham:", results.hits("ham", "Repute", "all"))


if __name__ == "__main__":
    main()
