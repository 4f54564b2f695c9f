# SPDX-License-Identifier: Apache-2.0
"""A database of small feeds, changed at run time and asked over UDP."""
import os

import client_harness
import reputed_harness as harness

OVERRIDE = 1  # of the four flags above a category


def repute(*arguments, stdin=""):
    """Runs repute to its end, which must succeed: its standard output."""
    code, said, errors = client_harness.repute(*arguments, stdin=stdin)
    assert code == 0, (arguments, code, said, errors)
    return said


def load(directory, name, keys, *more, kind="domain", verdict="spam"):
    """Loads one feed of a list; an empty one, and documentation addresses, are allowed."""
    path = os.path.join(os.path.dirname(directory), name + ".toml")
    with open(os.path.join(os.path.dirname(directory), name + ".txt"), "w",
              encoding="ascii") as file:
        file.writelines(key + "\n" for key in keys)
    with open(path, "w", encoding="ascii") as file:
        file.write(f'[[feed]]\nname = "{name}"\nfile = "{name}.txt"\nformat = "list"\n'
                   f'kind = "{kind}"\nverdict = "{verdict}"\n'
                   "limits = { reserved = true, empty = true }\n")
    repute("load", "--db", directory, "--force", "--no-progress", path, *more)


def ask(client, name, kind=0x10):
    """(verdict number or 0, override) of a name."""
    status, verdict, _, flags, _ = client.ask(
        bytes([kind, 16]) + harness.fingerprint(kind, name.encode())).answers[0]
    listed = status == harness.LISTED
    return (verdict if listed else 0, bool(flags >> 12 & OVERRIDE))
