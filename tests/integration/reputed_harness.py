# SPDX-License-Identifier: Apache-2.0
"""Starts the real reputed and speaks to it; Python's standard library only."""
import glob
import hashlib
import hmac
import json
import os
import re
import select
import socket
import struct
import subprocess
import tempfile

REPUTED = os.path.join(os.environ["REPUTE_BIN_DIR"], "reputed")
LISTED, NOT_LISTED = 1, 0
OK, BUSY, LOADING = 0, 2, 4
QUERY, ANSWER, PING, PONG = 1, 2, 3, 4
SFLAG_DRAIN = 1
START_SECONDS = 60
ASK_SECONDS = 3
ASK_ATTEMPTS = 5


class Server:
    """A running reputed with a temporary folder of its own; use it in a `with` statement."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [REPUTED, *arguments, "--listen", "127.0.0.1:0", "--workers", "2"],
            stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": self.folder.name})
        self.log = []
        self.unread = b""
        try:
            self.ready = self.wait_for_line("ready in")
        except BaseException:
            self.__exit__()
            raise
        port = re.search(r"udp 127\.0\.0\.1:(\d+)", self.ready).group(1)
        self.address = ("127.0.0.1", int(port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.folder.cleanup()

    def demo_directory(self):
        (path,) = glob.glob(os.path.join(self.folder.name, "reputed-demo-*"))
        return path

    def wait_for_line(self, text, seconds=START_SECONDS):
        """The next line of the log with this text; the lines before it are kept in `log`."""
        while True:
            while b"\n" in self.unread:
                line, self.unread = self.unread.split(b"\n", 1)
                self.log.append(line.decode())
                if text in self.log[-1]:
                    return self.log[-1]
            readable, _, _ = select.select([self.process.stderr], [], [], seconds)
            assert readable, f"no {text!r} within {seconds} s after {self.log}"
            more = os.read(self.process.stderr.fileno(), 4096)
            assert more, f"reputed ended before {text!r}: {self.log}"
            self.unread += more

    def stop(self, signal):
        self.process.send_signal(signal)
        return self.process.wait(timeout=START_SECONDS)


def run(*arguments):
    """Runs reputed to its end: (exit code, all that it said)."""
    done = subprocess.run([REPUTED, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=START_SECONDS, check=False)
    return done.returncode, done.stdout


def control(directory, *lines):
    """Sends lines to the control socket and returns their answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(START_SECONDS)
        connection.connect(os.path.join(directory, "control.sock"))
        stream = connection.makefile("rw")
        answers = []
        for line in lines:
            stream.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
            stream.flush()
            answers.append(json.loads(stream.readline()))
        return answers


def fingerprint(kind, canonical):
    """The 16-byte key of a canonical form under the public salt."""
    return hmac.new(bytes(32), bytes([kind]) + canonical, hashlib.sha256).digest()[:16]


def host_key(name):
    return bytes([0x10, 16]) + fingerprint(0x10, name)


def request(kind, keys=(), req_id=1, deadline_ms=0):
    body = struct.pack("<BBH", 0, len(keys), deadline_ms) + b"".join(keys)
    head = struct.pack("<BB2x4x8x4xQ12x", 0xD1, kind, req_id)
    size = max(128, len(head) + len(body), 88 + 8 * len(keys))
    return (head + body).ljust((size + 63) // 64 * 64, b"\0")


class Reply:
    def __init__(self, data):
        (self.type, self.req_id) = struct.unpack_from("<xB18xQ", data)
        (self.rcode, self.nkeys, self.sflags, self.load, self.qdelay, self.retry_after_ms,
         self.server_id, self.epoch, self.seq, self.age, self.salt_fp,
         self.generation) = struct.unpack_from("<BBBBHHIIQHHI", data, 40)
        count = self.nkeys if self.rcode == OK else 0
        self.answers = [struct.unpack_from("<BBhHH", data, 72 + 8 * i) for i in range(count)]


class Client:
    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(ASK_SECONDS)
        self.socket.connect(address)
        self.req_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, *keys, kind=QUERY):
        """Sends one request and returns its reply. Late replies to others are skipped; a server
        that is BUSY or whose kernel had no room, as on a loaded machine, is asked again."""
        lost = 0
        while True:
            self.req_id += 1
            asked = request(kind, keys, self.req_id)
            self.socket.send(asked)
            try:
                reply = self.receive(len(asked))
            except TimeoutError:
                lost += 1
                if lost == ASK_ATTEMPTS:
                    raise
                continue
            if reply.rcode != BUSY:
                return reply

    def receive(self, asked_size):
        while True:
            data = self.socket.recv(2048)
            assert len(data) <= asked_size, "a reply longer than its question"
            reply = Reply(data)
            if reply.req_id == self.req_id:
                return reply
