# SPDX-License-Identifier: Apache-2.0
"""deploy/reputed.service as systemd reads it: without mistakes, and closed as far as it claims."""
import os
import shutil
import subprocess
import sys
import tempfile

UNIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy/reputed.service")
EXPOSURE_MAX = "15"  # tenths


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True,
                          text=True, timeout=60, check=False)


def main():
    if shutil.which("systemd-analyze") is None:
        print("there is no systemd-analyze (package systemd)")
        return 77
    checked = analyze("security", "--offline=true", "--threshold=" + EXPOSURE_MAX, UNIT)
    assert checked.returncode == 0 and "Overall exposure level" in checked.stdout, checked
    loose = analyze("security", "--offline=true", "--threshold=5", UNIT)
    assert loose.returncode != 0, "a threshold that nothing can exceed checks nothing"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "reputed.service")
        with open(UNIT, encoding="utf-8") as unit, open(path, "w", encoding="utf-8") as here:
            here.write(unit.read().replace("/usr/bin/reputed",
                                           os.path.join(os.environ["REPUTE_BIN_DIR"], "reputed")))
        read = analyze("verify", path)
        mistakes = [line for line in read.stderr.splitlines() if "reputed.service" in line]
        assert read.returncode == 0 and not mistakes, read
    return 0


if __name__ == "__main__":
    sys.exit(main())
