# SPDX-License-Identifier: Apache-2.0
"""repute load: guards refuse, tell everything, and can be overruled."""
import json
import os
import pathlib
import subprocess
import tempfile

REPUTE = os.path.join(os.environ["REPUTE_BIN_DIR"], "repute")

FEEDS = """
[guards]
own = ["192.0.2.0/24", "corp.example"]
allow = ["allow.json"]
present = ["h0.example"]
absent = ["good.example"]

[[feed]]
name = "names"
file = "names.txt"
format = "list"
kind = "domain"
match = "both"
verdict = "spam"

[[feed]]
name = "nets"
file = "nets.txt"
format = "list"
kind = "ip"
verdict = "spam"
"""
ALLOW = json.dumps({"type": "hostname", "list": ["partner.example"]})


class Deployment:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.write("feeds.toml", FEEDS)
        self.write("allow.json", ALLOW)
        self.write("nets.txt", "9.9.9.9\n")

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def names(self, *names, count=40):
        self.write("names.txt", "".join(f"{n}\n" for n in
                                        [f"h{i}.example" for i in range(count)] + list(names)))

    def load(self, *options):
        done = subprocess.run([REPUTE, "load", "--db", "db", "feeds.toml", *options],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def current(self):
        return (self.folder / "db" / "CURRENT").read_text(encoding="utf-8").strip()


def main():
    with tempfile.TemporaryDirectory() as folder:
        made = Deployment(folder)
        made.names()
        code, out, err = made.load("--json")
        assert code == 0 and json.loads(out)["guards"] == [], (code, out, err)

        # Each guard at once; nothing changes, everything is told with its place.
        made.names("www.corp.example", "x.partner.example", "good.example", count=20)
        made.write("nets.txt", "# bad\n192.0.2.7\n10.0.0.0/8\n8.0.0.0/7\n")
        code, out, err = made.load()
        assert code == 65 and out == "" and made.current() == "1", (code, out, err)
        for line in ['guard shrink, feed "names"', "46 rows, 80 before",
                     "keys: 6 added, 40 removed, 40 kept",
                     "names.txt:21:1: www.corp.example is under corp.example, your own",
                     "names.txt:22:1: x.partner.example is under partner.example, on the allow "
                     "list allow.json:1",
                     "nets.txt:2:1: 192.0.2.7 is inside 192.0.2.0/24, your own",
                     "nets.txt:3:1: 10.0.0.0/8 is 10.0.0.0/8, private (RFC 1918)",
                     "nets.txt:4:1: 8.0.0.0/7 is wider than the feed's limit of /8",
                     "good.example must not be listed and would be spam",
                     "refused by guards, --force overrules them; nothing was loaded"]:
            assert line in err, (line, err)
        code, out, _ = made.load("--json", "--dry-run")
        told = json.loads(out)
        assert code == 65 and told["refused"] and made.current() == "1"
        found = {(g["guard"], g["feed"]): g["count"] for g in told["guards"]}
        assert found == {("shrink", "names"): 1, ("own", "names"): 1, ("allow", "names"): 1,
                         ("own", "nets"): 1, ("reserved", "nets"): 1, ("width", "nets"): 1,
                         ("absent", None): 1}, told
        (shrink,) = [g for g in told["guards"] if g["guard"] == "shrink"]
        difference = shrink["difference"]
        assert difference["removed"] == 40 and len(difference["first_added"]) == 6

        # Forced: loaded, and told as warnings. Then only what is judged every time is told.
        code, out, err = made.load("--force", "--json")
        forced = made.current()
        assert code == 0 and forced == str(json.loads(out)["generation"]), err
        assert len(json.loads(out)["guards"]) == 7, out
        assert "guards overruled by --force" in err and "nothing was loaded" not in err
        code, out, _ = made.load("--json")
        assert code == 65
        assert {g["guard"] for g in json.loads(out)["guards"]} == {"width", "absent"}, out

        # Settings that cannot be read are no reason to load without guards.
        made.write("allow.json", "{}")
        code, out, err = made.load("--force")
        assert code == 78 and "allow.json:1:1: " in err and made.current() == forced, err
        made.write("feeds.toml", FEEDS.replace('"corp.example"', '"not a name"'))
        made.write("allow.json", ALLOW)
        code, _, err = made.load()
        assert code == 78 and "feeds.toml:3:24: " in err, err
        (made.folder / "feeds.toml").unlink()
        code, _, err = made.load()
        assert code == 66 and "feeds.toml: cannot open: No such file" in err, err


main()
