#!/usr/bin/env bash
# Installs what is missing, builds everything, and runs all tests.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/install.sh
cmake --preset release -DSHAKETABLE_TESTS=ON -DSHAKETABLE_BENCH=OFF >/dev/null
cmake --build --preset release
exec ctest --preset release
