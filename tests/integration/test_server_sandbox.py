# SPDX-License-Identifier: Apache-2.0
"""The seccomp filter: on by default for every thread, off with --no-sandbox, loud when missing."""
import glob
import sys

import reputed_harness as harness

NO_FILTER, FILTER = "0", "2"  # of `Seccomp:` in /proc/PID/status


def modes(server):
    """The seccomp mode of each thread."""
    out = []
    for path in glob.glob(f"/proc/{server.process.pid}/task/*/status"):
        with open(path, encoding="ascii") as lines:
            out += [line.split()[1] for line in lines if line.startswith("Seccomp:")]
    return out


def status(server):
    return harness.control(server.demo_directory(), {"cmd": "status"})[0]


def main():
    with harness.Server("--demo") as server:
        if any("this build has sanitizers" in line for line in server.log):
            print("a build with sanitizers has no sandbox")
            return 77
        assert status(server)["sandbox"] is True
        assert len(modes(server)) >= 3 and set(modes(server)) == {FILTER}, modes(server)
        assert not any("WARNING" in line for line in server.log), server.log
    with harness.Server("--demo", "--no-sandbox") as server:
        assert status(server)["sandbox"] is False
        assert set(modes(server)) == {NO_FILTER}, modes(server)
        assert any("WARNING: --no-sandbox" in line for line in server.log), server.log
    return 0


if __name__ == "__main__":
    sys.exit(main())
