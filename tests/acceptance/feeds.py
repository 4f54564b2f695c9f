# SPDX-License-Identifier: Apache-2.0
"""Reads feeds.toml and the feeds that it names, independently of `repute load`."""
import collections
import csv
import json
import tomllib

import reference

# line counts from 1; reject says why the row is bad, "" if it is good, "?" if only UTS 46 knows.
Row = collections.namedtuple("Row", "feed line text score reject")
MATCH_OF_MISP = {"string": "exact", "hostname": "both", "cidr": "exact"}


def list_rows(lines):
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if text:
            yield number, text, None


def hosts_rows(lines):
    for number, text, _ in list_rows(lines):
        for name in text.split()[1:]:
            yield number, name, None


def tsv_rows(lines, score_column):
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            fields = line.split("\t")
            yield number, fields[0].strip(), int(fields[score_column - 1])


def csv_rows(lines, key_column):
    reader = csv.DictReader(lines)
    for fields in reader:
        yield reader.line_num, fields[key_column].strip(), None


def misp_rows(lines):
    """The list of a pretty-printed warninglist: one value a line, in order."""
    numbers = collections.defaultdict(list)
    for number, line in enumerate(lines, 1):
        numbers[line.strip().rstrip(",")].append(number)
    for value in json.loads("\n".join(lines))["list"]:
        yield numbers[json.dumps(value)].pop(0), value, None


class feed:
    """One [[feed]] table: its place in the file, its settings, its lines and rows."""

    def __init__(self, place, table, folder):
        self.place, self.table = place, table
        self.name, self.kind, self.file = table["name"], table["kind"], table["file"]
        self.lines = (folder / self.file).read_text(encoding="utf-8").splitlines()
        self.match = table.get("match", "exact")
        if table["format"] == "misp":
            self.match = MATCH_OF_MISP[json.loads("\n".join(self.lines))["type"]]
        self.rows = [self.row(*parts) for parts in self.parts()]

    def parts(self):
        if self.table["format"] == "tsv":
            return tsv_rows(self.lines, self.table["score_column"])
        if self.table["format"] == "csv":
            return csv_rows(self.lines, self.table["columns"]["key"])
        return {"list": list_rows, "hosts": hosts_rows, "misp": misp_rows}[
            self.table["format"]](self.lines)

    def row(self, line, text, count):
        score = self.table.get("score", 0)
        if count is not None:
            score = max(-1000, min(1000, count * self.table["score_scale"]))
        reject = ""
        try:
            text = str(reference.canonical_network(text)) if self.kind == "ip" else (
                reference.canonical_name(text))
        except ValueError as error:
            reject = str(error)
        if self.kind == "domain" and (not text.isascii() or "xn--" in text):
            reject = "?"
        return Row(self, line, text, score, reject)

    def claim(self, row):
        return reference.Claim(self.table["verdict"], row.score, self.table.get("category", 0),
                               self.place, row.line)


def read_feeds(toml_file, folder):
    tables = tomllib.loads(toml_file.read_text(encoding="utf-8"))["feed"]
    return [feed(place, table, folder) for place, table in enumerate(tables)]


def fill(model, all_feeds, rejected):
    """Claims of all rows that the tool did not reject; returns how the two views of rows differ.

    rejected is the set of (file, line) of the tool's reject file.
    """
    differences = []
    for one in all_feeds:
        for row in one.rows:
            refused = (one.file, row.line) in rejected
            if row.reject != "?" and refused != bool(row.reject):
                differences.append(f"{one.file}:{row.line}: {row.text!r}: the tool "
                                   f"{'refused' if refused else 'took'} it, "
                                   f"the page says: {row.reject or 'good'}")
            if refused or row.reject not in ("", "?"):
                continue
            if one.kind == "ip":
                network = reference.canonical_network(row.text)
                model.add_network(network, one.claim(row))
            else:
                model.add_name(row.text, one.match, one.claim(row))
    return differences
