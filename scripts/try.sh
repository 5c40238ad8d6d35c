#!/usr/bin/env bash
# Installs what is missing, builds a release, and plays a scenario of the library (or the one named).
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/install.sh
cmake --preset release -DSHAKETABLE_TESTS=OFF >/dev/null
cmake --build --preset release --target shaketable
exec build/release/shaketable simulate "${1:-scenarios/library/online-boutique.yaml}"
