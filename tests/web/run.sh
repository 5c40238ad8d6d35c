#!/usr/bin/env bash
# run.sh SHAKETABLE SOURCE_DIR WORK_DIR [TEST]: the reports in a real browser. Ends with 77, which
# ctest counts as skipped, where there is no node, no Chromium or no playwright-core.
set -euo pipefail
command -v node >/dev/null || { echo "SKIPPED: node is not installed; bash scripts/install_browser.sh installs it"; exit 77; }
mkdir -p "$3"
export SHAKETABLE_PLAYWRIGHT="${SHAKETABLE_PLAYWRIGHT:-$2/build/browser}"
exec node "$(dirname "$0")/run.mjs" "$@"
