# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared: how each is installed, configured, filled and asked.

A peer is a class with `programs` (what must be installed), `rows` (how it is asked) and start(),
which fills and starts it inside a folder of its own on loopback ports of its own. All hold the same
made-up records, in the form that `repute-bench data` writes."""
import dataclasses
import os
import socket
import sqlite3
import subprocess
import time

from processes import Daemon, find_program, free_port


@dataclasses.dataclass(frozen=True)
class Row:
    """One way to ask. `settings` are (connections or sockets, requests outstanding): the best one
    is found out before the rounds."""
    name: str
    protocol: str
    keys: int
    settings: tuple


DATAGRAMS = ((1, 64), (1, 128), (1, 256))


@dataclasses.dataclass
class Surroundings:
    bench: str  # path of repute-bench
    cpu: int
    records: int
    folder: str = ""

    def data(self, form, name):
        """Writes the records to a file of the folder and returns its path."""
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            subprocess.run([self.bench, "data", form, str(self.records)], stdout=file, check=True)
        return path

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path


class Peer:
    programs = ()
    rows = ()

    def __init__(self, around):
        self.around = around
        self.port = free_port()
        self.daemons = []

    def run(self, name, *arguments):
        self.daemons.append(Daemon(self.around.folder, self.around.cpu, name, *arguments))

    def address(self):
        return f"127.0.0.1:{self.port}"

    def pids(self):
        return [pid for daemon in self.daemons for pid in daemon.pids()]

    def stop(self):
        for daemon in self.daemons:
            daemon.stop()

    def start(self):
        raise NotImplementedError


class Reputed(Peer):
    name = "reputed"
    rows = (Row("reputed, 1 key", "repute", 1, DATAGRAMS),
            Row("reputed, 20 keys", "repute", 20, DATAGRAMS))

    def start(self):
        database = os.path.join(self.around.folder, "db")
        subprocess.run([self.around.bench, "database", database, str(self.around.records)],
                       check=True)
        program = os.path.join(os.path.dirname(self.around.bench), "reputed")
        self.run(program, "--db", database, "--listen", self.address(), "--workers", "1")


class Echo(Peer):
    name = "echo"
    rows = (Row("(echo, recvmmsg)", "echo", 1, DATAGRAMS),)

    def start(self):
        program = os.path.join(os.path.dirname(self.around.bench), "echo_server")
        self.run(program, "--mode", "mmsg", "--listen", self.address())


class Rbldnsd(Peer):
    programs = ("rbldnsd",)
    form = "ip4"

    def start(self):
        self.around.data(self.form, "records")
        # Root gives itself up and leaves the system's folders; others cannot, and need not.
        inside = ("-u", "nobody", "-r") if os.geteuid() == 0 else ("-w",)
        self.run("rbldnsd", "-n", *inside, self.around.folder, "-b", f"127.0.0.1/{self.port}",
                 f"bl.test:{self.data_set}:records")


class RbldnsdIp4trie(Rbldnsd):
    name = "rbldnsd-ip4trie"
    data_set = "ip4trie"
    rows = (Row("rbldnsd ip4trie", "dns-ip", 1, DATAGRAMS),)


class RbldnsdIp4set(Rbldnsd):
    name = "rbldnsd-ip4set"
    data_set = "ip4set"
    rows = (Row("rbldnsd ip4set", "dns-ip", 1, DATAGRAMS),)


class RbldnsdDnset(Rbldnsd):
    name = "rbldnsd-dnset"
    form = "dnset"
    data_set = "dnset"
    rows = (Row("rbldnsd dnset", "dns", 1, DATAGRAMS),)


class Knot(Peer):
    name = "knot"
    programs = ("knotd",)
    rows = (Row("Knot DNS", "dns", 1, DATAGRAMS),)

    def start(self):
        self.around.data("zone", "bl.zone")
        config = self.around.write("knot.conf", f"""\
server:
  listen: 127.0.0.1@{self.port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  rundir: {self.around.folder}
database:
  storage: {self.around.folder}
log:
  - target: stderr
    any: warning
zone:
  - domain: bl.test
    file: {self.around.folder}/bl.zone
    zonefile-sync: -1
    journal-content: none
""")
        self.run("knotd", "-c", config)


def fill_redis(around, port, form):
    """Loads commands through redis-cli once the server listens."""
    commands = around.data(form, "commands")
    ask = [find_program("redis-cli"), "-p", str(port)]
    for _ in range(600):
        if subprocess.run([*ask, "ping"], capture_output=True, check=False).stdout == b"PONG\n":
            break
        time.sleep(0.05)
    with open(commands, "rb") as file:
        subprocess.run([*ask, "--pipe"], stdin=file, stdout=subprocess.DEVNULL, check=True)
    os.remove(commands)


def redis_arguments(port):
    return ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--io-threads", "1")


class Redis(Peer):
    name = "redis"
    programs = ("redis-server", "redis-cli")
    rows = (Row("redis GET, P=1", "redis", 1, ((16, 16), (32, 32), (64, 64))),
            Row("redis GET, P=16", "redis", 1, ((1, 16), (4, 64), (16, 256))),
            Row("redis MGET, 20 keys", "redis", 20, ((4, 32), (16, 16), (16, 64))))

    def start(self):
        self.run("redis-server", *redis_arguments(self.port))
        fill_redis(self.around, self.port, "redis")


class Memcached(Peer):
    name = "memcached"
    programs = ("memcached",)
    rows = (Row("memcached UDP get", "memcached-udp", 1, DATAGRAMS),
            Row("memcached TCP get, 20 keys", "memcached-tcp", 20, ((4, 32), (16, 16), (16, 64))))

    def start(self):
        as_user = ("-u", "nobody") if os.geteuid() == 0 else ()
        megabytes = 64 + self.around.records * 256 // 1_000_000
        self.run("memcached", *as_user, "-l", "127.0.0.1", "-p", str(self.port), "-U",
                 str(self.port), "-t", "1", "-m", str(megabytes), "-R", "200")
        self.fill()

    def fill(self):
        path = self.around.data("memcached", "commands")
        for _ in range(600):
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), 60)
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        with connection, open(path, "rb") as file:
            connection.sendfile(file)
            connection.sendall(b"version\r\n")
            connection.recv(100)  # all commands before it are done
        os.remove(path)


RSPAMD_CONFIG = """\
options {{
  pidfile = "{folder}/rspamd.pid"; tempdir = "{folder}"; hs_cache_dir = "{folder}"; filters = "";
  control_socket = "{folder}/control.sock mode=0600"; disable_monitoring = true;
  url_tld = "{folder}/suffixes";  # compiling the real list takes longer than all the rest
  dns {{ nameserver = ["127.0.0.1:{no_port}"]; }}
}}
logging {{ type = "console"; level = "warning"; }}
worker "fuzzy" {{
  bind_socket = "127.0.0.1:{port}"; count = 1; expire = 90d; sync = 3600s;
  allow_update = ["127.0.0.1"]; {backend}
}}
"""


class Fuzzy(Peer):
    def start_rspamd(self, backend):
        self.around.write("suffixes", "test\n")
        config = self.around.write("rspamd.conf", RSPAMD_CONFIG.format(
            folder=self.around.folder, no_port=free_port(), port=self.port, backend=backend))
        insecure = ("-i",) if os.geteuid() == 0 else ()
        self.run("rspamd", *insecure, "-f", "-c", config)


class FuzzySqlite(Fuzzy):
    name = "rspamd-fuzzy-sqlite"
    programs = ("rspamd",)
    rows = (Row("rspamd fuzzy, sqlite", "fuzzy", 1, DATAGRAMS),)

    # The tables that rspamd's sqlite back end makes, filled without asking it a million times.
    TABLES = """
    PRAGMA user_version = 1; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE digests(id INTEGER PRIMARY KEY, flag INTEGER NOT NULL, digest TEXT NOT NULL,
      value INTEGER, time INTEGER);
    CREATE TABLE shingles(value INTEGER NOT NULL, number INTEGER NOT NULL,
      digest_id INTEGER REFERENCES digests(id) ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE sources(name TEXT UNIQUE, version INTEGER, last INTEGER);
    """
    INDEXES = """
    CREATE UNIQUE INDEX d ON digests(digest); CREATE INDEX t ON digests(time);
    CREATE INDEX dgst_id ON shingles(digest_id);
    CREATE UNIQUE INDEX s ON shingles(value, number);
    """

    def start(self):
        path = os.path.join(self.around.folder, "fuzzy.db")
        digests = self.around.data("digests", "digests")
        now = int(time.time())
        base = sqlite3.connect(path)
        base.executescript(self.TABLES)
        with open(digests, "rb") as file:
            base.executemany(
                "INSERT INTO digests(flag, digest, value, time) VALUES(1, CAST(? AS TEXT), 10, ?)",
                ((digest, now) for digest in iter(lambda: file.read(64), b"")))
        base.executescript(self.INDEXES)
        base.commit()
        base.close()
        os.remove(digests)
        self.start_rspamd(f'backend = "sqlite"; hash_file = "{path}";')


class FuzzyRedis(Fuzzy):
    name = "rspamd-fuzzy-redis"
    programs = ("rspamd", "redis-server", "redis-cli")
    rows = (Row("rspamd fuzzy, redis", "fuzzy", 1, DATAGRAMS),)

    def start(self):
        port = free_port()
        self.run("redis-server", *redis_arguments(port))
        fill_redis(self.around, port, "fuzzy-redis")
        self.start_rspamd(f'backend = "redis"; servers = "127.0.0.1:{port}";')


ALL = (Reputed, Echo, RbldnsdIp4trie, RbldnsdIp4set, RbldnsdDnset, Knot, FuzzySqlite, FuzzyRedis,
       Redis, Memcached)
