#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that must hold before a change is merged; CI runs exactly this.
#   ./test.sh         all stages; clang on what is shipped and what changed since the main branch
#   ./test.sh --all   all stages; clang and clang-tidy on everything, with its static analyzer
#   ./test.sh quick   the release build and its tests alone
# Stops at the first failure. The last line is the closing line of ctest.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
mode="${1:-changed}"
case "$mode" in
  changed | --all | quick) ;;
  *)
    sed -n '3,6s/^# //p' "${BASH_SOURCE[0]}" >&2
    exit 64
    ;;
esac
jobs="$(nproc)"
fuzz_seconds=10
closing_line=""
failed_line=""

# --- stages and their times ---------------------------------------------------------------------
stage_names=()
stage_seconds=()
current=""
begun=0

end_stage() {
  [[ -n $current ]] || return 0
  stage_names+=("$current")
  stage_seconds+=($((SECONDS - begun)))
  current=""
}

stage() {
  end_stage
  current="$1"
  begun=$SECONDS
  printf '\n=== %s\n' "$current"
}

report() {
  local code=$? failed="$current" i
  end_stage
  printf '\n=== seconds of each stage\n'
  for i in "${!stage_names[@]}"; do
    printf '%6d  %s\n' "${stage_seconds[i]}" "${stage_names[i]}"
  done
  printf '%6d  in all\n\n' "$SECONDS"
  ((code == 0)) || printf 'FAILED in stage: %s\n' "$failed"
  ((code == 0)) || closing_line="$failed_line"
  [[ -z $closing_line ]] || printf '%s\n' "$closing_line"
}
trap report EXIT
trap 'exit 130' INT TERM

# --- steps ----------------------------------------------------------------------------------------
# Sanitizers of GCC 12 may not start where the kernel spreads addresses wider than they expect.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi

build() { # build PRESET TARGET...
  local preset="$1"
  shift
  cmake --preset "$preset" --log-level=WARNING
  "${fixed_addresses[@]}" cmake --build --preset "$preset" --parallel "$jobs" --target "$@"
}

run_ctest() { # run_ctest PRESET OPTION...
  local preset="$1" log="build/$1/ctest.log" code=0
  shift
  "${fixed_addresses[@]}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error \
    --parallel "$jobs" "$@" 2>&1 | tee "$log" || code=$?
  local line
  line="$(grep -E '^[0-9]+% tests passed' "$log" | tail -n 1 || true)"
  # The release run is the main one: its line is the last of this script, unless a run fails.
  [[ $preset != release ]] || closing_line="$line"
  ((code == 0)) || failed_line="$line"
  return "$code"
}

our_sources() {
  find schema client-lib server filter tools bench tests \
    -regextype egrep -regex '.*\.(cpp|hpp|c|h)' -print0
}

# Where this change began: the fork from the main branch, else the commit before this one.
base_commit() {
  local fork
  fork="$(git merge-base HEAD origin/main 2>/dev/null || true)"
  if [[ -n $fork && $fork != "$(git rev-parse HEAD)" ]]; then
    echo "$fork"
  else
    git rev-parse --verify --quiet HEAD~1 || true
  fi
}

fuzz_one() { # fuzz_one NAME SECONDS
  local name="$1" fresh="build/fuzz/corpus/$1" kept="tests/fuzz/corpus/$1" log="build/fuzz/$1.log"
  local inputs=("$fresh")
  mkdir -p "$fresh"
  [[ ! -d $kept ]] || inputs+=("$kept")
  inputs+=(schema/vectors)
  if "build/fuzz/bin/fuzz_$name" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/crash-$name-" "${inputs[@]}" >"$log" 2>&1; then
    printf '%-24s %s\n' "$name" "$(tail -n 1 "$log")"
  else
    tail -n 60 "$log"
    echo "fuzz_$name failed; the input is build/fuzz/crash-$name-*"
    return 1
  fi
}
export -f fuzz_one

# --- what is run ----------------------------------------------------------------------------------
stage "packages"
if [[ $mode == quick ]]; then
  deploy/install_packages.sh build
else
  deploy/install_packages.sh build check
  tests/integration/mail/unpack_exim.sh build/exim
fi
# A second build of the same files takes seconds where ccache happens to be installed.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

if [[ $mode != quick ]]; then
  stage "style"
  our_sources | xargs -0 clang-format-14 --dry-run --Werror
  python3 -B tests/tidy/tidy.py
fi

stage "release: build"
build release all
stage "release: tests"
run_ctest release
if [[ $mode == quick ]]; then
  exit 0
fi

stage "clang: translation units compile"
if [[ $mode == --all ]]; then
  python3 -B tests/tidy/units.py syntax build/release
else
  python3 -B tests/tidy/units.py syntax build/release --since "$(base_commit)"
fi

stage "clang-tidy"
if [[ $mode == --all ]]; then
  python3 -B tests/tidy/units.py tidy build/release --deep
else
  python3 -B tests/tidy/units.py tidy build/release --since "$(base_commit)"
fi

stage "asan-ubsan: build"
build asan-ubsan all
stage "asan-ubsan: tests"
run_ctest asan-ubsan -LE bench-smoke # what they would find, the unit tests of bench/ find sooner

stage "tsan: build"
build tsan threads_tests
stage "tsan: tests labelled threads"
run_ctest tsan -L threads

stage "fuzz: build"
mapfile -t fuzz_names < <(basename -s .cpp -a tests/fuzz/fuzz_*.cpp | sed 's/^fuzz_//' | sort)
build fuzz "${fuzz_names[@]/#/fuzz_}"
stage "fuzz: $fuzz_seconds s a target"
# shellcheck disable=SC2016 # the inner shell expands
printf '%s\n' "${fuzz_names[@]}" |
  xargs -P "$jobs" -I NAME bash -c 'fuzz_one "$1" "$2"' fuzz NAME "$fuzz_seconds"
