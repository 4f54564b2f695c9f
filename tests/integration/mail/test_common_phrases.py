# SPDX-License-Identifier: Apache-2.0
"""`repute common-phrases`: what ordinary mail is full of makes no hit, if every program leaves it
out; who does not is told."""
import os
import resource
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client_harness  # noqa: E402
from client_harness import PATIENT, REPUTE, address, environment  # noqa: E402
from reputed_harness import Server  # noqa: E402
from test_report import SPAM, World, message, near_copy  # noqa: E402

EX_OK, EX_DATA, EX_NOINPUT, EX_EXISTS = 0, 65, 66, 73
FOOTER = ("You are subscribed to the list of our customers and may leave it at any time by a "
          "letter to the address below or by a click on the link that stands at the end of each "
          "mail. Your address is never given to others, and we write once a week at most.")


def numbered(number):
    """Words that no other number has."""
    mark = chr(97 + number // 26) + chr(97 + number % 26)
    return " ".join(f"{word}{mark}" for word in ("green", "apples", "were", "bought", "in", "town"))


def make(output, *mails, expect=EX_OK):
    done = subprocess.run([REPUTE, "common-phrases", "--output", output, *mails],
                          env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == expect, done
    return done.stdout + done.stderr


def the_file_has_versions(phrases, ordinary, more):
    said = make(phrases, ordinary)
    assert "version 1, " in said and "of 300 mails" in said and "WARNING" not in said, said
    assert "the public one is used" in said, said
    assert "version 1, " in make(phrases, ordinary), "the same again is no new version"
    for version in (2, 3, 4, 5, 6, 7, 1):
        said = make(phrases, *((ordinary,) if version % 2 and version != 1 else (ordinary, more)))
        assert f"version {version}, " in said, said
    os.remove(phrases)
    assert "version 1, " in make(phrases, ordinary)


def what_must_not_be_written_is_not(world, phrases, ordinary):
    def kept(path, *mails, expect):
        with open(path, "rb") as file:
            before = file.read()
        said = make(path, *mails, expect=expect)
        with open(path, "rb") as file:
            assert file.read() == before, said
        return said

    few = world.file("few.eml", FOOTER)
    nowhere = os.path.join(world.folder, "nowhere")
    assert "not replaced" in kept(world.file("notes", "mine"), ordinary, expect=EX_EXISTS)
    assert "1 mails are too few" in kept(phrases, few, expect=EX_DATA)
    assert "nothing is written" in kept(phrases, ordinary, nowhere, expect=EX_NOINPUT)
    assert "no text" in kept(phrases, world.file("empty.eml", ""), expect=EX_NOINPUT)
    fresh = os.path.join(world.folder, "fresh")
    make(fresh, nowhere, expect=EX_NOINPUT)
    assert not os.path.exists(fresh)
    make(os.path.join(nowhere, "file"), ordinary, expect=EX_EXISTS)
    said = make(fresh, few)
    assert "version 1, 0 word pairs of 1 mails" in said and "WARNING" in said, said


def a_link_is_followed(world, phrases, ordinary, more):
    link = os.path.join(world.folder, "link")
    os.symlink(phrases, link)
    assert f"{link}: version 2, " in make(link, ordinary, more)
    assert os.path.islink(link)
    assert "version 2, " in make(phrases, ordinary, more), "it is the same file"


def what_does_not_fit_on_the_disk_changes_nothing(phrases, ordinary, more):
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))

    with open(phrases, "rb") as file:
        before = file.read()
    done = subprocess.run([REPUTE, "common-phrases", "--output", phrases, ordinary, more],
                          env=environment(), capture_output=True, check=False,
                          preexec_fn=small_files)
    assert done.returncode == EX_EXISTS and b"cannot write" in done.stderr, done
    with open(phrases, "rb") as file:
        assert file.read() == before
    assert not os.path.exists(phrases + ".tmp")


def status(server, text, policy):
    code, said, errors = client_harness.repute(
        "check", "--json", *policy, "--server", address(server), *PATIENT, "-",
        stdin=message(text))
    assert code == EX_OK, errors
    return client_harness.rows(said)[0]


def phrases_make_no_hit(world, server, policy):
    spam = world.file("spam.eml", f"{SPAM} {FOOTER}")
    innocent = f"{numbered(400)} {FOOTER}"
    said = world.report("spam", "--administrator", spam)
    assert "WARNING" not in said, said
    assert status(server, innocent, ())["status"] == "spam", "it is near by its footer"
    world.report("none", "--administrator", spam)

    said = world.report("spam", "--administrator", *policy, spam)
    assert "WARNING" not in said, said
    assert status(server, innocent, policy)["status"] == "not_detected"
    assert status(server, near_copy(f"{SPAM} {FOOTER}"), policy)["status"] == "spam"


def who_signs_otherwise_is_told(world, server, policy):
    spam = f"{SPAM} {FOOTER}"
    assert status(server, spam, ())["rate"] == 0
    said = world.report("formal", world.file("ham.eml", numbered(401) + " " + FOOTER))
    assert "WARNING: 1 texts were reported with other" in said and "these (none)" in said, said
    said = world.report("formal", *policy, world.file("ham.eml", numbered(402) + " " + FOOTER))
    assert "WARNING: 1 texts" in said and "than these (version 2)" in said, said


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        ordinary = os.path.join(folder, "ordinary")
        os.mkdir(ordinary)
        for number in range(300):
            world.file(os.path.join("ordinary", f"{number}.eml"), f"{numbered(number)} {FOOTER}")
        more = world.file("more.eml", f"{numbered(300)} {FOOTER}")
        phrases = os.path.join(folder, "phrases")
        the_file_has_versions(phrases, ordinary, more)
        what_must_not_be_written_is_not(world, phrases, ordinary)
        what_does_not_fit_on_the_disk_changes_nothing(phrases, ordinary, more)
        a_link_is_followed(world, phrases, ordinary, more)
        with open(os.path.join(folder, "mail.toml"), "w", encoding="ascii") as file:
            file.write(f'[text_signature]\ncommon_phrases = "{phrases}"\n')
        policy = ("--policy", file.name)
        with Server("--db", world.db) as server:
            phrases_make_no_hit(world, server, policy)
            who_signs_otherwise_is_told(world, server, policy)


if __name__ == "__main__":
    main()
