# SPDX-License-Identifier: Apache-2.0
"""Whoever allows plain text to other machines is warned at each start, and nobody else."""
import os
import subprocess
import tempfile

from client_harness import REPUTE, environment
from reputed_harness import START_SECONDS, Server

MILTER = os.path.join(os.environ["REPUTE_BIN_DIR"], "repute-milter")


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def server_warns(folder, settings):
    config = write(folder, "reputed.toml", f'database = "{folder}/db"\n{settings}\n')
    with Server("--config", config) as server:
        return any("WARNING: plain_networks" in line for line in server.log)


def server_warns_of_salt(folder, mode):
    os.chmod(write(folder, "db/salt", "11" * 32 + "\n"), mode)
    with Server("--db", f"{folder}/db", "--listen", "127.0.0.1:0") as server:
        warned = any("DIR/salt" in line for line in server.log)
    os.unlink(f"{folder}/db/salt")
    return warned


def milter_warns(folder, settings):
    config = write(folder, "milter.toml", f'socket = "unix:{folder}/m.sock"\n{settings}\n')
    with subprocess.Popen([MILTER, "--config", config], stderr=subprocess.PIPE, text=True,
                          env=environment()) as milter:
        said = ""
        while "ready" not in said:
            said += milter.stderr.readline()
            assert milter.poll() is None, said
        milter.kill()
    return "WARNING: `plain`" in said


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/db")
        assert not server_warns(folder, "")
        assert not server_warns(folder, 'plain_networks = ["127.0.0.0/9"]')
        assert server_warns(folder, 'plain_networks = ["127.0.0.0/8", "192.0.2.0/24"]')
        assert server_warns_of_salt(folder, 0o644) and not server_warns_of_salt(folder, 0o640)
        assert not milter_warns(folder, "")
        assert milter_warns(folder, "plain = true")
        subprocess.run([REPUTE, "keys", "init", "--db", f"{folder}/db"], check=True,
                       capture_output=True, timeout=START_SECONDS, env=environment())
        credentials = f"{folder}/mx.credentials"
        subprocess.run([REPUTE, "keys", "client", "add", "mx", "-o", credentials, "--db",
                        f"{folder}/db"], check=True, capture_output=True, timeout=START_SECONDS,
                       env=environment())
        # With credentials nothing is asked in plain text, whatever is allowed.
        assert not milter_warns(folder, f'plain = true\ncredentials = "{credentials}"')


if __name__ == "__main__":
    main()
