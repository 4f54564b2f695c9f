# SPDX-License-Identifier: Apache-2.0
"""reputed is killed at random points while entries are put: every acknowledged one is served after
the restart, and none of another number. Argument: how many kills."""
import json
import os
import random
import socket
import sys
import tempfile
import threading

import live_harness
import reputed_harness as harness

SALT_FP = "6668"  # of the public salt
KEYS = 50  # asked in one datagram


def put_until_killed(directory, first, acknowledged, timer, at_once):
    """Puts key after key in batches of a few; notes those whose reply came. `timer`, which kills,
    begins with the first batch, or when that was acknowledged."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(harness.START_SECONDS)
        connection.connect(os.path.join(directory, "control.sock"))
        stream = connection.makefile("rw")
        number = first
        if at_once:
            timer.start()
        try:
            while True:
                batch = range(number, number + 1 + number % 7)
                number = batch[-1] + 1
                stream.write(json.dumps({"cmd": "put", "salt": SALT_FP, "entries": [
                    {"kind": 16, "key": harness.fingerprint(0x10, b"k%d" % i).hex(),
                     "verdict": "spam", "score": i % 1000, "text": f"k{i}", "reason": "x" * 200}
                    for i in batch]}) + "\n")
                stream.flush()
                line = stream.readline()
                if not line.endswith("\n"):
                    return number
                assert "seq" in json.loads(line), line
                acknowledged.extend(batch)
                if not at_once and batch[0] == first:
                    timer.start()
        except (BrokenPipeError, ConnectionResetError):
            return number


def check_served(address, numbers):
    with harness.Client(address) as client:
        for at in range(0, len(numbers), KEYS):
            some = numbers[at:at + KEYS]
            answers = client.ask(*(harness.host_key(b"k%d" % i) for i in some)).answers
            for number, answer in zip(some, answers):
                assert answer[0] == harness.LISTED and answer[2] == number % 1000, (number, answer)


def main():
    kills = int(sys.argv[1])
    seed = int(os.environ.get("REPUTE_KILL_SEED", "1"))
    print("seed", seed)
    chance = random.Random(seed)
    acknowledged = []
    number = 0
    with tempfile.TemporaryDirectory() as root:
        directory = os.path.join(root, "db")
        live_harness.load(directory, "hosts", ["listed.example"])
        for round_number in range(kills):
            with harness.Server("--db", directory) as server:
                # The newest ones of the round before, and some of all that came earlier.
                check_served(server.address, acknowledged[-200:] +
                             chance.sample(acknowledged, min(200, len(acknowledged))))
                timer = threading.Timer(chance.uniform(0, 0.1), server.process.kill)
                number = put_until_killed(directory, number, acknowledged, timer,
                                          at_once=round_number % 2 == 0)
                timer.join()
            if round_number % 10 == 9:
                live_harness.load(directory, "hosts", [f"l{round_number}.example"])
        with harness.Server("--db", directory) as server:
            check_served(server.address, acknowledged)
    print(len(acknowledged), "acknowledged")
    assert len(acknowledged) >= kills // 2


if __name__ == "__main__":
    main()
