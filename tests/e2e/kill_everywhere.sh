#!/usr/bin/env bash
# kill_everywhere.sh SHAKETABLE SOURCE_DIR [...]: kill_everywhere.py; skipped, and said to be, where it cannot run.
command -v python3 >/dev/null || { echo "skipped: needs python3"; exit 77; }
exec python3 -B "$(dirname "$0")/kill_everywhere.py" "$@"
