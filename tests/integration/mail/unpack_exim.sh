#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Debian installs one MTA at a time, and that is Postfix here: unpacks Exim's program into the
# folder given, which test_exim.py looks for. Does nothing, and needs no network, if it is there.
set -euo pipefail
folder="${1:?usage: unpack_exim.sh FOLDER}"
folder="${folder%/}"
package=exim4-daemon-light
[[ ! -x $folder/usr/sbin/exim4 ]] || exit 0
if [[ -e $folder ]]; then
  echo "$folder is there already, and has no usr/sbin/exim4." >&2
  exit 73
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
download() {
  (cd "$work" && apt-get -q download "$package") >"$work/log" 2>&1
}
if ! download; then
  # The machine may have no list of what there is.
  as_root=()
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" apt-get -q update </dev/null >"$work/log" 2>&1 || cat "$work/log" >&2
  if ! download; then
    tail -n 20 "$work/log" >&2
    echo "$package cannot be downloaded; apt-get's last lines are above." >&2
    exit 69
  fi
fi
rm -rf "$folder.new" # what an unpacking left that was stopped
mkdir -p "$folder.new"
dpkg-deb --extract "$work/$package"_*.deb "$folder.new"
# Tests start it as root. Nobody else needs it.
chmod u-s "$folder.new/usr/sbin/exim4"
mv "$folder.new" "$folder"
echo "Unpacked $package into $folder."
