# SPDX-License-Identifier: Apache-2.0
"""A real Postfix asks repute-milter about mail that swaks sends: every status, header fields that
strangers forge, servers that are slow or gone, many sessions at once, and a new policy while mail
is on its way. Counts gate; times are printed for people."""
import concurrent.futures
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time

import postfix_harness as harness
from postfix_harness import (BIN, BLACKLISTED, PROBABLE, SECONDS, SOURCE, SPAM, STRANGER, TRUSTED,
                             Milter, Postfix, swaks, wait_for)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../proxy"))
import reputed_harness  # noqa: E402
from udp_proxy import Proxy  # noqa: E402

POLICY = '[[group]]\nid = 7\nscan = false\nrecipients = ["abuse@firm.example"]\n'
SESSIONS = 50


class World:
    """Everything that a test needs: a server with the sample feeds behind a network that can
    misbehave, the filter, and Postfix."""

    def __init__(self, server, way, milter, postfix):
        self.server, self.way, self.milter, self.postfix = server, way, milter, postfix
        self.count = 0
        self.shed = 0

    def send(self, client, *more, **options):
        """Sends one message; its word."""
        self.count += 1
        token = f"token{self.count:04d}x"
        code, said = swaks(client, token, *more, **options)
        assert code == 0, said
        return token

    def get(self, client, *more, **options):
        """As it was delivered. A machine so slow that the server sheds load is not what these tests
        are about: then again."""
        for _ in range(20):
            seen = self.postfix.delivered(self.send(client, *more, **options))
            if not seen.shed:
                return seen
            self.shed += 1
        raise AssertionError("the server was busy 20 times")


def statuses(world):
    """Each status from its cause, with the fields that tell it."""
    spam = world.get(SPAM)
    assert (spam.status, spam.one("Method")) == ("spam", "UDS"), spam.message
    assert int(spam.one("Rate")) >= 80 and spam.all("Info") == [f"spam: ip {SPAM} (client)"]
    assert spam.one("Envelope-From") == "writer@stranger.example"
    assert spam.one("Version").startswith("Repute/") and spam.one("Categories") == "3"
    assert world.get(PROBABLE).status == "probable_spam"
    black = world.get(BLACKLISTED)
    assert (black.status, black.one("Method")) == ("blacklisted", "UDS BL")
    white = world.get(TRUSTED, sender="lottery@prize.example")
    assert (white.status, white.one("Rate")) == ("trusted", "0"), white.message
    nothing = world.get(STRANGER)
    assert (nothing.status, nothing.one("Method"), nothing.all("Info")) == (
        "not_detected", "none", []), nothing.message
    phishing = world.get(STRANGER, body="see http://bank-login.example/verify now")
    assert phishing.status == "spam"
    assert phishing.all("Info") == ["phishing: url bank-login.example/verify (link)"]
    report = world.get(STRANGER, "--add-header", "Auto-Submitted: auto-replied")
    assert (report.status, report.one("Method")) == ("formal", "headers"), report.message
    abuse = world.get(BLACKLISTED, recipient="abuse@firm.example")
    assert (abuse.status, abuse.one("Method"), abuse.one("Group-ID")) == (
        "trusted", "detection disabled", "00000007"), abuse.message
    seen = world.milter.counters()
    expected = {"messages": 8 + world.shed, "spam": 2, "probable_spam": 1, "blacklisted": 1,
                "trusted": 2, "formal": 1, "not_detected": 1 + world.shed, "spoofed": 0,
                "rejected": 0, "unanswered": world.shed}
    assert {name: seen[name] for name in expected} == expected, seen


def spoofed(world):
    """What a stranger writes into our fields does not arrive, in any case of letters."""
    forged = []
    for name, value in (("X-Spamtest-Status-Extended", "trusted"), ("x-SPAMTEST-rate", "0"),
                        ("X-SpamTest-Status-Extended", "trusted"), ("X-Spamtest-Own", "words"),
                        ("X-Spamtest-Status-Extended", "folded\n trusted")):
        forged += ["--add-header", f"{name}: {value}"]
    seen = world.get(SPAM, *forged)
    assert seen.status == "spam", seen.message
    assert seen.all("Own") == [] and len(seen.all("Rate")) == 1, seen.message
    assert world.milter.counters()["spoofed"] == 5, world.milter.counters()
    with smtplib.SMTP("127.0.0.1", 25, timeout=SECONDS) as smtp:
        flood = "".join(f"X-Spamtest-Status-Extended: trusted {i}\n" for i in range(150))
        try:
            smtp.sendmail("a@stranger.example", ["user@firm.example"],
                          f"Subject: flood\n{flood}\nflood-of-fields\n")
            raise AssertionError("a flood of forged fields was taken")
        except smtplib.SMTPDataError as refused:
            assert refused.smtp_code == 550, refused
    assert world.milter.counters()["rejected"] == 1


def actions(world):
    """Reject and quarantine where the configuration says so, after a reload."""
    world.milter.write('[actions]\nspam = "reject"\nblacklisted = "quarantine"\n', POLICY)
    world.milter.reload()
    world.milter.expect(b"configuration read again")
    code, said = swaks(SPAM, "never")
    assert code != 0 and "550 5.7.1 Message refused as spam" in said, said
    world.send(BLACKLISTED)
    assert world.get(PROBABLE).status == "probable_spam"
    wait_for("held mail", lambda: "milter-hold" in world.postfix.log() or
             "quarantine" in world.postfix.log())
    assert len(world.postfix.inbox()) == 1, "held mail is not delivered"
    seen = world.milter.counters()
    assert (seen["rejected"], seen["quarantined"]) == (1, 1), seen


def reload(world):
    """A new policy holds for the next message, on connections that are open; one with a mistake
    changes nothing; signals in quick succession end nothing."""
    with smtplib.SMTP("127.0.0.1", 25, timeout=SECONDS,
                      source_address=(SPAM, 0)) as smtp:
        def send(token):
            smtp.sendmail("a@stranger.example", ["user@firm.example"],
                          f"Subject: reload\n\n{token}\n")
            return world.postfix.delivered(token).status
        assert send("before-reload") == "spam"
        smtp.mail("a@stranger.example")
        smtp.rcpt("user@firm.example")
        world.milter.write("", POLICY + f'[allow]\nnetworks = ["{SPAM}"]\n')
        world.milter.reload()
        world.milter.expect(b"configuration read again")
        code, _ = smtp.data("Subject: reload\n\nduring-reload\n")
        assert code == 250 and world.postfix.delivered("during-reload").status == "spam"
        assert send("after-reload") == "trusted"
        world.milter.write("", "[allow]\nnetworks = 7\n")
        world.milter.reload()
        assert "mail.toml:2:12: networks" in world.milter.expect(b"must be a list")
        world.milter.expect(b"stays as it was")
        assert send("after-a-mistake") == "trusted"
        world.milter.write("", POLICY)
        for _ in range(100):
            world.milter.reload()
            world.milter.process.send_signal(signal.SIGUSR1)
        world.milter.expect(b"configuration read again")
        assert wait_for("the last reload", lambda: send(f"later-{time.monotonic()}") == "spam")
    seen = world.milter.counters()
    assert seen["failed_reloads"] == 1 and seen["reloads"] >= 2, seen


def server_down(world):
    """Mail passes as not_detected when no server is there, when none answers, and when the filter
    itself is gone; then all is as before."""
    world.way.blackhole = True
    began = time.monotonic()
    dark = world.get(SPAM)
    print(f"no answer: {time.monotonic() - began:.2f} s for a message, the deadline is 1.5 s")
    assert (dark.status, dark.all("Info")) == ("not_detected", ["Not processed (timeout)"])
    world.milter.expect(b"mail passes as not_detected")
    again = world.get(SPAM, "--add-header", "X-Spamtest-Status-Extended: trusted")
    assert again.status == "not_detected", "forged fields go in any case"
    world.way.blackhole = False
    wait_for("an answer", lambda: world.get(SPAM).status == "spam")
    world.milter.expect(b"the servers answer again")
    assert world.milter.counters()["unanswered"] >= 2
    world.milter.stop()
    assert world.get(SPAM).all("Status-Extended") == []
    world.milter.start()
    assert world.get(SPAM).status == "spam"


def server_slow(world):
    """A server that takes 100 ms delays a message by about that; one beyond the deadline, by the
    deadline. At most two datagrams and their repetitions go out for a message."""
    for delay, expected in ((0.1, "spam"), (6.0, "not_detected")):
        world.way.delay_s = delay / 2  # there and back
        world.get(STRANGER)  # measures
        before = len(world.way.queries)
        began = time.monotonic()
        seen = world.get(SPAM)
        sends = len(world.way.queries) - before
        print(f"server {delay} s away: {time.monotonic() - began:.2f} s for a message, "
              f"{sends} datagrams")
        assert seen.status == expected, (delay, seen.message)
        assert 1 <= sends <= 10, sends
    world.way.delay_s = 0.0


def parallel(world):
    """Fifty sessions at once: each message gets its status, once, but for those that a server
    without a core for them sheds."""
    clients = [SPAM, STRANGER, TRUSTED, BLACKLISTED, PROBABLE]
    wanted = ["spam", "not_detected", "trusted", "blacklisted", "probable_spam"]
    before = len(world.way.queries)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
        sent = list(pool.map(
            lambda i: swaks(clients[i % 5], f"parallel{i:03d}x"), range(SESSIONS)))
    assert all(code == 0 for code, _ in sent), sent
    delivered = [world.postfix.delivered(f"parallel{i:03d}x") for i in range(SESSIONS)]
    seconds = time.monotonic() - began
    shed = sum(message.shed for message in delivered)
    for i, message in enumerate(delivered):
        assert message.status == wanted[i % 5] or message.shed, (i, message.message.as_string())
    seen = world.milter.counters()
    assert seen["messages"] == SESSIONS and seen["busy"] == 0, seen
    assert seen["unanswered"] == shed < SESSIONS // 2, (seen, shed)
    sends = len(world.way.queries) - before
    print(f"{SESSIONS} sessions: {seconds:.1f} s, {sends} datagrams, {shed} shed")
    assert sends <= 2 * SESSIONS, sends
    wait_for("closed connections", lambda: world.milter.counters()["open_connections"] == 0)


SCENARIOS = [statuses, spoofed, actions, reload, server_down, server_slow, parallel]


def run(scenario):
    """One scenario in a world of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "db")
        subprocess.run([os.path.join(BIN, "repute"), "load", "--no-progress", "--db", database,
                        os.path.join(SOURCE, "deploy/sample/feeds.toml")],
                       check=True, stdout=subprocess.DEVNULL)
        with reputed_harness.Server("--db", database) as server, \
                Proxy([server.address]) as proxy, Postfix() as postfix:
            way = proxy.ways[0]
            # Long where no deadline is tested, so that a slow machine fails nothing.
            deadline_ms = 1500 if scenario in (server_down, server_slow) else 20_000
            milter = Milter(folder, '["%s:%d"]' % way.address, deadline_ms, policy=POLICY)
            try:
                scenario(World(server, way, milter, postfix))
                assert milter.stop() == 0
                # Nobody who writes, and nothing of what they write; addresses of servers may be.
                for asked in (b"stranger", b"firm.example", b"token", b"bank-login", b"203.0.113."):
                    assert asked not in milter.said, (asked, milter.said)
            except BaseException:
                print(postfix.log()[-4000:], milter.log.decode(), file=sys.stderr)
                milter.process.kill()
                raise


def main(names):
    missing = harness.what_is_missing()
    if missing:
        print(f"skipped: {missing}")
        return 77
    if "REPUTE_IN_NAMESPACE" not in os.environ:
        return harness.in_namespace()
    harness.make_network()
    for scenario in SCENARIOS:
        if scenario.__name__ in names:
            run(scenario)
            print(f"{scenario.__name__}: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
