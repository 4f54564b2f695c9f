# SPDX-License-Identifier: Apache-2.0
"""A network that can be told to misbehave: stands before UDP servers of loopback, delays, loses and
reorders datagrams or swallows them all, and counts what clients send."""
import heapq
import itertools
import random
import selectors
import socket
import threading
import time

QUERY, PING = 1, 3


class Way:
    """The way to one server. Its settings may be changed at any time."""

    def __init__(self, server):
        self.server = server
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.front.setblocking(False)
        self.address = self.front.getsockname()
        self.delay_s = 0.0
        self.jitter_s = 0.0  # above the delay, evenly: datagrams overtake each other
        self.loss = 0.0
        self.blackhole = False
        self.queries = []  # when clients sent them
        self.pings = 0
        self.backs = {}  # client address -> socket connected to the server

    def queries_between(self, begin, end):
        return sum(begin <= at < end for at in self.queries)


class Proxy:
    """Runs in a thread of its own, in a `with` statement."""

    def __init__(self, servers, seed=1):
        self.random = random.Random(seed)
        self.ways = [Way(server) for server in servers]
        self.selector = selectors.DefaultSelector()
        self.late = []  # (when, order, send) of what is on its way
        self.order = itertools.count()
        self.ended = threading.Event()
        for way in self.ways:
            self.selector.register(way.front, selectors.EVENT_READ, (way, None))
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def run(self):
        while not self.ended.is_set():
            wait = max(0.0, self.late[0][0] - time.monotonic()) if self.late else 0.05
            for key, _ in self.selector.select(min(wait, 0.05)):
                self.receive_all(*key.data)
            while self.late and self.late[0][0] <= time.monotonic():
                heapq.heappop(self.late)[2]()

    def receive_all(self, way, client):
        source = way.front if client is None else way.backs[client]
        while True:
            try:
                data, sender = source.recvfrom(2048)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue  # the server is gone; the client finds out by itself
            if client is None:
                self.count(way, data)
                self.pass_on(way, self.to_server(way, sender, data))
            else:
                self.pass_on(way, self.to_client(way, client, data))

    def count(self, way, data):
        if data[1] == QUERY:
            way.queries.append(time.monotonic())
        elif data[1] == PING:
            way.pings += 1

    def pass_on(self, way, send):
        if way.blackhole or self.random.random() < way.loss:
            return
        delay = way.delay_s + self.random.random() * way.jitter_s
        if delay > 0:
            heapq.heappush(self.late, (time.monotonic() + delay, next(self.order), send))
        else:
            send()

    def to_server(self, way, client, data):
        back = way.backs.get(client)
        if back is None:
            back = way.backs[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.setblocking(False)
            back.connect(way.server)
            self.selector.register(back, selectors.EVENT_READ, (way, client))
        return lambda: send_quietly(back.send, data)

    @staticmethod
    def to_client(way, client, data):
        return lambda: send_quietly(way.front.sendto, data, client)


def send_quietly(send, *arguments):
    """A network tells nobody what it could not deliver."""
    try:
        send(*arguments)
    except OSError:
        pass
