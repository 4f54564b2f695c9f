# SPDX-License-Identifier: Apache-2.0
"""A reputed for the benches that are scripts."""
import contextlib
import os
import re
import subprocess


def on_core(core):
    """For preexec_fn: keeps the child on one core."""
    return lambda: os.sched_setaffinity(0, {core % os.cpu_count()})


@contextlib.contextmanager
def serving(binaries, *arguments, core=None, env=None):
    """Starts reputed with one worker; gives the process, whose stderr goes on, and its address."""
    server = subprocess.Popen(
        [os.path.join(binaries, "reputed"), "--workers", "1", *arguments], stderr=subprocess.PIPE,
        text=True, env=env, preexec_fn=None if core is None else on_core(core))
    try:
        yield server, ready_address(server)
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()


def ready_address(server):
    for line in server.stderr:
        found = re.search(r"udp (127\.0\.0\.1:\d+)", line)
        if found:
            return found.group(1)
    raise SystemExit("reputed did not start")


def publish(db, generation):
    """Names another generation of a database; reputed sees it by itself."""
    fresh = os.path.join(db, "CURRENT.new")
    with open(fresh, "w", encoding="ascii") as file:
        file.write(f"{generation}\n")
    os.rename(fresh, os.path.join(db, "CURRENT"))


def await_adoption(server, generation):
    for line in server.stderr:
        if f"adopted generation {generation}" in line:
            return
        if "refused" in line:
            break
    raise SystemExit(f"generation {generation} was not adopted")
