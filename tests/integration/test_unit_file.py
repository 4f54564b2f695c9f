# SPDX-License-Identifier: Apache-2.0
"""The units of deploy/ as systemd reads them: without mistakes, and closed as far as they claim."""
import os
import shutil
import subprocess
import sys
import tempfile

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy")
EXPOSURE_MAX = "15"  # tenths


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True,
                          text=True, timeout=60, check=False)


def check(program):
    unit = os.path.join(DEPLOY, program + ".service")
    checked = analyze("security", "--offline=true", "--threshold=" + EXPOSURE_MAX, unit)
    assert checked.returncode == 0 and "Overall exposure level" in checked.stdout, checked
    loose = analyze("security", "--offline=true", "--threshold=5", unit)
    assert loose.returncode != 0, "a threshold that nothing can exceed checks nothing"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, program + ".service")
        with open(unit, encoding="utf-8") as text, open(path, "w", encoding="utf-8") as here:
            here.write(text.read().replace("/usr/bin/" + program,
                                           os.path.join(os.environ["REPUTE_BIN_DIR"], program)))
        read = analyze("verify", path)
        mistakes = [line for line in read.stderr.splitlines() if program + ".service" in line]
        assert read.returncode == 0 and not mistakes, read


def main():
    if shutil.which("systemd-analyze") is None:
        print("there is no systemd-analyze (package systemd)")
        return 77
    for program in ("reputed", "repute-milter"):
        check(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
