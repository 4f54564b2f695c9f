# SPDX-License-Identifier: Apache-2.0
"""A real Exim gives mail that swaks sends to `repute check --mark`, as docs/mail.md says: it takes
and delivers all of it, also when no server answers, and keeps it while the filter cannot run."""
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

import postfix_harness as harness
from postfix_harness import (BIN, BLACKLISTED, SECONDS, SOURCE, SPAM, STRANGER, Delivered, swaks,
                             wait_for)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../proxy"))
import reputed_harness  # noqa: E402
from udp_proxy import Proxy  # noqa: E402

# Of this system, also in Exim's root.
BOUND = {"/usr": "/usr", "/dev": "/dev", "/proc": "/proc", BIN: "/repute"}
PROGRAM = os.path.join(SOURCE, "build/exim/usr/sbin/exim4")
CONFIG = """\
primary_hostname = mx.firm.example
exim_path = /exim4
spool_directory = /spool
log_file_path = /log/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = 25
tls_advertise_hosts =
keep_environment =
acl_smtp_rcpt = recipients
begin acl
recipients:
  accept domains = firm.example
begin routers
box:
  driver = accept
  domains = firm.example
  transport = box
begin transports
box:
  driver = appendfile
  user = Debian-exim
  directory = /mail
  maildir_format
  return_path_add
{filter}
begin retry
* * F,1h,1s
"""


def filter_of_page(server, *more, credentials="/etc/repute/mx1.credentials"):
    """The lines of docs/mail.md for a transport, with the program under test and its server."""
    with open(os.path.join(SOURCE, "docs/mail.md"), encoding="utf-8") as page:
        (lines,) = re.findall(r"```exim\n(.*?)```", page.read(), re.DOTALL)
    for text, instead in (("/usr/bin/", "/repute/"),
                          ("--server 127.0.0.1:7060", " ".join(("--server", server, *more))),
                          ("/etc/repute/mx1.credentials", credentials)):
        assert text in lines
        lines = lines.replace(text, instead)
    return lines


class Exim:
    """Exim as a daemon in a root directory of its own, with this system's libraries; use it in a
    `with` statement, in a mount namespace, which ends with it: nothing is unmounted."""

    def __init__(self, folder):
        self.root = folder
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/bin"}
        self.owner = pwd.getpwnam("nobody")
        self.process = None
        for name in ("etc/exim4", "etc/repute", "tmp", "spool", "log", "mail"):
            os.makedirs(os.path.join(folder, name))
        for name in BOUND.values():
            os.mkdir(folder + name)
        for name in ("bin", "lib", "lib64"):
            os.symlink("usr/" + name, os.path.join(folder, name))
        shutil.copyfile(PROGRAM, os.path.join(folder, "exim4"))
        os.chmod(os.path.join(folder, "exim4"), 0o755)
        os.chmod(folder, 0o755)
        owner = f"{self.owner.pw_uid}:{self.owner.pw_gid}"
        self.write("etc/passwd", "root:x:0:0::/:/bin/sh\n"
                                 f"Debian-exim:x:{owner}::/spool:/bin/false\n")
        self.write("etc/group", f"root:x:0:\nDebian-exim:x:{self.owner.pw_gid}:\n")
        for name in ("spool", "log", "mail"):
            os.chown(os.path.join(folder, name), self.owner.pw_uid, self.owner.pw_gid)

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="ascii") as file:
            file.write(text)

    def configure(self, lines):
        self.write("etc/exim4/exim4.conf", CONFIG.format(filter=lines))

    def take_credentials(self, path):
        here = shutil.copy(path, os.path.join(self.root, "etc/repute/mx1.credentials"))
        os.chmod(here, 0o600)
        os.chown(here, self.owner.pw_uid, self.owner.pw_gid)

    def run(self, *arguments):
        return subprocess.run(["chroot", self.root, "/exim4", *arguments], env=self.environment,
                              capture_output=True, text=True, timeout=SECONDS, check=False)

    def __enter__(self):
        for name, here in BOUND.items():
            subprocess.run(["mount", "-o", "bind,ro", name, self.root + here], check=True)
        try:
            self.process = subprocess.Popen(["chroot", self.root, "/exim4", "-bdf"],
                                            env=self.environment)
            wait_for("line of Exim's log", lambda: "listening" in self.log())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=SECONDS)

    def log(self):
        path = os.path.join(self.root, "log/mainlog")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def inbox(self, token):
        new = os.path.join(self.root, "mail/new")
        texts = []
        for name in sorted(os.listdir(new)) if os.path.isdir(new) else []:
            with open(os.path.join(new, name), "rb") as file:
                texts.append(file.read())
        return [text for text in texts if token.encode() in text]

    def get(self, client, token, *more):
        """A message as it was delivered; again if the server had no time for it."""
        for i in range(20):
            code, said = swaks(client, f"{token}{i}x", *more)
            assert code == 0, said
            (text,) = wait_for(f"mail with {token}: {self.log()[-2000:]}",
                               lambda i=i: self.inbox(f"{token}{i}x"))
            seen = Delivered(text)
            if not seen.shed:
                return seen
        raise AssertionError("the server was busy 20 times")


def check(exim, way):
    server = "%s:%d" % way.address
    patient = filter_of_page(server, "--deadline", "20000")
    exim.configure(patient)
    spam = exim.get(SPAM, "first", "--add-header", "X-Spamtest-Status-Extended: trusted")
    # Exim's own Received field is there already.
    assert spam.all("Info") == [f"spam: ip {SPAM} (client, relay)"], spam.message.as_string()
    assert spam.status == "spam", "a stranger's field is gone"
    assert spam.one("Envelope-From") == "writer@stranger.example"
    assert exim.get(BLACKLISTED, "second").status == "blacklisted"
    assert exim.get(STRANGER, "third").status == "not_detected"
    way.blackhole = True
    exim.configure(filter_of_page(server))
    dark = exim.get(SPAM, "fourth")
    assert (dark.status, dark.all("Info")) == ("not_detected", ["Not processed (timeout)"])
    way.blackhole = False
    exim.configure(patient)
    assert exim.get(SPAM, "fifth").status == "spam"
    exim.configure(re.sub("--credentials [^ ]+", "", patient))
    blind = exim.get(SPAM, "sixth")
    assert blind.status == "not_detected" and "another salt" in blind.one("Info"), blind.all("Info")
    # A policy or credentials that are not there: Exim keeps the message and tries again.
    for code, lines in (("78", filter_of_page(server, "--policy", "/none.toml")),
                        ("66", filter_of_page(server, credentials="/none"))):
        keeps(exim, code, lines, patient)
    assert " ** " not in exim.log(), exim.log()


def keeps(exim, code, lines, patient):
    """The filter ends with this code; with other lines the message is delivered after all."""
    token = f"kept{code}x"
    exim.configure(lines)
    answer, said = swaks(SPAM, token)
    assert answer == 0, said
    wait_for("delay: " + exim.log(), lambda: f"filter process failed ({code})" in exim.log())
    assert not exim.inbox(token), exim.log()
    exim.configure(patient)

    def again():
        exim.run("-qff")
        return exim.inbox(token)
    (text,) = wait_for("mail that waited", again)
    assert Delivered(text).status == "spam"


def run(folder):
    harness.make_network()
    database = os.path.join(folder, "db")
    credentials = os.path.join(folder, "mx1.credentials")
    for command in (("keys", "init"), ("keys", "client", "add", "mx1", "-o", credentials),
                    ("load", "--no-progress", os.path.join(SOURCE, "deploy/sample/feeds.toml"))):
        subprocess.run([os.path.join(BIN, "repute"), *command, "--db", database],
                       check=True, stdout=subprocess.DEVNULL)
    with reputed_harness.Server("--db", database) as server, \
            Proxy([server.address]) as proxy:
        exim = Exim(os.path.join(folder, "root"))
        exim.take_credentials(credentials)
        exim.configure("")
        with exim:
            try:
                check(exim, proxy.ways[0])
            except BaseException:
                print(exim.log()[-4000:], file=sys.stderr)
                raise


def what_is_missing():
    if not os.path.exists(PROGRAM):
        return "there is no build/exim: tests/integration/mail/unpack_exim.sh build/exim"
    for program in ("swaks", "ip", "unshare", "chroot"):
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
            return f"there is no {program}"
    if os.geteuid() != 0:
        return "Exim needs to be started by root"
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True,
                      check=False).returncode != 0:
        return "no network and mount namespace can be made here"
    return ""


def main():
    missing = what_is_missing()
    if missing:
        print(f"skipped: {missing}")
        return 77
    if "REPUTE_IN_NAMESPACE" in os.environ:
        run(os.environ["REPUTE_IN_NAMESPACE"])
        return 0
    # Removed where nothing is mounted below it.
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(["unshare", "-n", "-m", sys.executable, *sys.argv],
                              env={**os.environ, "REPUTE_IN_NAMESPACE": folder},
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
