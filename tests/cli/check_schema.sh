#!/bin/sh
# Arguments as of check_schema.py. Ends with 77 (skipped) where its packages are missing.
if ! python3 -c 'import jsonschema, yaml' 2>/dev/null; then
  echo "skipped: needs python3-jsonschema and python3-yaml"
  exit 77
fi
exec python3 "$(dirname "$0")/check_schema.py" "$@"
