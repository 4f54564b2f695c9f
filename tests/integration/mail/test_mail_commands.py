# SPDX-License-Identifier: Apache-2.0
"""`repute check` and `repute facts` as people use them, against `reputed --demo`."""
import base64
import json
import mailbox
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import client_harness  # noqa: E402
import reputed_harness as harness  # noqa: E402
from client_harness import PATIENT, address, rows  # noqa: E402

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
# In two pieces: virus scanners would find it in the source tree.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EX_OK, EX_USAGE, EX_NOINPUT, EX_UNAVAILABLE, EX_IO, EX_CONFIG = 0, 64, 66, 69, 74, 78


def message(body, *fields):
    lines = ["From: Writer <writer@stranger.example>", "To: user@firm.example", "Subject: test",
             *fields, "", body, ""]
    return "\n".join(lines)


def with_attachment(content, name):
    body = base64.b64encode(content.encode()).decode()
    return message(
        f"--b\nContent-Type: text/plain\n\nSee the file.\n--b\n"
        f'Content-Type: application/octet-stream; name="{name}"\n'
        f'Content-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{body}\n--b--",
        "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')


class World:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(name)

    def check(self, *arguments, stdin=""):
        return client_harness.repute("check", "--server", address(self.server), *PATIENT,
                                     *arguments, stdin=stdin)

    def status(self, text, *arguments):
        code, said, errors = self.check("--json", *arguments, "-", stdin=text)
        assert code == EX_OK, errors
        (row,) = rows(said)
        return row


def the_demo_knows_the_test_messages(world):
    gtube = world.status(message(f"Some words before.\n\n{GTUBE}\n\nAnd some behind."))
    assert (gtube["status"], gtube["rate"], gtube["method"]) == ("spam", 100, "UDS"), gtube
    assert [(hit["kind"], hit["role"], hit["verdict"]) for hit in gtube["hits"]] == [
        ("text", "body", "spam")], gtube
    assert world.status(message(f"<p>{GTUBE}</p>", "Content-Type: text/html"))["status"] == "spam"
    eicar = world.status(with_attachment(EICAR, "report.txt"))
    assert eicar["status"] == "spam", eicar
    assert {(hit["kind"], hit["verdict"]) for hit in eicar["hits"]} == {
        ("sha256", "malware"), ("md5", "malware")}, eicar
    assert any(line.startswith("malware: ") for line in eicar["info"]), eicar
    name = world.status(with_attachment("harmless", "eicar.com"))
    assert (name["status"], name["rate"]) == ("probable_spam", 50), name
    assert world.status(message("http://test/x"))["info"] == ["phishing: url test/x (link)"]
    relay = world.status(message("hello"), "--envelope", "ip=127.0.0.2")
    assert (relay["status"], relay["method"]) == ("blacklisted", "UDS BL"), relay
    given = world.status(message("hello"), "--envelope", "avrec=EICAR-Test-File 7")
    assert given["status"] == "spam", given
    clean = world.status(message("hello"))
    assert (clean["status"], clean["rate"], clean["hits"]) == ("not_detected", 0, []), clean


def json_members(world):
    row = world.status(message("hello"), "--envelope", "ip=127.0.0.2")
    assert list(row) == ["file", "status", "rate", "method", "info", "hits", "asked", "server",
                         "rtt_us"], row
    assert list(row["hits"][0]) == ["kind", "role", "value", "verdict", "score", "category"]
    assert row["file"] == "-" and row["server"] == address(world.server) and row["rtt_us"] > 0
    code, said, _ = client_harness.repute("facts", "--json", "--envelope", "ip=127.0.0.2", "-",
                                          stdin=message("hello"))
    (facts,) = rows(said)
    assert code == EX_OK and list(facts) == ["file", "facts", "limits"], said
    assert len(facts["facts"]) > 0 and facts["limits"] == []
    for fact in facts["facts"]:
        assert list(fact) == ["kind", "role", "value", "canonical", "fingerprint"], fact
    (ip,) = [fact for fact in facts["facts"] if fact["role"] == "client"]
    assert (ip["canonical"], ip["fingerprint"]) == ("127.0.0.2", "7f000002")
    (domain,) = [fact for fact in facts["facts"] if (fact["kind"], fact["role"]) ==
                 ("domain", "from")]
    assert domain["fingerprint"] == harness.fingerprint(0x10, b"stranger.example").hex()


def text_for_people(world):
    code, said, _ = world.check(world.write("one/a.eml", message(GTUBE)))
    assert code == EX_OK and said.startswith("X-Spamtest-Status-Extended: spam\n"), said
    assert f"server {address(world.server)}\n" in said
    code, said, _ = client_harness.repute("facts", world.path("one/a.eml"))
    assert code == EX_OK and "email      from " in said, said


def many_messages(world):
    for i in range(100):
        world.write(f"many/{i:03d}.eml", message(GTUBE if i % 10 == 0 else f"hello {i}"))
    code, said, errors = world.check(world.path("many"))
    lines = said.splitlines()
    assert code == EX_OK and errors == "", errors
    assert [line.split()[2] for line in lines[:100]] == [
        world.path(f"many/{i:03d}.eml") for i in range(100)], "in order"
    assert "not_detected          90" in lines and "spam                  10" in lines, said
    assert lines[-1].startswith("100 messages, "), lines[-1]
    code, said, _ = world.check("--json", world.path("many"))
    assert [row["status"] for row in rows(said)].count("spam") == 10


def mailboxes(world):
    box = mailbox.mbox(world.path("box"))
    folder = mailbox.Maildir(world.path("Maildir"))
    for text in (GTUBE, "hello\n\nFrom here on it is quoted", GTUBE):
        box.add(message(text))
        folder.add(message(text))
    box.close()
    folder.close()
    _, said, _ = world.check("--json", world.path("box"))
    assert [(row["file"], row["status"]) for row in rows(said)] == [
        (f"{world.path('box')}:{i}", status)
        for i, status in ((1, "spam"), (2, "not_detected"), (3, "spam"))], said
    _, said, _ = world.check("--json", world.path("Maildir"))
    assert sorted(row["status"] for row in rows(said)) == ["not_detected", "spam", "spam"]


def policies(world):
    policy = world.write("p.toml", '[allow]\nsenders = ["stranger.example"]\n'
                         '[received]\nauthserv_id = "mx.firm.example"\n')
    forged = message(GTUBE, "Authentication-Results: other.example; dkim=pass "
                     "header.d=stranger.example")
    assert world.status(forged, "--policy", policy)["status"] == "spam"
    proved = forged.replace("other.example", "mx.firm.example")
    assert world.status(proved, "--policy", policy)["method"] == "white email list"
    assert world.status(message(GTUBE), "--policy", policy, "--envelope",
                        "authenticated=stranger.example")["status"] == "trusted"
    wrong = world.write("w.toml", "[thresholds]\nspam = 0\nham = 1\n")
    code, _, errors = world.check("--policy", wrong, "-")
    assert code == EX_CONFIG, errors
    assert errors.splitlines() == [
        f"{wrong}:2:8: spam must be a whole number from 1 to 100",
        f"{wrong}:3:1: unknown setting 'ham'"], errors


def marked(world):
    """The message itself comes out, whole, with our fields and nobody else's."""
    head, body = message(GTUBE, "X-Spamtest-Rate: 0").split("\n\n", 1)
    kept = head.replace("X-Spamtest-Rate: 0", "").rstrip("\n") + "\n\n" + body
    # Longer than what is looked at: the rest must come out, too.
    long = "x" * 79 + "\n"
    for more in ("", long * ((33 << 20) // len(long))):
        code, said, errors = world.check("--mark", "--envelope", "ip=", "-",
                                         stdin=head + "\n\n" + body + more)
        assert code == EX_OK and said.endswith(kept + more), errors
        added = said[:-len(kept + more)].splitlines()
        assert added[0] == "X-Spamtest-Status-Extended: spam", added
        assert all(line.startswith("X-Spamtest-") for line in added), added
        assert ("Limits reached" in "".join(added)) == bool(more), added
    with client_harness.MuteServer() as mute:
        code, said, _ = client_harness.run_once(
            ["check", "--mark", "--server", address(mute), "--deadline", "50", "-"],
            message(GTUBE), {})
        assert code == EX_OK and said.endswith(message(GTUBE)), said
        assert "X-Spamtest-Info: Not processed (timeout)\n" in said, said
    for code, *arguments in ((EX_NOINPUT, world.path("nothing")), (EX_NOINPUT, world.folder),
                             (EX_USAGE, "a", "b"), (EX_USAGE, "--json", "-"),
                             (EX_CONFIG, "--policy", world.path("nothing"), "-")):
        seen = world.check("--mark", *arguments)
        assert seen[0] == code and seen[1] == "", (arguments, seen)
    code, said, errors = client_harness.run_once(
        ["check", "--mark", "--server", "nobody.invalid", "-"], message(GTUBE), {})
    assert code == EX_OK and said.endswith(message(GTUBE)) and "nobody.invalid" in errors, errors
    assert "X-Spamtest-Info: Not processed (no server)\n" in said, said
    code, said, errors = world.check("--mark", "--server", "nobody.invalid", "-",
                                     stdin=message(GTUBE))
    assert code == EX_OK and "nobody.invalid" in errors, errors
    assert "X-Spamtest-Status-Extended: spam\n" in said, "the other one is asked"
    for out, back, wanted in (("/dev/full", "/dev/null", EX_IO),
                              ("/dev/null", world.folder, EX_NOINPUT)):
        source = os.open(back, os.O_RDONLY)
        with open(out, "wb") as sink:
            done = subprocess.run([os.path.join(client_harness.BIN, "repute"), "check", "--mark",
                                   "--deadline", "50", "-"], stdin=source, stdout=sink,
                                  stderr=subprocess.DEVNULL, check=False,
                                  env=client_harness.environment())
        os.close(source)
        assert done.returncode == wanted, (back, done)


def failures(world):
    good = world.write("good.eml", message(GTUBE))
    code, said, errors = world.check("--json", world.path("nothing"), good)
    assert code == EX_NOINPUT and "nothing: No such file" in errors, errors
    assert [row["status"] for row in rows(said)] == ["spam"], "the others are checked"
    assert world.check("--envelope", "colour=red", "-")[0] == EX_USAGE
    with client_harness.MuteServer() as mute:
        code, said, _ = client_harness.run_once(
            ["check", "--json", "--server", address(mute), "--deadline", "50", "-"],
            message(GTUBE), {})
        (row,) = rows(said)
        assert code == EX_UNAVAILABLE, said
        assert (row["status"], row["info"]) == ("not_detected", ["Not processed (timeout)"])
        assert row["server"] is None and row["rtt_us"] is None and row["asked"] > 0
    code, said, _ = client_harness.repute("facts", "--json", "-", stdin="\0\xff\n\n\0")
    assert code == EX_OK and json.loads(said)["facts"] == [], "any bytes are a message"


def main():
    with harness.Server("--demo") as server, tempfile.TemporaryDirectory() as folder:
        world = World(server, folder)
        for scenario in (the_demo_knows_the_test_messages, json_members, text_for_people,
                         many_messages, mailboxes, policies, marked, failures):
            scenario(world)
    return 0


if __name__ == "__main__":
    sys.exit(main())
