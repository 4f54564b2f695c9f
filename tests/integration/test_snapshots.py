# SPDX-License-Identifier: Apache-2.0
"""The commands for snapshots as DBAs run them: what they print and how they exit."""
import json
import os
import random
import shutil
import tempfile
import time

import client_harness as client

# One time for all loads: rows of a feed with `expires` differ when the hour does.
NOW = str(int(time.time()))
FEEDS = """
[[feed]]
name = "names"
file = "names.csv"
format = "csv"
kind = "domain"
verdict = "spam"
match = "both"
columns = { key = "key", reason = "why" }
expires = "30d"

[[feed]]
name = "friends"
file = "friends.txt"
format = "list"
kind = "domain"
verdict = "trusted"

[[feed]]
name = "networks"
file = "networks.txt"
format = "list"
kind = "ip"
verdict = "blacklisted"
score = 500
limits = { reserved = true }
"""
ORDER = ["became-spam", "no-longer-trusted", "no-longer-listed", "other-rows"]


class Place:
    """A database directory and the feeds that are loaded into it."""

    def __init__(self, folder, name="db"):
        self.folder = folder
        self.db = os.path.join(folder, name)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def run(self, *arguments, expect=0, stdin=""):
        code, out, err = client.repute(*arguments, "--db", self.db, stdin=stdin,
                                       SOURCE_DATE_EPOCH=NOW)
        assert code == expect, (arguments, code, out, err)
        return out if code == 0 else out + err

    def load(self, *options):
        return json.loads(self.run("load", *options, "--no-progress", "--json"))

    def snapshot(self, *arguments, expect=0):
        return self.run("snapshot", *arguments, expect=expect)

    def rows(self, *arguments):
        return client.rows(self.snapshot(*arguments, "--json"))


def first_feeds(place):
    place.write("names.csv", 'key,why\none.example,"a, ""quoted""\nreason"\ntwo.example,\n')
    place.write("friends.txt", "good.example\nold.example\n")
    place.write("networks.txt", "192.0.2.0/24\n!192.0.2.7\n2001:db8:1::/48\n")
    return place.write("feeds.toml", FEEDS)


def check_list_and_show(place):
    listed = place.rows("list")
    assert [row["generation"] for row in listed] == [1, 2], listed
    assert [row["in_force"] for row in listed] == [False, True]
    assert [row["before"] for row in listed] == [True, False]
    assert not any(row["served"] or row["problem"] for row in listed)
    (shown,) = place.rows("show", "1")
    assert shown["content_digest"] == listed[0]["snapshot"]["content_digest"]
    assert [feed["name"] for feed in shown["feeds"]] == ["friends", "names", "networks",
                                                          "test-points"]
    assert shown["feeds"][1]["files"] == ["names.csv"]
    (counted,) = place.rows("stats")
    assert counted["rows"] == listed[1]["snapshot"]["rows"], (counted, listed)
    assert counted["rows_by_verdict"]["exclusion"] == 1
    assert counted["overlap"] == [{"feeds": ["friends", "names"], "keys": 1}], counted["overlap"]
    for command in ("list", "show", "stats"):
        assert place.snapshot(command), "for people, too"


def check_diff(place):
    changes = place.rows("diff")
    severities = [change["severity"] for change in changes]
    # good.example is trusted still, as a row of the name itself; the names under it are listed now.
    assert severities[0] == "became-spam" and severities == sorted(severities, key=ORDER.index)
    found = {(change["kind"], change["key"]): change for change in changes}
    assert set(found) == {("HOST", "good.example"), ("DOMAIN", ".good.example"),
                          ("HOST", "two.example"), ("DOMAIN", ".two.example"),
                          ("HOST", "old.example"), ("IP6", "2001:db8:1::/48")}, found
    gone = found["IP6", "2001:db8:1::/48"]
    assert gone["what"] == "removed" and gone["severity"] == "no-longer-listed"
    assert gone["before"] == {"verdict": "blacklisted", "score": 500, "category": 0,
                              "feeds": ["networks"]}
    assert found["HOST", "two.example"]["severity"] == "other-rows", "another reason"
    assert found["HOST", "old.example"]["severity"] == "no-longer-trusted"
    assert found["HOST", "good.example"]["feed_changes"] == {"names": "added"}
    assert [change["key"] for change in place.rows("diff", "--kind", "ip")] == ["2001:db8:1::/48"]
    assert {change["key"] for change in place.rows("diff", "--feed", "friends")} == {"old.example"}
    assert len(place.rows("diff", "1", "2", "--limit", "2")) == 2
    (summary,) = place.rows("diff", "--summary")
    assert summary["before"] == 1 and summary["after"] == 2
    assert summary["keys"] == {"added": 1, "removed": 2, "changed": 3}, summary
    assert summary["by_feed"]["friends"] == {"added": 0, "removed": 1, "changed": 0}
    assert place.rows("diff", "2", "2") == []
    assert "generation 1 to 2: 1 added" in place.snapshot("diff")


def check_export(place):
    before = place.rows("show")[0]["content_digest"]
    for form in ("csv", "jsonl"):
        file = os.path.join(place.folder, "all." + form)
        place.snapshot("export", "--format", form, "-o", file)
        assert not os.path.exists(file + ".tmp")
        other = Place(place.folder, "db-" + form)
        assert other.load("--from-export", file)["content_digest"] == before
        assert other.rows("show")[0]["feeds"][1]["files"] == ["names.csv"]
        piped = Place(place.folder, "db-piped-" + form)
        text = place.snapshot("export", "--format", form)
        piped.run("load", "--from-export", "-", "--no-progress", stdin=text)
        assert piped.rows("show")[0]["content_digest"] == before
        only = client.rows(place.snapshot("export", "1", "--format", "jsonl", "--feed", "friends"))
        assert [row["text"] for row in only if row["layer"] == "row"] != []
        assert {row["feed"] for row in only if row["layer"] == "row"} == {"friends"}
    place.snapshot("export", "--feed", "no-such-feed", expect=66)
    place.snapshot("export", "9", expect=66)
    broken = place.write("broken.csv", "layer,feed\nsnapshot,\n")
    said = place.run("load", "--from-export", broken, expect=65)
    assert "broken.csv:2:1" in said, said
    place.run("load", "--from-export", broken, "--feed", "x", expect=64)


def check_rollback_and_prune(place):
    assert place.snapshot("rollback").startswith("generation 1 is in force")
    assert place.snapshot("rollback").startswith("generation 2 is in force")
    assert place.rows("rollback", "1") == [{"generation": 1, "before": 2, "changed": True}]
    assert place.rows("rollback", "1") == [{"generation": 1, "before": 1, "changed": False}]
    place.snapshot("rollback", "9", expect=66)
    place.load("--from-export", os.path.join(place.folder, "all.csv"))
    place.load("--from-export", os.path.join(place.folder, "all.csv"))
    assert place.rows("prune", "--keep", "1")[0]["removed"] == [1, 2]
    assert [row["generation"] for row in place.rows("list")] == [3, 4]
    place.snapshot("rollback")
    place.snapshot("rollback", "1", expect=66)
    assert place.rows("prune", "--keep", "1")[0]["removed"] == []
    place.snapshot("prune", "--keep", "0", expect=64)


def check_exit_codes(folder):
    empty = Place(folder, "empty")
    for command in ("list", "show", "stats", "verify", "diff", "export", "rollback"):
        empty.snapshot(command, expect=66)
    empty.snapshot("prune", "--keep", "1", expect=66)
    assert not os.path.exists(empty.db), "asking makes no directory"
    assert client.repute("snapshot", "list")[0] == 64, "no database named"
    assert client.repute("snapshot")[0] == 64
    assert client.repute("snapshot", "no-such")[0] == 64
    one = Place(folder, "one")
    one.load("--only", "--from-export", os.path.join(folder, "all.csv"))
    one.snapshot("rollback", expect=66)
    one.snapshot("diff", expect=66)


def check_verify(place, flips):
    """One flipped bit in each of some random pages; the unit test does a thousand."""
    (whole,) = place.rows("verify")
    assert whole["whole"] and whole["records"] > 0, whole
    assert len(place.rows("verify", "--all")) == 2
    generation = whole["generation"]
    path = os.path.join(place.db, "snapshots", f"{generation:08}.mdb")
    os.chmod(path, 0o644)
    chance = random.Random(5)
    pages = os.path.getsize(path) // 4096
    for _ in range(flips):
        at = chance.randrange(pages) * 4096 + chance.randrange(4096)
        with open(path, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << chance.randrange(8)]))
        said = place.snapshot("verify", expect=65)
        assert "damaged within the 1 MiB at byte 0 (" in said, (at, said)
        assert "table.0000" in said and "records and tree" in said, said
        for command in ("show", "stats", "export"):
            place.snapshot(command, expect=65)
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(bytes([byte]))
    place.snapshot("verify")
    shutil.copy(path, path + ".kept")
    os.truncate(path, 4096)
    assert "its manifest says" in place.snapshot("verify", expect=65)
    assert "its manifest says" in place.snapshot("verify", "--all", expect=65)
    os.rename(path + ".kept", path)


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        feeds = first_feeds(place)
        place.load(feeds)
        place.write("names.csv", "key,why\none.example,\"a, \"\"quoted\"\"\nreason\"\n"
                                 "two.example,because\ngood.example,\n")
        place.write("friends.txt", "good.example\n")
        place.write("networks.txt", "192.0.2.0/24\n!192.0.2.7\n")
        place.load("--force", feeds)
        check_list_and_show(place)
        check_diff(place)
        check_export(place)
        check_rollback_and_prune(place)
        check_exit_codes(folder)
        check_verify(place, 12)


main()
