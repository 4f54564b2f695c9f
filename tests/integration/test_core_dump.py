# SPDX-License-Identifier: Apache-2.0
"""A server or a filter that has keys leaves no core dump, whatever its limits allow."""
import os
import resource
import signal
import subprocess
import sys
import tempfile

from client_harness import BIN, REPUTE, environment
from reputed_harness import REPUTED, START_SECONDS


def unlimited():
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def dumps_core(folder, *command):
    """True if this daemon is dumped when it is aborted."""
    with subprocess.Popen(command, cwd=folder, text=True, stderr=subprocess.PIPE,
                          preexec_fn=unlimited, env=environment()) as server:
        while "ready" not in server.stderr.readline():
            assert server.poll() is None
        server.send_signal(signal.SIGABRT)
        _, status = os.waitpid(server.pid, 0)
        server.returncode = -os.WTERMSIG(status)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT, status
    return os.WCOREDUMP(status)


def main():
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "db")
        os.mkdir(db)
        server = (REPUTED, "--db", db, "--listen", "127.0.0.1:0")
        config = os.path.join(folder, "milter.toml")
        milter = (os.path.join(BIN, "repute-milter"), "--config", config)
        with open(config, "w", encoding="ascii") as file:
            file.write(f'socket = "unix:{folder}/m.sock"\n')
        if not dumps_core(folder, *server):
            print("skipped: this machine dumps no core at all")
            return 77
        assert dumps_core(folder, *milter)
        for words in (("init",), ("client", "add", "mx", "-o", f"{folder}/mx.credentials")):
            subprocess.run([REPUTE, "keys", *words, "--db", db], check=True, capture_output=True,
                           timeout=START_SECONDS, env=environment())
        with open(config, "a", encoding="ascii") as file:
            file.write(f'credentials = "{folder}/mx.credentials"\n')
        assert not dumps_core(folder, *server)
        assert not dumps_core(folder, *milter)
    return 0


if __name__ == "__main__":
    sys.exit(main())
