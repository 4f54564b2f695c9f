# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of docs/mail.md with a Postfix and a network of their own: run_page.py on a
machine where Postfix is installed, and delivers to $MAILBOX."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../integration/mail"))
import postfix_harness as harness  # noqa: E402


def main(page):
    missing = harness.what_is_missing()
    if missing:
        print(f"skipped: {missing}")
        return 77
    if "REPUTE_IN_NAMESPACE" not in os.environ:
        return harness.in_namespace()
    harness.make_network()
    with harness.Postfix() as postfix:
        postfix.write("main.cf", "".join(
            line for line in open(f"{postfix.folder}/config/main.cf", encoding="ascii")
            if "milter" not in line))
        os.environ["PATH"] += os.pathsep + "/usr/sbin"
        os.environ["MAIL_CONFIG"] = f"{postfix.folder}/config"
        os.environ["MAILBOX"] = f"{postfix.folder}/mail/box"
        ended = subprocess.run([sys.executable, os.path.join(HERE, "run_page.py"), page],
                               check=False)
        if ended.returncode != 0:
            print(postfix.log()[-4000:], file=sys.stderr)
        return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
