#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Facts of mail against an independent reader, made of Python's standard library alone.

  compare_extraction.py --repute PROGRAM MAIL...   asks `PROGRAM facts --json MAIL...`
  compare_extraction.py --lines FILE MAIL...       FILE: what it printed

For every message: hosts of links, addresses in Received fields, SHA-256 of attachments and MD5 of
pictures that one of the two finds and the other does not. Each difference is put down to a known
cause (CAUSES) or shown; the exit code is 1 if one is left over."""

import argparse
import base64
import binascii
import collections
import email
import email.policy
import hashlib
import html.parser
import ipaddress
import json
import os
import re
import subprocess
import sys
import urllib.parse

LINK_ATTRIBUTES = {"href", "src", "action", "formaction", "background", "poster", "cite", "data",
                   "longdesc", "dynsrc", "lowsrc"}
REST = r"[^\s<>\"\x00-\x20\x7f]"
ADDRESS = re.compile(r"(?:https?|ftp|hxxps?):[/\\]{2}" + REST + "+", re.IGNORECASE)
BARE = re.compile(r"(?<![\w.@/+-])www\.(?!\.)" + REST + "+", re.IGNORECASE)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
PICTURE = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")


def loose_ip4(host):
    """IPv4 as browsers read it: up to four numbers, decimal, octal or hexadecimal."""
    parts = host.split(".")
    try:
        numbers = [int(p, 16) if p.lower().startswith("0x") else
                   int(p, 8) if len(p) > 1 and p.startswith("0") else int(p) for p in parts]
    except ValueError:
        return None
    if len(numbers) > 4 or any(n > 255 for n in numbers[:-1]):
        return None
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value += number << (24 - 8 * place)
    return str(ipaddress.IPv4Address(value)) if value < 2**32 else None


def host_of(address):
    """Canonical host of an address of the web; None if it has none that we would ask about."""
    text = re.sub(r"[\t\r\n]", "", address).strip()
    text = re.sub(r"^hxxp", "http", text, flags=re.IGNORECASE)
    found = re.match(r"(?:https?|ftp):[/\\]*([^/\\?#]*)|[/\\]{2}([^/\\?#]*)", text, re.IGNORECASE)
    if not found:
        return None
    host = urllib.parse.unquote((found[1] or found[2] or "").rpartition("@")[2])
    host = re.sub(r"[(){}|,;'!*].*|:\d*$", "", host).strip(".").lower()
    host = re.sub(r"\.+", ".", host)
    if host.startswith("["):
        return host
    return loose_ip4(host) or (host or None)


class Page(html.parser.HTMLParser):
    """Addresses in attributes and visible text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.addresses, self.text, self.pictures = [], [], []
        self.silent = None
        self.base = None

    def handle_starttag(self, tag, attrs):
        self.silent = tag if tag in ("script", "style", "title") else None
        self.handle_endtag(tag, self.silent)
        for name, value in attrs:
            value = value or ""
            if name == "style":
                self.css(value)
            if name == "srcset":
                self.addresses += [s.split()[0] for s in value.split(",") if s.split()]
            if tag == "meta" and name == "content" and "url=" in value.lower():
                self.addresses.append(value[value.lower().index("url=") + 4:].strip("'\" "))
            if name in LINK_ATTRIBUTES:
                self.address(tag, name, value)

    def address(self, tag, name, value):
        value = re.sub(r"[\t\r\n]", "", value).strip()
        inline = re.match(r"data:image/[^,]*;base64,(.*)", value, re.IGNORECASE | re.DOTALL)
        if inline:
            try:
                self.pictures.append(base64.b64decode(inline[1] + "=="))
            except binascii.Error:
                pass
            return
        if tag == "base" and name == "href" and "//" in value:
            self.base = value
        if value.lower().startswith("www."):
            value = "http://" + value
        elif self.base and not re.match(r"#|$|[\w+.-]+:|[/\\]{2}", value):
            value = self.base
        self.addresses.append(value)

    def css(self, text):
        self.addresses += re.findall(r"url\(\s*['\"]?([^)'\"]*)", text, re.IGNORECASE)

    def handle_data(self, data):
        if self.silent == "style":
            self.css(data)
        elif self.silent != "title":
            self.text.append(data)

    def handle_endtag(self, tag, silent=None):
        self.silent = silent
        # Words on both sides of a block are two.
        if tag not in ("a", "b", "i", "u", "em", "strong", "font", "span", "wbr", "small", "big"):
            self.text.append("\n")


def addresses_in_text(text):
    text = INVISIBLE.sub("", text)
    found = [m[0] for m in ADDRESS.finditer(text)]
    found += ["http://" + m[0] for m in BARE.finditer(text)]
    found = [re.sub(r"(?<=[\w)])[.,;:!?'*_|`}]+$", "", a) for a in found]
    return [a if "(" in a else a.rstrip(").,") for a in found]


def inner_addresses(address):
    """Addresses in the parameters and the path of another, %XX removed up to three times."""
    for _ in range(3):
        rest = re.sub(r"^[a-z]+:[/\\]*[^/?#]*", "", address, flags=re.IGNORECASE)
        for inner in ADDRESS.finditer(rest):
            yield inner[0].partition("&")[0]
            yield from inner_addresses(inner[0])
        yield from ("http://" + m[1] for m in re.finditer(r"[=&?](www\.[^&]+)", rest))
        address = urllib.parse.unquote(address)


def text_of(part):
    payload = part.get_payload(decode=True) or b""
    charset = part.get_content_charset()
    if not charset and part.get_content_type() == "text/html":
        named = re.search(rb"charset=[\"']?([\w-]+)", payload[:1024], re.IGNORECASE)
        charset = named[1].decode() if named else None
    for name in (charset, "utf-8", "windows-1252"):
        try:
            return payload.replace(b"\0", b"").decode(name or "utf-8")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return payload.decode("latin-1")


class Reference:
    """What this reader finds in one message."""

    def __init__(self, data):
        if data.startswith(b"From "):
            data = data[data.index(b"\n") + 1:]
        self.hosts, self.relays, self.digests = set(), [], set()
        self.marks = set()  # of MESSAGE_CAUSES
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        for field in message.get_all("received", []):
            self.add_received(" ".join(str(field).split()))
        addresses = []
        for part in message.walk():
            if part.get_content_type() == "message/rfc822":
                self.marks.add("inner message")
                coded = str(part.get("content-transfer-encoding", "7bit")).lower() == "base64"
                self.marks |= {"coded message"} if coded else set()
            if any("Boundary" in type(d).__name__ for d in part.defects):
                self.marks.add("boundary")
            if part.is_multipart():
                continue
            kind = part.get_content_type()
            name, attached = part.get_filename(), part.get_content_disposition() == "attachment"
            if kind == "text/html":
                addresses += self.read_page(text_of(part))
            elif kind.startswith("text/"):
                addresses += addresses_in_text(text_of(part))
            if attached or name or not kind.startswith(("text/", "message/")):
                self.add_file(part.get_payload(decode=True) or b"", kind, attached)
            if str(part.get("content-transfer-encoding", "")).lower() == "base64":
                raw = re.sub(r"\s", "", part.get_payload())
                if not re.fullmatch(r"(?:[\w+/]{4})*(?:[\w+/]{2,3}={1,2})?", raw, re.ASCII):
                    self.marks.add("base64")
        for address in addresses:
            for each in (address, *inner_addresses(address)):
                host = host_of(each)
                if host:
                    self.hosts.add(host)

    def read_page(self, text):
        page = Page()
        page.feed(text)
        page.close()
        for picture in page.pictures:
            self.digests.add(hashlib.md5(picture).hexdigest())
        return page.addresses + addresses_in_text("".join(page.text))

    def add_file(self, data, kind, attached):
        shown = data.startswith(PICTURE) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        if data and (shown or kind.startswith("image/")):
            self.digests.add(hashlib.md5(data).hexdigest())
        if data and (attached or not shown):
            self.digests.add(hashlib.sha256(data).hexdigest())

    def add_received(self, field):
        found = re.match(r"from\s(.*?)(?:\sby\s(?![^(]*\))|$)", field, re.IGNORECASE)
        texts = re.findall(r"\[(?:IPv6:)?([0-9a-fA-F.:]+)\]", found[1]) if found else []
        if found and not texts:
            texts = re.findall(r"(?<![\w.])\d+\.\d+\.\d+\.\d+(?![\w.])", found[1])
        addresses = set()
        for text in texts:
            try:
                address = ipaddress.ip_address(text)
                addresses.add(str(getattr(address, "ipv4_mapped", None) or address))
            except ValueError:
                pass
        if addresses:
            self.relays.append(addresses)


def facts_of(line):
    """Hosts, addresses and digests among the facts of one line."""
    hosts, relays, digests = set(), set(), set()
    for fact in line["facts"]:
        if fact["kind"] == "url" and fact["role"] in ("link", "image_link"):
            hosts.add(fact["canonical"].partition("/")[0])
        elif fact["kind"] == "ip" and fact["role"] in ("client", "relay"):
            relays.add(fact["canonical"])
        elif fact["kind"] in ("sha256", "image-md5"):
            digests.add(fact["canonical"])
    return hosts, relays, digests


def is_public(text):
    address = ipaddress.ip_address(text)
    return not (address.is_private or address.is_multicast or address.is_reserved
                or address.is_link_local or address in ipaddress.ip_network("100.64.0.0/10"))


# Why the two may differ. First what a whole message is to blame for (marks of Reference), then:
# what differs, which side has it, a pattern, the cause.
MESSAGE_CAUSES = {
    "base64": "base64 with errors: decoded otherwise",
    "boundary": "a multipart whose boundary is never found: text for us, nothing for the reference",
    "coded message": "a message within a message in base64: the reference does not look in",
    "inner message": "digest of a message within a message: the reference has none",
}
CAUSES = [
    ("host", "ours", r"[^\w.:\[\]-]", "no host name: one way of many to write it"),
    ("host", "reference", r"[^\w.:\[\]-]", "no host name: one way of many to write it"),
    ("host", "ours", r"(?:^|\.)xn--", "name beyond ASCII, in Punycode"),
    ("host", "reference", r"(?:^|\.)\d+$", "ends in a number and is no address: nobody can ask it"),
]


def differences(reference, line):
    """(what, side, thing) for all that one side alone has."""
    hosts, relays, digests = facts_of(line)
    for side, only in (("reference", reference.hosts - hosts), ("ours", hosts - reference.hosts)):
        yield from (("host", side, each) for each in sorted(only))
    for side, only in (("reference", reference.digests - digests),
                       ("ours", digests - reference.digests)):
        yield from (("digest", side, each) for each in sorted(only))
    known = set().union(*reference.relays)
    yield from (("relay", "ours", each) for each in sorted(relays - known))
    # Of one field we take the one address that its writer saw.
    for each in reference.relays:
        public = sorted(a for a in each if is_public(a))
        if public and len(public) == len(each) and not each & relays:
            yield ("relay", "reference", " ".join(public))


def cause_of(difference, reference, line):
    what, side, thing = difference
    for each in CAUSES:
        if each[:2] == (what, side) and re.search(each[2], thing, re.ASCII):
            return each[3]
    if what == "host" and any(h.startswith(thing) or thing.startswith(h.rstrip("."))
                              for h in (facts_of(line)[0] ^ reference.hosts) - {thing}):
        return "ends elsewhere: what follows the name belongs to it for one of the two"
    for mark, cause in MESSAGE_CAUSES.items():
        if mark in reference.marks and (mark != "inner message" or what == "digest"):
            return cause
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--repute", metavar="PROGRAM")
    source.add_argument("--lines", metavar="FILE", help="output of repute facts --json")
    parser.add_argument("mail", nargs="+", help="files and folders, as given to repute facts")
    options = parser.parse_args()
    if options.repute:
        command = [options.repute, "facts", "--json", *options.mail]
        output = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    else:
        with open(options.lines, encoding="utf-8") as file:
            output = file.read()
    lines = {line["file"]: line for line in map(json.loads, output.splitlines())}
    paths = []
    for given in options.mail:
        inside = (os.path.join(d, n) for d, _, names in os.walk(given) for n in names)
        paths += sorted(inside) if os.path.isdir(given) else [given]
    causes, found, left = collections.Counter(), collections.Counter(), 0
    for path in paths:
        with open(path, "rb") as file:
            reference = Reference(file.read())
        found.update(messages=1, hosts=len(reference.hosts), relays=len(reference.relays),
                     digests=len(reference.digests))
        for difference in differences(reference, lines[path]):
            cause = cause_of(difference, reference, lines[path])
            causes[cause or "not explained"] += 1
            if not cause:
                left += 1
                print(f"{path}: {difference[0]} of {difference[1]} alone: {difference[2]}")
    print(", ".join(f"{count} {what}" for what, count in found.items()))
    for cause, count in causes.most_common():
        print(f"{count:6} {cause}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
