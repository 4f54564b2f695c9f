# SPDX-License-Identifier: Apache-2.0
"""What needs a running server: rollback under query load, --wait, explain of live entries."""
import json
import os
import signal
import tempfile
import threading

import client_harness as client
import reputed_harness as harness

SCORES = {1: 100, 2: 200, 3: 300}


def load(db, score, *options):
    code, out, err = client.repute("load", "--db", db, "--feed", "mine", "--kind", "domain",
                                   "--verdict", "spam", "--score", str(score), "--no-progress",
                                   *options, "-", stdin="name.example\n")
    assert code == 0, (code, out, err)


def snapshot(db, *arguments, expect=0):
    code, out, err = client.repute("snapshot", *arguments, "--db", db)
    assert code == expect, (arguments, code, out, err)
    return out + err


class Asker(threading.Thread):
    """Asks without a pause; every question must get the answer of one whole snapshot."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.stop = threading.Event()
        self.asked = 0
        self.seen = set()
        self.problem = None

    def run(self):
        key = harness.host_key(b"name.example")
        try:
            with harness.Client(self.address) as asking:
                while not self.stop.is_set():
                    reply = asking.ask(key, key)
                    scores = {answer[2] for answer in reply.answers}
                    assert scores == {SCORES[reply.generation]}, (reply.generation, scores)
                    self.asked += 1
                    self.seen.add(reply.generation)
        except Exception as problem:  # pylint: disable=broad-except
            self.problem = problem


def check_rollback_under_load(db, server):
    askers = [Asker(server.address) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for generation in (2, 3, 1, 3, 2, 1, 2, 3):
            snapshot(db, "rollback", str(generation), "--wait")
            status = harness.control(db, {"cmd": "status"})[0]
            assert status["generation"] == generation, status
    finally:
        for asker in askers:
            asker.stop.set()
        for asker in askers:
            asker.join()
    for asker in askers:
        assert asker.problem is None, asker.problem
        assert asker.asked > 0
    assert set().union(*(asker.seen for asker in askers)) == {1, 2, 3}


def check_served(db):
    listed = client.rows(snapshot(db, "list", "--json"))
    assert [row["served"] for row in listed] == [False, False, True], listed
    assert json.loads(snapshot(db, "show", "--json"))["served"]


def explain(db, key):
    code, out, err = client.repute("explain", "--db", db, "--json", key)
    assert code == 0 and not err, (code, out, err)
    return json.loads(out)


def say(db, command, **entry):
    salt = harness.hashlib.sha256(bytes(32)).hexdigest()[:4]
    (reply,) = harness.control(db, {"cmd": command, "salt": salt, "entries": [entry]})
    assert "error" not in reply, reply


def check_explain(db):
    told = explain(db, "name.example")
    assert told["winner"] == {"key": 0, "row": 0, "rule": "a row of the key itself"}, told
    assert told["keys"][0]["words"] == []
    key = harness.fingerprint(0x10, b"name.example").hex()
    say(db, "override_add", kind=0x10, key=key, verdict="trusted", score=-5, category=0, ttl=60,
        expires=0, who="me", text="name.example", reason="ours")
    told = explain(db, "name.example")
    (asked,) = [one for one in told["keys"] if one["kind"] == "HOST"]
    assert asked["decided_by"] == "override" and asked["verdict"] == "trusted", asked
    assert asked["feeds_verdict"] == "spam", "what the override hides"
    assert told["winner"] is None
    (word,) = asked["words"]
    assert word["who"] == "me" and word["reason"] == "ours" and not word["in_snapshot"], word
    code, out, _ = client.repute("explain", "--db", db, "name.example")
    assert code == 0 and "hides what the feeds say: spam" in out, out
    say(db, "override_del", kind=0x10, key=key, who="me", text="name.example", reason="")
    say(db, "del", kind=0x10, key=key, who="me", text="name.example", reason="wrong")
    told = explain(db, "name.example")
    assert told["keys"][0]["status"] == "not_listed", told
    assert told["keys"][0]["decided_by"] == "live"
    assert told["matched"] is None
    absent = explain(db, "absent.example")
    assert absent["keys"][0]["fingerprint"] == harness.fingerprint(0x10, b"absent.example").hex()


def check_no_server(db, server):
    assert server.stop(signal.SIGKILL) != 0
    assert explain(db, "name.example")["keys"][0]["verdict"] == "spam", "the snapshot alone"
    assert not any(row["served"] for row in client.rows(snapshot(db, "list", "--json")))


def main():
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "db")
        for generation, score in SCORES.items():
            load(db, score)
            assert f"generation      {generation} " in snapshot(db, "show")
        with harness.Server("--db", db) as server:
            check_rollback_under_load(db, server)
            check_served(db)
            check_explain(db)
            check_no_server(db, server)


main()
