# SPDX-License-Identifier: Apache-2.0
"""`repute report`: a text that two people reported is found in near copies, and not in ordinary
mail; through restarts and loads."""
import json
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import client_harness  # noqa: E402
from client_harness import PATIENT, REPUTE, address, environment  # noqa: E402
from reputed_harness import Server  # noqa: E402

EX_OK, EX_USAGE, EX_DATA, EX_IO, EX_AGAIN = 0, 64, 65, 74, 75
SPAM = ("Dear customer, our new pharmacy offers you cheap pills of every kind without any doctor. "
        "Order before Friday and get one more box as a present, delivered over night to your door. "
        "Thousands of happy people have tried it already, and all of them came back for more.")
OTHER = ("The minutes of the meeting are attached. Please read the section about the budget of the "
         "library and tell me by Thursday which of the three offers for the new shelves you like.")


def message(text):
    return ("From: Writer <writer@stranger.example>\nTo: user@firm.example\nSubject: hello\n"
            f"Message-ID: <1@stranger.example>\n\n{text}\n")


def near_copy(text):
    """The same with some words changed and text behind it."""
    words = text.split()
    for at in range(5, len(words), 9):
        words[at] = "potatoes"
    return " ".join(words) + " Unsubscribe by writing to the sender of this letter, who reads it."


class World:
    def __init__(self, folder):
        self.folder = folder
        self.db = os.path.join(folder, "db")
        os.mkdir(self.db)
        self.load("one.example")

    def load(self, name, *options):
        names = os.path.join(self.folder, "names.txt")
        with open(names, "w", encoding="ascii") as file:
            file.write(name + "\n")
        subprocess.run([REPUTE, "load", "--db", self.db, "--feed", "f", "--format", "list",
                        "--kind", "domain", "--verdict", "spam", *options, names], check=True,
                       env=environment(), capture_output=True)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(message(text))
        return path

    def report(self, verdict, *arguments, who="ann", expect=EX_OK):
        done = subprocess.run(
            [REPUTE, "report", "--db", self.db, "--verdict", verdict, "--who", who, "--reason", "r",
             *arguments], env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == expect, (arguments, done)
        return done.stdout + done.stderr

    def status(self, server, text):
        code, said, errors = client_harness.repute(
            "check", "--json", "--server", address(server), *PATIENT, "-", stdin=message(text))
        assert code == EX_OK, errors
        return json.loads(said)


def two_people_make_a_campaign(world, server):
    assert world.status(server, SPAM)["status"] == "not_detected"
    assert "a hint" in world.report("spam", world.file("spam.eml", SPAM))
    hint = world.status(server, near_copy(SPAM))
    assert hint["status"] == "not_detected" and 0 < hint["rate"], hint
    world.report("spam", world.file("spam.eml", SPAM))  # the same person again
    assert world.status(server, near_copy(SPAM))["status"] == "not_detected"
    said = world.report("spam", world.file("near.eml", near_copy(SPAM)), who="bob")
    assert said.strip().endswith("spam"), said
    for text in (SPAM, near_copy(SPAM)):
        found = world.status(server, text)
        assert found["status"] == "spam" and found["hits"][0]["kind"] == "textsig", found
    assert world.status(server, OTHER)["status"] == "not_detected"


def a_report_is_taken_back(world, server):
    path = world.file("near.eml", near_copy(SPAM))
    world.report("none", path, who="bob")
    assert world.status(server, SPAM)["status"] == "not_detected", "one person's word is left"
    world.report("spam", path, who="bob")
    assert world.status(server, SPAM)["status"] == "spam"
    world.report("none", "--facts", "url", path, who="bob", expect=EX_USAGE)


def an_administrator_is_enough(world, server):
    path = world.file("phish.eml", OTHER.replace("library", "bank"))
    world.report("phishing", "--administrator", path)
    assert world.status(server, OTHER)["status"] == "spam", "near enough"
    assert "phishing" in " ".join(world.status(server, OTHER)["info"])


def ordinary_mail_makes_no_hit(world, server):
    world.report("trusted", "--expires", "never", world.file("ham.eml", OTHER))
    assert world.status(server, OTHER)["status"] == "not_detected"


def what_cannot_be_reported_is_told(world):
    short = world.file("short.eml", "Call me when you can.")
    assert "too short" in world.report("spam", short, expect=EX_DATA)
    world.report("blacklisted", short, expect=EX_USAGE)
    world.report("spam", "--facts", "nonsense", short, expect=EX_USAGE)
    refused = world.report("trusted", "--facts", "text", world.file("ham.eml", OTHER),
                           expect=EX_DATA)
    assert "trusted is refused" in refused, refused


def a_full_disk_is_told(world):
    """At the end, and as soon as there is more than a buffer holds."""
    for path in (world.file("spam.eml", SPAM), os.path.join(world.folder, "ordinary")):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [REPUTE, "report", "--db", world.db, "--verdict", "formal", "--reason", "r",
                 "--who", "full", path], env=environment(), stdout=full, stderr=subprocess.PIPE,
                text=True, check=False)
        assert done.returncode == EX_IO and "No space left" in done.stderr, done
    world.report("none", world.file("spam.eml", SPAM), who="full")


def facts_can_be_chosen(world, server):
    linked = SPAM + " http://user:secret@chosen.example/page"
    said = world.report("phishing", "--facts", "url", world.file("link.eml", linked))
    assert "url" in said and "secret" not in said, said
    found = world.status(server, "See http://chosen.example/page for it")
    assert found["status"] == "spam", found


def only_some_campaigns_act_without_ordinary_mail(world, server):
    """Of many; until as much is known as is said."""
    def text_of(number):
        return " ".join(f"{word}{chr(97 + number // 26)}{chr(97 + number % 26)}"
                        for word in SPAM.split())

    for folder in ("many", "ordinary"):
        os.mkdir(os.path.join(world.folder, folder))
    for number in range(12):
        world.file(os.path.join("many", f"{number}.eml"), text_of(number))
    for number in range(300):
        world.file(os.path.join("ordinary", f"{number}.eml"), text_of(100 + number))
    said = world.report("spam", "--administrator", os.path.join(world.folder, "many"))
    assert "WARNING" in said and "a hint so far" in said, said
    found = [world.status(server, text_of(number))["status"] for number in range(12)]
    assert "spam" in found and "not_detected" in found, found
    said = world.report("trusted", os.path.join(world.folder, "ordinary"))
    assert "WARNING" not in said, said
    for number in range(12):
        assert world.status(server, text_of(number))["status"] == "spam", number


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        world.report("spam", world.file("spam.eml", SPAM), expect=EX_AGAIN)
        with Server("--db", world.db) as server:
            two_people_make_a_campaign(world, server)
            a_report_is_taken_back(world, server)
            an_administrator_is_enough(world, server)
            ordinary_mail_makes_no_hit(world, server)
            what_cannot_be_reported_is_told(world)
            facts_can_be_chosen(world, server)
            only_some_campaigns_act_without_ordinary_mail(world, server)
            a_full_disk_is_told(world)
            world.load("two.example", "--wait")  # takes the reports into the snapshot
            assert world.status(server, SPAM)["status"] == "spam"
            server.stop(signal.SIGKILL)
        with Server("--db", world.db) as server:
            assert world.status(server, SPAM)["status"] == "spam"
            assert world.status(server, OTHER)["status"] == "not_detected"


if __name__ == "__main__":
    main()
