#!/usr/bin/env bash
# Do the printed 95% intervals contain the truth in 93 to 97 of 100 runs? M/M/1 at loads of 0.5, 0.8 and 0.9: the mean
# time in the system is known exactly. Prints the table of docs/coverage.md.
#   scripts/coverage.sh [EXPERIMENTS]        default: 1000 for each load, ten repeats each
set -euo pipefail
cd "$(dirname "$0")/.."
experiments=${1:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "| load | mean time in system | experiments | intervals that contain it | share | 95% interval of the share |"
echo "|---:|---:|---:|---:|---:|---:|"
for load in 0.5 0.8 0.9; do
  cat > "$work/mm1.yaml" <<YAML
schema: shaketable/v1
name: coverage
run: {duration: 600s, warmup: 100s, repeats: 10, keep_traces: 0}
services: {queue: {workers: 1, endpoints: {get: {steps: [{work: exponential(mean=10ms)}]}}}}
workload: {users: {call: queue.get, arrivals: poisson($(awk "BEGIN{print $load * 100}")/s)}}
expect: [{id: sojourn, that: mean(queue.get) < 1h}]
YAML
  truth=$(awk "BEGIN{print 0.01 / (1 - $load)}")
  : > "$work/intervals"
  for seed in $(seq 1 "$experiments"); do
    build/release/shaketable simulate "$work/mm1.yaml" --seed "$seed" -q -o "$work/run.json"
    python3 -c 'import json, sys; v = json.load(open(sys.argv[1]))["expectations"][0]["value"]; print(v["low"], v["high"])' \
      "$work/run.json" >> "$work/intervals"
  done
  awk -v truth="$truth" -v load="$load" '
    $1 <= truth && truth <= $2 { in_it++ } { n++ }
    END {
      p = in_it / n; z = 1.96; c = (p + z*z/(2*n)) / (1 + z*z/n); h = z / (1 + z*z/n) * sqrt(p*(1-p)/n + z*z/(4*n*n))
      printf "| %s | %.3f s | %d | %d | %.1f%% | %.1f%% to %.1f%% |\n", load, truth, n, in_it, 100*p, 100*(c-h), 100*(c+h)
    }' "$work/intervals"
done
