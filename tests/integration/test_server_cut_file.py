# SPDX-License-Identifier: Apache-2.0
"""A snapshot cut or overwritten while it is served: mmap ends clearly, memory answers on."""
import glob
import os
import shutil
import tempfile
import time

import reputed_harness as harness

EXIT_IO = 74
TEST = harness.host_key(b"test")


def database(folder):
    with harness.Server("--demo") as server:
        shutil.copytree(server.demo_directory(), folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("control.*"))
    (path,) = glob.glob(os.path.join(folder, "snapshots", "*.mdb"))
    os.chmod(path, 0o644)
    return path


def cut(path):
    os.truncate(path, 4096)


def overwrite(path):
    """What `cp` over a live file does: cut to nothing, then written anew."""
    with open(path, "wb") as file:
        file.write(b"\0" * 100000)


def ask_until_ended(client, server):
    """One question is not enough: a loaded machine's server may say BUSY without a look."""
    try:
        while server.process.poll() is None:
            client.socket.send(harness.request(harness.QUERY, [TEST], 999))
            time.sleep(0.01)
    except ConnectionRefusedError:
        pass  # it has ended


def check_mmap(folder):
    path = database(folder)
    with harness.Server("--db", folder, "--store", "mmap") as server:
        with harness.Client(server.address) as client:
            assert client.ask(TEST).answers[0][0] == harness.LISTED
            cut(path)
            ask_until_ended(client, server)
            line = server.wait_for_line("can no longer be read")
            assert os.path.basename(path) in line, line
            assert server.process.wait(timeout=harness.START_SECONDS) == EXIT_IO


def check_memory(folder, damage):
    path = database(folder)
    with harness.Server("--db", folder, "--store", "memory") as server:
        with harness.Client(server.address) as client:
            damage(path)
            for _ in range(100):
                assert client.ask(TEST).answers[0][0] == harness.LISTED


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_mmap(folder)
    for damage in (cut, overwrite):
        with tempfile.TemporaryDirectory() as folder:
            check_memory(folder, damage)


if __name__ == "__main__":
    main()
