#!/usr/bin/env bash
# Says which sources clang-format would change. Ends with 77 (skipped) where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null; then
  echo "skipped: clang-format is missing"
  exit 77
fi
find . -path './build*' -prune -o \( -name '*.cc' -o -name '*.h' \) -print0 |
  xargs -0 clang-format --dry-run --Werror
