"""The JSON Schema against scenarios: `check_schema.py SHAKETABLE GOOD... -- BAD...`.

Every good file must satisfy it, every bad one must not. Needs python3-jsonschema and python3-yaml.
"""
import json
import subprocess
import sys

import jsonschema
import yaml

program, files = sys.argv[1], sys.argv[2:]
good, bad = files[:files.index("--")], files[files.index("--") + 1:]
schema = json.loads(subprocess.run([program, "schema"], check=True, capture_output=True).stdout)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

wrong = 0
for path in good + bad:
    with open(path, encoding="utf-8") as text:
        errors = list(validator.iter_errors(yaml.safe_load(text)))
    if path in good and errors:
        where = "/".join(str(part) for part in errors[0].absolute_path)
        print(f"{path}: refused at {where}: {errors[0].message[:200]}")
        wrong += 1
    if path in bad and not errors:
        print(f"{path}: accepted")
        wrong += 1
print(f"{len(good)} good and {len(bad)} bad files, {wrong} judged wrongly")
sys.exit(wrong > 0)
