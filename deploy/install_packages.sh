#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what packages.txt lists under the headings given: install_packages.sh build [check]
# Does nothing, and needs neither root nor network, if everything is there already.
set -euo pipefail
list="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/packages.txt"

fail() {
  printf '%s\n' "$@" >&2
  exit 69
}

packages_under() {
  sed -n "/^\[$1\]\$/,/^\[/{/^[a-z]/p}" "$list"
}

mapfile -t wanted < <(for heading in "$@"; do packages_under "$heading"; done)
((${#wanted[@]} > 0)) || fail "usage: install_packages.sh HEADING..., headings of $list"

if ! command -v apt-get >/dev/null; then
  fail "This is not a Debian system: there is no apt-get." \
    "Repute is built and tested on Debian 12; the packages it needs are listed in" "  $list"
fi

missing=()
for package in "${wanted[@]}"; do
  state="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
  [[ $state == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "All ${#wanted[@]} packages are installed."
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null ||
    fail "These packages are missing, and installing them needs root or sudo:" "  ${missing[*]}"
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} packages: ${missing[*]}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null >"$log" 2>&1 ||
    fail "$(tail -n 20 "$log")" "apt-get $1 failed; its last lines are above."
}
apt update
# --no-remove: Boost 1.81 excludes the headers of Debian's default Boost 1.74, which somebody may be
# using. Then apt-get stops here, and it is for that person to decide: remove libboost1.74-dev, or
# build in a container.
apt install --yes --no-install-recommends --no-remove "${missing[@]}"
