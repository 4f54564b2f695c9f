#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A first look at Repute on Debian 12: installs the packages, builds, loads the sample feeds, starts
# the daemon on loopback, asks it about a handful of keys, gives a few messages their status, stops
# it. Leaves only build/ behind.
set -euo pipefail
root="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
bin="$root/build/release/bin"
keys=(
  192.0.2.25                                  # a spam relay
  203.0.113.77                                # in a listed network
  203.0.113.99                                # in that network, but excluded by its own feed
  203.0.113.20                                # in that network, but in a partner's part of it
  198.51.100.130                              # in a partner's network, but listed itself
  2001:db8:d1a1::25                           # in a listed IPv6 network
  free-codec.example                          # spreads malware
  mail.free-codec.example                     # the same, by its parent
  "http://user:secret@bank-login.example/verify"  # a phishing page; its password is never sent
  news.partner.example                        # trusted, by its parent
  lottery@prize.example                       # a fraudulent sender
  44d88612fea8a8f36de82e1278abb02f            # MD5 of the EICAR anti-virus test file
  hello.example                               # nobody knows it
)

bold="" plain=""
if [[ -t 1 ]]; then
  bold=$'\033[1m' plain=$'\033[0m'
fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
fail() {
  printf 'run.sh: %s\n' "$*" >&2
  exit 1
}

work=""
daemon=""
clean_up() {
  if [[ -n $daemon ]]; then
    kill -TERM "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  [[ -z $work ]] || rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say "1. Packages"
"$root/deploy/install_packages.sh" build

say "2. Build (release; about five minutes the first time on two cores)"
work="$(mktemp -d)"
(cd "$root" && cmake --preset release >"$work/configure.log" 2>&1) ||
  fail "cmake failed: $(tail -n 30 "$work/configure.log")"
(cd "$root" && cmake --build --preset release --target repute reputed repute-milter)

say "3. Load the sample feeds into a snapshot"
echo "\$ repute load --db DIR deploy/sample/feeds.toml"
"$bin/repute" load --db "$work/db" "$root/deploy/sample/feeds.toml"

say "4. Start the daemon on loopback"
server="127.0.0.1:$(python3 - <<'PYTHON'
import socket
for port in (7060, 0):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break
PYTHON
)"
echo "\$ reputed --db DIR --listen $server &"
"$bin/reputed" --db "$work/db" --listen "$server" >"$work/reputed.log" 2>&1 &
daemon=$!
for ((attempt = 0; ; attempt++)); do
  ! "$bin/repute" ping --server "$server" >"$work/ping.log" 2>&1 || break
  kill -0 "$daemon" 2>/dev/null || fail "reputed ended: $(cat "$work/reputed.log")"
  ((attempt < 100)) || fail "reputed does not answer: $(cat "$work/ping.log" "$work/reputed.log")"
  sleep 0.1
done
echo "\$ repute ping --server $server"
"$bin/repute" ping --server "$server"

say "5. Ask about ${#keys[@]} keys over UDP"
echo "\$ repute lookup --server $server KEY..."
echo "kind, key, verdict, score, the less specific key that matched, time, server:"
"$bin/repute" lookup --server "$server" "${keys[@]}"

say "6. Why is 198.51.100.130 listed?"
echo "\$ repute explain --db DIR 198.51.100.130"
"$bin/repute" explain --db "$work/db" 198.51.100.130

say "7. What is a message? Four samples, one of them in full"
echo "\$ repute check --server $server deploy/sample/phishing.eml"
"$bin/repute" check --server "$server" "$root/deploy/sample/phishing.eml"
for sample in hello bounce partner; do
  echo "\$ repute check --server $server deploy/sample/$sample.eml | grep Status"
  "$bin/repute" check --server "$server" "$root/deploy/sample/$sample.eml" | grep Status
done

say "Done. The daemon is stopped and its database removed."
cat <<EOF
The programs are in build/release/bin. Next: "First five minutes" in README.md,
and ./test.sh if you want to change something.
EOF
