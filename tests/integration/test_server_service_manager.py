# SPDX-License-Identifier: Apache-2.0
"""What a service manager is told: the state when the server begins, that it answers, each sign of
life, that it ends; with the sandbox in force. Where nobody listens to that, it does not start."""
import os
import signal
import socket
import sys
import tempfile

import reputed_harness as harness

EXIT_UNAVAILABLE = 69
WATCHDOG_USEC = "200000"
SIGNS_OF_LIFE = 4


def told(manager, until):
    """What comes up to `until`, with that."""
    out = []
    while not out or out[-1] != until:
        out.append(manager.recv(4096).decode())
    return out


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "notify")
        os.environ["NOTIFY_SOCKET"] = path
        code, said = harness.run("--demo", "--listen", "127.0.0.1:0")
        assert code == EXIT_UNAVAILABLE and f"NOTIFY_SOCKET={path}: " in said, (code, said)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(harness.START_SECONDS)
            os.environ["WATCHDOG_USEC"] = WATCHDOG_USEC
            with harness.Server("--demo") as server:
                begun = told(manager, "READY=1")
                assert begun == ["STATUS=serving generation 1, 16 keys", "READY=1"], begun
                with harness.Client(server.address) as client:
                    assert client.ask(kind=harness.PING).type == harness.PONG
                for _ in range(SIGNS_OF_LIFE):
                    assert told(manager, "WATCHDOG=1") == ["WATCHDOG=1"]
                server.process.send_signal(signal.SIGTERM)
                assert set(told(manager, "STOPPING=1")) <= {"WATCHDOG=1", "STOPPING=1"}
                # Signs of life that nobody reads any more hold nothing up.
                assert server.process.wait(timeout=harness.START_SECONDS) == 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
