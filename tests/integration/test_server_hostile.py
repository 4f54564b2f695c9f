# SPDX-License-Identifier: Apache-2.0
"""100 000 random and damaged datagrams over a socket, up to the longest that UDP has: each is
counted, and afterwards a valid query is answered."""
import random
import socket

import reputed_harness as harness

DATAGRAMS = 100_000
SIZES = [0, 1, 39, 40, 127, 128, 512, 1232, 1233, 4000] * 10 + [9000, 65_507]
# What may become of a datagram, beside being dropped.
ANSWERED = ("queries", "pings", "fetches", "rejected_version")


def hostile(numbers, valid):
    choice = numbers.random()
    if choice < 0.3:
        return numbers.randbytes(numbers.choice(SIZES))
    damaged = bytearray(valid)
    for _ in range(numbers.randint(1, 8)):
        damaged[numbers.randrange(len(damaged))] = numbers.randrange(256)
    if choice < 0.5:
        damaged = damaged[:numbers.randrange(len(damaged))]
    return bytes(damaged)


def main():
    numbers = random.Random(7060)
    valid = harness.request(harness.QUERY, [harness.host_key(b"test")] * 5)
    with harness.Server("--demo") as server, harness.Client(server.address) as client, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(server.address)
        for _ in range(DATAGRAMS):
            sender.send(hostile(numbers, valid))
        sender.setblocking(False)
        replies = 0
        try:
            while True:
                replies += 1 if len(sender.recv(4096)) <= 1232 else DATAGRAMS
        except BlockingIOError:
            pass
        assert replies < DATAGRAMS, "a reply longer than any question"
        reply = client.ask(harness.host_key(b"test"))
        assert reply.rcode == harness.OK and reply.answers[0][0] == harness.LISTED
        assert server.process.poll() is None
        (counts,) = harness.control(server.demo_directory(), {"cmd": "stats"})
        outcomes = [v for k, v in counts.items() if k.startswith("dropped_") or k in ANSWERED]
        assert sum(outcomes) == counts["received"] > 0, counts
        # The client may have asked more than once.
        assert counts["received"] + counts["kernel_drops"] - DATAGRAMS in range(
            1, 1 + harness.ASK_ATTEMPTS), counts
        for why in ("size", "magic", "type", "plain"):
            assert counts["dropped_" + why] > 0, counts


if __name__ == "__main__":
    main()
