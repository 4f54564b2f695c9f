# SPDX-License-Identifier: Apache-2.0
"""100 000 random and damaged datagrams over a socket; afterwards a valid query is answered."""
import random
import socket

import reputed_harness as harness

DATAGRAMS = 100_000


def hostile(numbers, valid):
    choice = numbers.random()
    if choice < 0.3:
        return numbers.randbytes(numbers.choice((0, 1, 39, 40, 127, 128, 512, 1232, 1233, 4000)))
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


if __name__ == "__main__":
    main()
