# SPDX-License-Identifier: Apache-2.0
"""A real Postfix with folders of its own, in a network namespace of its own, behind repute-milter.
Nothing of the system's Postfix is read or written but its programs."""
import email
import email.policy
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

BIN = os.environ["REPUTE_BIN_DIR"]
SOURCE = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
SECONDS = 60
MILTER_PORT = 7062
# Addresses of clients: of networks reserved for documentation, and loopback here.
BLACKLISTED, PROBABLE, SPAM, TRUSTED, STRANGER = (
    "192.0.2.25", "203.0.113.77", "203.0.113.66", "203.0.113.20", "198.51.100.250")
MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/postfix
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.firm.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
virtual_mailbox_domains = firm.example
virtual_mailbox_maps = static:box/
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_transport = virtual
smtpd_milters = inet:127.0.0.1:{milter}
milter_default_action = accept
milter_connect_timeout = 5s
"""
MASTER_CF = """\
127.0.0.1:25 inet n - n - 100 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
DAEMONS = "/usr/lib/postfix/sbin"


def what_is_missing():
    """Why this machine cannot run Postfix here, or nothing."""
    for program in ("postfix", "swaks", "ip", "unshare"):
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
            return f"there is no {program}"
    if os.geteuid() != 0:
        return "Postfix needs to be started by root"
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0:
        return "no network namespace can be made here"
    return ""


def in_namespace():
    """Runs this program again with a network of its own; its exit code."""
    return subprocess.run(["unshare", "-n", sys.executable, *sys.argv],
                          env={**os.environ, "REPUTE_IN_NAMESPACE": "1"}, check=False).returncode


def make_network():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (BLACKLISTED, PROBABLE, SPAM, TRUSTED, STRANGER):
        subprocess.run(["ip", "address", "add", address + "/32", "dev", "lo"], check=True)


def wait_for(what, found, seconds=SECONDS):
    """The first true result of `found`, which is asked again and again."""
    end = time.monotonic() + seconds
    while True:
        result = found()
        if result:
            return result
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(0.02)


class Milter:
    """repute-milter with a configuration file of its own."""

    def __init__(self, folder, servers, deadline_ms, policy=""):
        self.folder = folder
        self.servers = servers
        self.deadline_ms = deadline_ms
        self.process = None
        self.log = b""  # what was not looked at yet
        self.said = b""
        self.write("", policy)
        self.start()

    def write(self, more="", policy=""):
        with open(os.path.join(self.folder, "mail.toml"), "w", encoding="ascii") as file:
            file.write(policy)
        with open(os.path.join(self.folder, "milter.toml"), "w", encoding="ascii") as file:
            file.write(f'socket = "inet:{MILTER_PORT}@127.0.0.1"\nservers = {self.servers}\n'
                       f'deadline_ms = {self.deadline_ms}\n'
                       f'policy = "{self.folder}/mail.toml"\n{more}')

    def start(self):
        self.process = subprocess.Popen(
            [os.path.join(BIN, "repute-milter"), "--config", f"{self.folder}/milter.toml"],
            stderr=subprocess.PIPE)
        self.expect(b"ready")

    def expect(self, text):
        """The log from here on up to this text, which goes on to the end of its line."""
        end = time.monotonic() + SECONDS
        while text not in self.log or b"\n" not in self.log.split(text, 1)[1]:
            left = end - time.monotonic()
            readable, _, _ = select.select([self.process.stderr], [], [], max(left, 0))
            assert readable, f"repute-milter does not say {text!r} but {self.log!r}"
            more = os.read(self.process.stderr.fileno(), 65536)
            assert more, f"repute-milter ended: {self.log!r}"
            self.log += more
            self.said += more
        before, rest = self.log.split(text, 1)
        line, self.log = rest.split(b"\n", 1)
        return (before.rsplit(b"\n", 1)[-1] + text + line).decode()

    def counters(self):
        self.process.send_signal(signal.SIGUSR1)
        line = self.expect(b"connections=").split(": ", 1)[1]
        return {name: int(value) for name, value in (pair.split("=") for pair in line.split())}

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.said += self.process.stderr.read()
            self.process.stderr.close()


class Postfix:
    """Postfix, started; use it in a `with` statement."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="repute-postfix-")
        owner = pwd.getpwnam("postfix")
        os.chmod(self.folder, 0o755)
        for name in ("config", "queue", "data", "log", "mail"):
            os.mkdir(os.path.join(self.folder, name))
        for name in ("data", "mail"):
            os.chown(os.path.join(self.folder, name), owner.pw_uid, owner.pw_gid)
        self.write("main.cf", MAIN_CF.format(folder=self.folder, daemons=DAEMONS, uid=owner.pw_uid,
                                             gid=owner.pw_gid, milter=MILTER_PORT))
        self.write("master.cf", MASTER_CF)

    def write(self, name, text):
        with open(os.path.join(self.folder, "config", name), "w", encoding="ascii") as file:
            file.write(text)

    def run(self, *arguments):
        return subprocess.run(["/usr/sbin/postfix", "-c", f"{self.folder}/config", *arguments],
                              capture_output=True, text=True, timeout=SECONDS, check=False)

    def __enter__(self):
        try:
            started = self.run("start")
            assert started.returncode == 0, (started, self.log())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.run("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        path = os.path.join(self.folder, "log/postfix")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def inbox(self):
        """Messages that were delivered, as text."""
        new = os.path.join(self.folder, "mail/box/new")
        texts = []
        for name in sorted(os.listdir(new)) if os.path.isdir(new) else []:
            with open(os.path.join(new, name), "rb") as file:
                texts.append(file.read())
        return texts

    def delivered(self, token):
        """The message with this word in its text."""
        def look():
            return [text for text in self.inbox() if token.encode() in text]
        (text,) = wait_for(f"mail with {token}: {self.log()[-2000:]}", look)
        return Delivered(text)


class Delivered:
    """A message in its mailbox."""

    def __init__(self, raw):
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    def all(self, name):
        return self.message.get_all("X-Spamtest-" + name, [])

    def one(self, name):
        (value,) = self.all(name)
        return value

    @property
    def status(self):
        return self.one("Status-Extended")

    @property
    def shed(self):
        """The server waited for a core for more than 5 ms, twice, and said that it is busy."""
        return self.all("Info") == ["Not processed (servers busy)"]


def swaks(client, token, *more, sender="writer@stranger.example", body=None,
          recipient="user@firm.example"):
    """Sends a message as swaks does: (exit code, what was said)."""
    done = subprocess.run(
        ["swaks", "--server", "127.0.0.1", "--local-interface", client, "--helo",
         "mail.stranger.example", "--from", sender, "--to", recipient, "--body",
         f"{body or 'Hello there'} {token}", "--timeout", str(SECONDS), *more],
        capture_output=True, text=True, timeout=3 * SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr
