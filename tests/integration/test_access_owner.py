# SPDX-License-Identifier: Apache-2.0
"""What root makes in the database of another user is that user's: its server reads it at once."""
import os
import stat
import subprocess
import sys
import tempfile

from client_harness import REPUTE, environment
from reputed_harness import REPUTED

OWNER = (65534, 65533)  # user and group; nobody who runs this test
MAY_ASK = "clients that may ask: "
MODES = {"access": 0o750, "access/master.keys": 0o600, "access/clients.toml": 0o640, "salt": 0o640}


def keys(db, *arguments):
    subprocess.run([REPUTE, "keys", *arguments, "--db", db], check=True, capture_output=True,
                   timeout=60, env=environment())


def check_all(db, after):
    for name, mode in MODES.items():
        status = os.stat(os.path.join(db, name))
        assert (status.st_uid, status.st_gid) == OWNER, (after, name, status)
        assert stat.S_IMODE(status.st_mode) == mode, (after, name, oct(status.st_mode))
    assert set(os.listdir(db)) == {"access", "salt"}, (after, os.listdir(db))


def check_served(db, folder):
    """A running server says once for each change who may ask, and never that it cannot read."""
    with subprocess.Popen([REPUTED, "--db", db, "--listen", "127.0.0.1:0"], text=True,
                          stderr=subprocess.PIPE, user=OWNER[0], group=OWNER[1],
                          extra_groups=[]) as server:
        said = []

        def read_up_to(text):
            while True:
                said.append(server.stderr.readline())
                assert said[-1], said
                if text in said[-1]:
                    return said[-1]

        def told(count):
            """The next thing said about clients."""
            line = read_up_to(MAY_ASK)
            assert line.endswith(f"{MAY_ASK}{count}\n"), said
        try:
            read_up_to("ready in")
            keys(db, "client", "add", "mx2", "-o", os.path.join(folder, "mx2.credentials"))
            told(3)
            keys(db, "client", "revoke", "mx2")
            told(2)
            keys(db, "rotate")
            told(2)
            with open(os.path.join(db, "access/clients.toml"), "r+", encoding="ascii") as file:
                text = file.read().replace("2099-12-31", "2001-01-01")
                file.seek(0)
                file.write(text)
            told(1)
            # Whose last day was, nobody waits for.
            keys(db, "client", "add", "mx1", "-o", os.path.join(folder, "again.credentials"))
            told(2)
            keys(db, "rotate", "--finish")
            told(1)
        finally:
            server.terminate()
            rest = server.stderr.readlines()
            said += rest
    # The last command writes both files; the server may see them at once.
    assert sum(MAY_ASK in line for line in rest) <= 1, said
    assert not any("cannot be read" in line or "stays as it was" in line for line in said), said


def main():
    if os.geteuid() != 0:
        print("skipped: only root can give files to another user")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "home"))
        os.chown(os.path.join(folder, "home"), *OWNER)
        db = os.path.join(folder, "home", "of", "db")  # made by init
        keys(db + "/", "init")
        for made in (db, os.path.dirname(db)):
            assert (os.stat(made).st_uid, os.stat(made).st_gid) == OWNER, made
        check_all(db, "init")
        keys(db, "client", "add", "mx1", "-o", os.path.join(folder, "mx1.credentials"))
        check_all(db, "client add")
        keys(db, "rotate")
        check_all(db, "rotate")
        os.chmod(folder, 0o755)
        keys(db, "client", "add", "old", "--not-after", "2099-12-31", "-o",
             os.path.join(folder, "old.credentials"))
        check_served(db, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
