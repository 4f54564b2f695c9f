# SPDX-License-Identifier: Apache-2.0
"""LOADING before the first snapshot, adoption, refusal, rollback, SIGHUP, start on damage."""
import glob
import os
import shutil
import signal
import tempfile

import reputed_harness as harness

SALT = "ab" * 32 + "\n"


def demo_snapshots(into):
    """Copies the snapshot directory of a --demo server; the simplest loader there is."""
    with harness.Server("--demo") as server:
        shutil.copytree(os.path.join(server.demo_directory(), "snapshots"),
                        os.path.join(into, "snapshots"))


def switch(directory, text):
    """Moves CURRENT as loaders do: by a rename."""
    fresh = os.path.join(directory, "CURRENT.new")
    with open(fresh, "w", encoding="ascii") as file:
        file.write(text)
    os.rename(fresh, os.path.join(directory, "CURRENT"))


def damage(directory):
    (path,) = glob.glob(os.path.join(directory, "snapshots", "*.mdb"))
    os.chmod(path, 0o644)
    with open(path, "r+b") as file:
        file.seek(-5000, os.SEEK_END)
        byte = file.read(1)
        file.seek(-5000, os.SEEK_END)
        file.write(bytes([byte[0] ^ 1]))
    return path


def check_life(directory, source):
    with harness.Server("--db", directory) as server, harness.Client(server.address) as client:
        assert "LOADING" in server.ready, server.ready
        assert any("public salt" in line for line in server.log), server.log
        assert client.ask(harness.host_key(b"test")).rcode == harness.LOADING
        assert client.ask(kind=harness.PING).rcode == harness.LOADING
        assert harness.control(directory, {"cmd": "status"})[0]["generation"] is None

        shutil.copytree(source, os.path.join(directory, "snapshots"), dirs_exist_ok=True)
        switch(directory, "1\n")
        server.wait_for_line("adopted generation 1")
        assert client.ask(harness.host_key(b"test")).answers[0][0] == harness.LISTED

        switch(directory, "7\n")
        assert "generation 1 serves on" in server.wait_for_line("refused")
        (adopted,) = harness.control(directory, {"cmd": "adopt"})
        assert "error" in adopted and adopted["generation"] == 1
        server.wait_for_line("refused")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_line("refused")
        assert client.ask(harness.host_key(b"test")).generation == 1
        switch(directory, "1\n")
        assert harness.control(directory, {"cmd": "adopt"})[0]["generation"] == 1


def check_stale_socket(directory):
    """A socket that a killed server left is replaced."""
    assert os.path.exists(os.path.join(directory, "control.sock"))
    with harness.Server("--db", directory):
        harness.control(directory, {"cmd": "status"})


def check_bad_starts(directory):
    path = damage(directory)
    code, said = harness.run("--db", directory, "--listen", "127.0.0.1:0")
    assert code == 65 and os.path.basename(path) in said, (code, said)
    code, said = harness.run("--db", directory + "-none", "--listen", "127.0.0.1:0")
    assert code == 66, (code, said)
    code, said = harness.run("--demo", "--listen", "192.0.2.1:7060")
    assert code == 69 and "192.0.2.1:7060" in said, (code, said)


def check_missing_snapshot(directory):
    """CURRENT names a generation that is not there: no server, rather than an empty one."""
    switch(directory, "9\n")
    code, said = harness.run("--db", directory, "--listen", "127.0.0.1:0")
    assert code == 66 and "00000009" in said, (code, said)
    switch(directory, "1\n")


def check_foreign_salt(directory):
    with open(os.path.join(directory, "salt"), "w", encoding="ascii") as file:
        file.write(SALT)
    code, said = harness.run("--db", directory, "--listen", "127.0.0.1:0")
    assert code == 65 and "salt" in said, (code, said)
    os.remove(os.path.join(directory, "salt"))


def main():
    with tempfile.TemporaryDirectory() as root:
        demo_snapshots(root)
        directory = os.path.join(root, "db")
        os.mkdir(directory)
        check_life(directory, os.path.join(root, "snapshots"))
        check_stale_socket(directory)
        check_missing_snapshot(directory)
        check_foreign_salt(directory)
        check_bad_starts(directory)


if __name__ == "__main__":
    main()
