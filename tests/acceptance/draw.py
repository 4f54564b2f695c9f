# SPDX-License-Identifier: Apache-2.0
"""Draws what to ask, from each feed and from none. Everything follows from one seed."""
import collections
import ipaddress
import itertools

import reference

# written is what the tool reads, canonical what it must print, how the stratum it was drawn from.
Subject = collections.namedtuple("Subject", "feed how written kind canonical")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_"
NAMES = ("row", "row", "row", "below", "below", "parent", "sibling", "several feeds", "url",
         "odd spelling")
ADDRESSES = ("row", "row", "inside", "inside", "edge", "outside", "several feeds", "url",
             "odd spelling")
TEST_SUBJECTS = ("127.0.0.1", "127.0.0.2", "::ffff:127.0.0.2", "64:ff9b::7f00:1",
                 "2001:db8::7f00:1", "2001:DB8:0:0::7F00:2", "test", "TEST.", "invalid",
                 "example.test", "example.invalid", "a.example.test", "b.a.example.test",
                 "a.b.c.d.e.f.example.test", "a.example.invalid", "other.test", "http://test/",
                 "http://test/path/deeper?q=1", "http://invalid/", "http://example.test/",
                 "http://a.example.test/", "http://127.0.0.1/", "http://127.0.0.2/x/?y=1")


def subject(feed, how, written):
    """Recognises the kind as a reader of the page would; None if it has no canonical form."""
    try:
        if "://" in written:
            return Subject(feed, how, written, "url", reference.canonical_url(written))
        try:
            network = reference.canonical_network(written)
            return Subject(feed, how, written, "ip", str(network.network_address))
        except ValueError:
            return Subject(feed, how, written, "domain", reference.canonical_name(written))
    except ValueError:
        return None


class drawer:
    def __init__(self, random, model, feeds):
        self.random, self.model = random, model
        self.feeds = feeds
        self.rows = {feed: [row for row in feed.rows if row.text.isascii() and row.reject in
                            ("", "?")] for feed in feeds}
        self.several = self.rows_in_several_feeds()

    def rows_in_several_feeds(self):
        """For each feed the subjects among all rows that it and another feed speak about."""
        found = collections.defaultdict(list)
        for feed in self.feeds:
            for row in self.rows[feed]:
                text = row.text
                if feed.kind == "ip":
                    text = str(reference.canonical_network(text).network_address)
                places = {claim.feed for claim in self.model.claims(feed.kind, text)}
                if len(places) > 1:
                    for place in places:
                        found[self.feeds[place]].append(text)
        return found

    def label(self):
        middle = "".join(self.random.choices(LETTERS, k=self.random.randint(0, 12)))
        return self.random.choice(LETTERS[:26]) + middle

    def below(self, name, depth):
        return ".".join([self.label() for _ in range(depth)] + [name])

    def name(self, how, row, feed):
        labels = row.text.split(".")
        if how == "below":
            return self.below(row.text, self.random.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 9)))
        if how == "parent":
            return ".".join(labels[self.random.randint(1, max(1, len(labels) - 2)):])
        if how == "sibling":
            return ".".join([self.label()] + labels[1:])
        if how == "several feeds":
            name = self.random.choice(self.several[feed] or [row.text])
            return self.below(name, 1) if self.random.random() < 0.3 else name
        if how == "url":
            name = row.text if self.random.random() < 0.5 else self.below(row.text, 2)
            return f"http://{name}/{self.label()}/{self.label()}.html?{self.label()}=1"
        if how == "odd spelling":
            name = "".join(self.random.choice((c, c.upper())) for c in row.text)
            return name + self.random.choice(("", "."))
        return row.text

    def address(self, how, row, feed):
        network = reference.canonical_network(row.text)
        first, last = int(network.network_address), int(network.broadcast_address)
        number = first
        if how in ("inside", "url", "odd spelling"):
            number = self.random.randint(first, last)
        elif how == "edge":
            number = self.random.choice((first, last))
        elif how == "outside":
            step = self.random.choice((1, 1, 2, network.num_addresses))
            number = self.random.choice((first - step, last + step))
        elif how == "several feeds" and self.several[feed]:
            return self.random.choice(self.several[feed])
        if not 0 <= number < 2 ** network.max_prefixlen:
            number = first
        address = ipaddress.ip_address(number) if network.version == 4 else (
            ipaddress.IPv6Address(number))
        if how == "url" and network.version == 4:
            return f"http://{address}/{self.label()}/"
        if how == "odd spelling" and network.version == 4:
            return self.random.choice(("::ffff:", "64:ff9b::", "::FFFF:")) + str(address)
        if how == "odd spelling":
            return address.exploded.upper()
        return str(address)

    def from_feed(self, feed, count):
        """count subjects, the strata in turn."""
        strata = itertools.cycle(ADDRESSES if feed.kind == "ip" else NAMES)
        make = self.address if feed.kind == "ip" else self.name
        subjects = []
        while len(subjects) < count and self.rows[feed]:
            how = next(strata)
            drawn = subject(feed.name, how, make(how, self.random.choice(self.rows[feed]), feed))
            if drawn:
                subjects.append(drawn)
        return subjects

    def unlisted(self, count):
        """count subjects that no row covers."""
        suffixes = sorted(self.model.suffixes.rules)
        subjects = []
        while len(subjects) < count:
            choice = self.random.random()
            written = self.below(self.random.choice(suffixes), self.random.randint(1, 6))
            if choice < 0.3:
                written = str(ipaddress.IPv4Address(self.random.getrandbits(32)))
            elif choice < 0.4:
                written = str(ipaddress.IPv6Address(self.random.getrandbits(125) + 2 ** 125))
            elif choice < 0.5:
                written = f"http://{written}/{self.label()}?{self.label()}"
            drawn = subject("(none)", "unlisted", written)
            if drawn and self.model.predict(drawn.kind, drawn.canonical).status == "not_listed":
                subjects.append(drawn)
        return subjects

    def test_points(self):
        return [subject("(test points)", "test point", text) for text in TEST_SUBJECTS]
