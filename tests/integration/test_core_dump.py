# SPDX-License-Identifier: Apache-2.0
"""A server that has keys leaves no core dump, whatever the limits of the process allow."""
import os
import resource
import signal
import subprocess
import sys
import tempfile

from client_harness import REPUTE, environment
from reputed_harness import REPUTED, START_SECONDS


def unlimited():
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def dumps_core(db, folder):
    """True if a server with this database is dumped when it is aborted."""
    with subprocess.Popen([REPUTED, "--db", db, "--listen", "127.0.0.1:0"], cwd=folder, text=True,
                          stderr=subprocess.PIPE, preexec_fn=unlimited) as server:
        while "ready in" not in server.stderr.readline():
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
        if not dumps_core(db, folder):
            print("skipped: this machine dumps no core at all")
            return 77
        subprocess.run([REPUTE, "keys", "init", "--db", db], check=True, capture_output=True,
                       timeout=START_SECONDS, env=environment())
        assert not dumps_core(db, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
