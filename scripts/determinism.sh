#!/usr/bin/env bash
# The same scenario and seed give the same bytes: from every compiler and optimisation level, on any number of threads,
# and on a processor without fused multiplication. Builds what is missing below build/determinism; takes a while.
#   scripts/determinism.sh [SCENARIO...]     default: the library
set -euo pipefail
cd "$(dirname "$0")/.."
scenarios=("$@")
[ $# -gt 0 ] || scenarios=(scenarios/library/*.yaml)
builds=build/determinism
mkdir -p "$builds"

make() { # make NAME COMPILER FLAGS
  cmake -S . -B "$builds/$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="$3" -DSHAKETABLE_TOGETHER=ON \
    -DSHAKETABLE_TESTS=OFF -DSHAKETABLE_BENCH=OFF >/dev/null
  cmake --build "$builds/$1" --target shaketable >/dev/null
}
play() { # play NAME THREADS: checksums of all results
  local out="$builds/out" code
  for scenario in "${scenarios[@]}"; do
    rm -rf "$out"
    code=0
    "$builds/$1/shaketable" simulate "$scenario" --repeats 3 --threads "$2" -q -o "$out/" || code=$?
    [ "$code" -le 1 ] || { echo "$scenario: exit code $code" >&2; exit 1; }
    (cd "$out" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sed "s|  |  $(basename "$scenario") |")
  done
}
failed=0
hold() { # hold WHAT: against what came first
  if cmp -s "$builds/first" "$builds/now"; then echo "same: $1"; return; fi
  echo "DIFFERENT: $1"
  diff "$builds/first" "$builds/now" | head -5
  failed=1
}

make g++-O2 g++ -O2
play g++-O2 1 > "$builds/first"
echo "$(wc -l < "$builds/first") files of ${#scenarios[@]} scenarios, three repeats each; first: g++ -O2, 1 thread"
for threads in 2 3; do play g++-O2 $threads > "$builds/now"; hold "g++ -O2, $threads threads"; done
GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2 play g++-O2 1 > "$builds/now"
hold "g++ -O2, glibc without FMA and AVX2"
for variant in "g++ -O0" "g++ -O3" "clang++ -O0" "clang++ -O2" "clang++ -O3"; do
  read -r compiler flags <<< "$variant"
  command -v "$compiler" >/dev/null || { echo "left out: $compiler is not installed"; continue; }
  make "$compiler$flags" "$compiler" "$flags"
  play "$compiler$flags" 2 > "$builds/now"
  hold "$variant, 2 threads"
done
exit $failed
