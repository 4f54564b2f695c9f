# SPDX-License-Identifier: Apache-2.0
"""The life of a snapshot of real feeds: there and back, compared, taken back under queries.

Each check gives the differences from what must be, as texts."""
import json
import subprocess
import threading

CHANGED = "ipsum.txt"
ADDED = "93.184.216.34"  # in none of the feeds; asked while snapshots change
ONE_OF = 100  # of this many lines of CHANGED one goes
ROLLBACKS = 10


def check_export(this, digest):
    """What is exported and loaded elsewhere has the same content."""
    file = this.folder / "all.csv"
    done = this.tool("snapshot", "export", "--db", this.db, "-o", file, psl=False)
    again = this.tool("load", "--db", this.folder / "copy", "--only", "--from-export", file,
                      "--json")
    if done.returncode != 0 or again.returncode != 0:
        return [f"export: exit {done.returncode}, load: exit {again.returncode}\n"
                f"{done.stderr}{again.stderr}"]
    told = json.loads(again.stdout.splitlines()[-1])
    print(f"exported and loaded again: {file.stat().st_size} bytes, {told['rows']} rows, "
          f"{told['seconds']:.1f} s")
    return [] if told["content_digest"] == digest else ["an export gives another content digest"]


def change_feed(this):
    """Takes rows out of a feed, adds one; returns how many were taken out."""
    file = this.folder / CHANGED
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [at for at, line in enumerate(lines) if line[0].isdigit()]
    gone = set(rows[::ONE_OF])
    file.unlink()  # a link to the feed itself
    file.write_text("".join(line for at, line in enumerate(lines) if at not in gone) +
                    f"{ADDED}\t3\n", encoding="utf-8")
    return len(gone)


def check_diff(this, gone):
    """diff counts what was changed; a row that other feeds list, too, is changed, not removed."""
    done = this.tool("snapshot", "diff", "--db", this.db, "--summary", "--json", psl=False)
    if done.returncode != 0:
        return [f"diff: exit {done.returncode}\n{done.stderr}"]
    keys = json.loads(done.stdout)["keys"]
    print(f"diff: {keys}")
    right = keys["added"] == 1 and keys["removed"] + keys["changed"] == gone
    return [] if right else [f"diff: {keys}, but 1 was added and {gone} were taken out"]


class asker:
    """A client that asks about ADDED without a pause; an answer must fit its snapshot."""

    def __init__(self, this, server, listed_in):
        self.listed_in, self.stop = listed_in, threading.Event()
        self.asked, self.answers, self.wrong = 0, 0, []
        command = [this.options.bin / "repute", "lookup", "--server", server, "--deadline", "5000",
                   "--psl", this.options.psl, "--json", "-"]
        self.process = subprocess.Popen(command, encoding="utf-8", stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.threads = [threading.Thread(target=self.ask), threading.Thread(target=self.read)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.stop.wait(0.001):
            self.process.stdin.write(ADDED + "\n")
            self.process.stdin.flush()
            self.asked += 1
        self.process.stdin.close()

    def read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            self.answers += 1
            if told["status"] == "error":
                self.wrong.append(f"lost: {line}")
            elif (told["status"] == "listed") != (told["generation"] == self.listed_in):
                self.wrong.append(f"wrong for its snapshot: {line}")

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        self.process.wait()
        lost = self.asked - self.answers
        return self.wrong + ([f"{lost} questions without an answer"] if lost else [])


def check_rollback(this, server, listed_in):
    """Snapshots go back and forth under queries: no answer is lost, each fits its snapshot."""
    askers = [asker(this, server, listed_in) for _ in range(2)]
    differences = []
    for _ in range(ROLLBACKS):
        done = this.tool("snapshot", "rollback", "--db", this.db, "--wait", psl=False)
        if done.returncode != 0:
            differences.append(f"rollback: exit {done.returncode}\n{done.stderr}")
    for each in askers:
        differences += each.end()
    print(f"{ROLLBACKS} rollbacks, {sum(each.asked for each in askers)} questions meanwhile")
    return differences
