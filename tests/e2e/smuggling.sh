#!/usr/bin/env bash
# smuggling.sh SHAKETABLE SOURCE_DIR: the raw payloads of tests/injector/smuggling to our http proxy, HAProxy and nginx.
set -euo pipefail
command -v python3 >/dev/null || { echo "skipped: needs python3"; exit 77; }
PYTHONDONTWRITEBYTECODE=1 exec python3 "$2/tests/e2e/smuggling/differential.py" "$1" "$2"
