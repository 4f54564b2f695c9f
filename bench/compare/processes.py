# SPDX-License-Identifier: Apache-2.0
"""Programs that the comparison starts: on one core, in a folder of their own, and ended again."""
import os
import shutil
import signal
import socket
import subprocess

STOP_SECONDS = 20
SYSTEM_FOLDERS = "/usr/sbin:/sbin"


def find_program(name):
    """Path of an installed program, or None; daemons live where users do not look."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":" + SYSTEM_FOLDERS)


def free_port():
    """A port that is free for UDP and TCP on loopback."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind(("127.0.0.1", port))
                except OSError:
                    continue
            return port


def children_of(pid):
    """The process and all that it started, and they."""
    found = [pid]
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return found
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += children_of(int(child))
        except FileNotFoundError:
            pass
    return found


def memory_kib(pids):
    """Proportional set size: pages that n processes share count 1/n each."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


class Daemon:
    """A program in the foreground on one core; its words go to a file of the folder."""

    def __init__(self, folder, cpu, name, *arguments):
        program = find_program(name) or name
        self.log_path = os.path.join(folder, os.path.basename(name) + ".log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [program, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))

    def pids(self):
        return children_of(self.process.pid)

    def ended(self):
        return self.process.poll() is not None

    def last_words(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()[-500:]

    def stop(self):
        if not self.ended():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # with all that it started
        self.process.wait()
