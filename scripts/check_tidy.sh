#!/usr/bin/env bash
# clang-tidy over whole rooms or single files; all of the house takes about an hour on two cores.
#   scripts/check_tidy.sh [ROOM OR FILE...]     default: every room but bench and tests
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-tidy >/dev/null || { echo "clang-tidy is not installed (apt-get install clang-tidy)" >&2; exit 77; }
cmake --preset dev -DSHAKETABLE_TESTS=ON >/dev/null  # for compile_commands.json, one entry a file
what=("$@")
[ $# -gt 0 ] || what=(base faults policies scenarios reports model sim injector cli)
found=$(mktemp)
trap 'rm -f "$found"' EXIT
# The compile commands are g++'s, some of whose switches clang does not know.
find "${what[@]}" -name '*.cc' -print0 | sort -z |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null |
  tee "$found"
[ ! -s "$found" ]
