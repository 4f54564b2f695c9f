# SPDX-License-Identifier: Apache-2.0
"""What root makes in the database of another user is that user's: its server must read it."""
import os
import stat
import subprocess
import sys
import tempfile

from client_harness import REPUTE, environment

OWNER = (65534, 65533)  # user and group; nobody who runs this test
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


def main():
    if os.geteuid() != 0:
        print("skipped: only root can give files to another user")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "db")
        os.mkdir(db)
        os.chown(db, *OWNER)
        keys(db, "init")
        check_all(db, "init")
        keys(db, "client", "add", "mx1", "-o", os.path.join(folder, "mx1.credentials"))
        check_all(db, "client add")
        keys(db, "rotate")
        check_all(db, "rotate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
