# SPDX-License-Identifier: Apache-2.0
"""What Repute must answer, written again from schema/keys.md and record_format.md section 4.

Slow, plain and independent of the product's code. ASCII names only: the standard library has no
UTS 46. No exclusions and no OVERRIDE rows either: the feeds of the acceptance run have none.
"""
import collections
import ipaddress
import re
import urllib.parse

# Worst last, so that a position is a rank.
LISTINGS = ("formal", "probable_spam", "spam", "blacklisted", "phishing", "malware")
MAPPED = ipaddress.ip_network("::ffff:0:0/96")
NAT64 = ipaddress.ip_network("64:ff9b::/96")

# feed is the feed's place in feeds.toml; file and line say where the row is.
Claim = collections.namedtuple("Claim", "verdict score category feed line")
Answer = collections.namedtuple("Answer", "status verdict score category")
NOT_LISTED = Answer("not_listed", "none", 0, 0)

# Test points by key, of the kinds that the run asks for.
TEST_POINTS = {
    ("IP", "127.0.0.2"): "blacklisted", ("IP", "127.0.0.1"): None,
    ("IP", "2001:db8::7f00:2"): "blacklisted", ("IP", "2001:db8::7f00:1"): None,
    ("HOST", "test"): "spam", ("HOST", "invalid"): None,
    ("URL", "test/"): "phishing", ("URL", "invalid/"): None,
    ("DOMAIN", "example.test"): "spam", ("DOMAIN", "example.invalid"): None,
}


def canonical_name(text):
    """The canonical form of an ASCII name; ValueError if it is none."""
    name = text.strip().lower().removesuffix(".")
    labels = name.split(".")
    if not re.fullmatch(r"[a-z0-9_.-]{1,253}", name):
        raise ValueError("characters or length")
    if not all(1 <= len(label) <= 63 for label in labels):
        raise ValueError("length of a label")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        raise ValueError("the last label is a number")
    return name


def canonical_network(text):
    """The network of an address or ADDRESS/LENGTH; ValueError if it is none."""
    if not re.fullmatch(r"[0-9a-fA-F:.]+(/(0|[1-9][0-9]{0,2}))?", text):
        raise ValueError("not an address or prefix")
    network = ipaddress.ip_network(text)  # strict: refuses bits after the length
    for outer in (MAPPED, NAT64):
        if network.version == 6 and network.prefixlen >= 96 and network.subnet_of(outer):
            low = int(network.network_address) & 0xFFFFFFFF
            return ipaddress.ip_network((low, network.prefixlen - 96))
    return network


class public_suffixes:
    """The ICANN section of a public suffix list, with the rule `*` for unknown top levels."""

    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        begin, end = "===BEGIN ICANN DOMAINS===", "===END ICANN DOMAINS==="
        self.rules, self.wildcards, self.exceptions = set(), set(), set()
        for line in text.partition(begin)[2].partition(end)[0].splitlines():
            rule = line.split()[0] if line.split() and not line.startswith("//") else ""
            if not rule.isascii():
                rule = ".".join(label if label.isascii() else "xn--" + label.encode("punycode")
                                .decode("ascii") for label in rule.split("."))
            if rule.startswith("!"):
                self.exceptions.add(rule[1:])
            elif rule.startswith("*."):
                self.wildcards.add(rule[2:])
            elif rule:
                self.rules.add(rule)
        if not self.rules:
            raise ValueError(f"{path}: no ICANN section")

    def suffix_labels(self, labels):
        for at in range(len(labels)):  # the longest rule that matches, exceptions before all
            tail, above = ".".join(labels[at:]), ".".join(labels[at + 1:])
            if tail in self.exceptions:
                return len(labels) - at - 1
            if tail in self.rules or above in self.wildcards:
                return len(labels) - at
        return 1

    def parents(self, name):
        """The names above, the longest first, down to the registrable domain: at most four."""
        labels = name.split(".")
        registrable = self.suffix_labels(labels) + 1
        above = [".".join(labels[at:]) for at in range(1, len(labels) - registrable + 1)]
        return above[-4:]


def winner(levels):
    """The winning claim over the claims of each level, most specific first; None without any."""
    trusted, listings = [], []
    for depth, claims in enumerate(levels):
        for claim in claims:
            (trusted if claim.verdict == "trusted" else listings).append((depth, claim))
    if trusted:
        top = min(depth for depth, _ in trusted)
        if not any(depth < top for depth, _ in listings):
            return min((claim for depth, claim in trusted if depth == top),
                       key=lambda claim: (claim.score, claim.category))
    if not listings:
        return None
    return max(listings, key=lambda pair: (LISTINGS.index(pair[1].verdict), pair[1].score,
                                           -pair[0], -pair[1].category))[1]


class model:
    """All claims of all feeds, and the answer to any subject."""

    def __init__(self, suffixes):
        self.suffixes = suffixes
        self.names = collections.defaultdict(list)  # (HOST or DOMAIN, name) -> claims
        self.networks = {4: {}, 6: {}}  # version -> prefix length -> network number -> claims

    def add_name(self, name, match, claim):
        if match in ("exact", "both"):
            self.names["HOST", name].append(claim)
        if match in ("subdomains", "both"):
            self.names["DOMAIN", name].append(claim)

    def add_network(self, network, claim):
        of_length = self.networks[network.version].setdefault(network.prefixlen, {})
        of_length.setdefault(int(network.network_address), []).append(claim)

    def levels(self, keys):
        """The claims of each key; an address is one key, covered by networks."""
        if keys[0][0] != "IP":
            return [self.names.get(key, []) for key in keys]
        address = ipaddress.ip_address(keys[0][1])
        lengths = sorted(self.networks[address.version].items(), reverse=True)
        bits = address.max_prefixlen
        return [of_length.get(int(address) >> (bits - length) << (bits - length), [])
                for length, of_length in lengths]

    def asked_keys(self, kind, canonical):
        """The keys that a client asks for a subject, the most specific first."""
        if kind == "ip":
            return [("IP", canonical)]
        if kind == "domain":
            return [("HOST", canonical)] + [("DOMAIN", above) for above
                                            in self.suffixes.parents(canonical)]
        host, _, rest = canonical.partition("/")
        path, question, _ = rest.partition("?")
        paths = ["/" + rest] + (["/" + path] if question else [])
        folders = path.split("/")[:-1][:3]  # the folder "/" and three below it
        paths += ["/" + "".join(folder + "/" for folder in folders[:depth])
                  for depth in range(len(folders), -1, -1)]
        if is_address(host):
            return [("URL", host + path) for path in dict.fromkeys(paths)] + [("IP", host)]
        hosts = [host] + self.suffixes.parents(host)
        return ([("URL", host + path) for host in hosts for path in dict.fromkeys(paths)]
                + self.asked_keys("domain", host))

    def claims(self, kind, canonical):
        """All claims that cover the subject."""
        keys = [key for key in self.asked_keys(kind, canonical) if key[0] != "URL"]
        return [claim for claims in self.levels(keys) for claim in claims]

    def has_test_point(self, kind, canonical):
        return any(key in TEST_POINTS for key in self.asked_keys(kind, canonical))

    def predict(self, kind, canonical):
        """What a lookup must say: the first of the asked keys that is listed decides."""
        keys = self.asked_keys(kind, canonical)
        for at, key in enumerate(keys):
            if key in TEST_POINTS:
                if TEST_POINTS[key]:
                    return Answer("listed", TEST_POINTS[key], 1000, 0)
                continue
            levels = self.levels(keys[at:]) if key[0] != "URL" else [[]]
            if key[0] != "IP" and not levels[0]:
                continue  # a key without rows of its own is not listed
            claim = winner(levels)
            if claim:
                return Answer("listed", claim.verdict, claim.score, claim.category)
        return NOT_LISTED


def is_address(host):
    return re.fullmatch(r"[0-9.]+", host) is not None


def canonical_url(text):
    """For the plain URLs that the run draws: no userinfo, nothing to escape, no IPv6 address."""
    parts = urllib.parse.urlsplit(text)
    host = parts.hostname if is_address(parts.hostname) else canonical_name(parts.hostname)
    return host + (parts.path or "/") + ("?" + parts.query if parts.query else "")
