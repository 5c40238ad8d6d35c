#!/usr/bin/env bash
# Every case of tests/parity/cases.txt through the program, as a user would: simulated, played live on stand-ins,
# and compared. Prints a line for each: what `compare` says of its figures (by tolerances of 10% at means and quantiles up
# to 95%, 20% above, 2 points of shares), and whether the expectations came out the same way. All of it is kept in
# runs/parity/.
#
#     bash scripts/parity.sh [BINARY] [PART OF A NAME]
set -u
cd "$(dirname "$0")/.."
program=${1:-build/release/shaketable}
only=${2:-}
out=runs/parity
bad=0

verdicts() {  # of the expectations of a run, a line each
    python3 - "$(find "$1" -name result.json | head -1)" <<'END'
import json, sys
for one in json.load(open(sys.argv[1]))["expectations"]:
    print(one["verdict"], one["text"])
END
}

play() {  # FILE VARIANT SETTING...
    local file=scenarios/library/$1.yaml variant=$2 name=$1-$2
    shift 2
    [[ $name == *"$only"* ]] || return 0
    local common=("$file" --set run.warmup=0s --set run.repeats=1 --variant "$variant" -q)
    local setting
    for setting in "$@"; do common+=(--set "$setting"); done
    "$program" simulate "${common[@]}" -o "$out/$name/simulated/" > /dev/null
    "$program" inject "${common[@]}" --stand-ins --yes --real-time -o "$out/$name/live/" > /dev/null 2> "$out/$name/live.log"
    local code=$?
    if ((code > 1)); then
        printf '%-32s live run failed with %d: see %s\n' "$name" "$code" "$out/$name/live.log"
        bad=1
        return 0
    fi
    "$program" compare "$out/$name/simulated" "$out/$name/live" > "$out/$name/compare.txt"
    local verdict
    verdict=$(grep -E '^  [0-9]+ ' "$out/$name/compare.txt" | sed 's/^ *//')
    local same='expectations the same way'
    if ! diff <(verdicts "$out/$name/simulated") <(verdicts "$out/$name/live") > "$out/$name/verdicts.txt"; then
        same='EXPECTATIONS DIFFER'
        bad=1
    fi
    printf '%-32s %-50s %s\n' "$name" "$verdict" "$same"
}

mkdir -p "$out"
settings=()
case=()
while IFS= read -r line || [[ -n $line ]]; do
    case $line in
        '#'* | '') ;;
        '  '*) settings+=("${line#  }") ;;
        *)
            ((${#case[@]})) && play "${case[@]}" "${settings[@]}" < /dev/null
            read -r -a case <<< "$line"
            settings=()
            ;;
    esac
done < tests/parity/cases.txt
((${#case[@]})) && play "${case[@]}" "${settings[@]}" < /dev/null
exit $bad
