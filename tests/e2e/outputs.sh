#!/usr/bin/env bash
# outputs.sh SHAKETABLE SOURCE_DIR: where results go, by the ending of their names; reports of runs played before.
set -euo pipefail
tool=$1
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
claim() { # claim TEXT COMMAND...: the command succeeds
  "${@:2}" >/dev/null && return
  echo "FAILED: $1"; failed=1
}
code() { # code EXPECTED TEXT COMMAND...
  local got=0
  "${@:3}" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$1" ] || { echo "FAILED: $2 (exit code $got)"; cat "$work/err"; failed=1; }
}
scenario=scenarios/library/long-queue.yaml

code 2 "an unknown ending is refused before anything is played" "$tool" simulate $scenario -q -o "$work/x.exe"
claim "... and the message lists the known ones" grep -q "\.otlp\.json" "$work/err"
claim "... and nothing was written" test ! -e "$work/x.exe"

code 0 "-o may be given several times" "$tool" simulate $scenario --repeats 2 -q -o "$work/run/" -o "$work/junit.xml" \
  -o "$work/x.hgrm" -o "$work/new/folder/summary.md"
claim "a folder gets a result for each variant" test -s "$work/run/long/result.json" -a -s "$work/run/short/result.json"
claim "... and one report" test -s "$work/run/report.html"
claim "a file that holds one run is written for each variant" test -s "$work/x.long.hgrm" -a -s "$work/x.short.hgrm"
claim "a file that holds all is written once" grep -q 'testsuite name="short"' "$work/junit.xml"
claim "folders are made" test -s "$work/new/folder/summary.md"
claim "the command in a result repeats it" grep -q -- '--variant long --repeats 2' "$work/run/long/result.json"

code 0 "one variant may be written under any name" "$tool" simulate $scenario --variant long --repeats 2 -q -o "$work/again.json"
claim "the same run gives the same bytes" cmp "$work/again.json" "$work/run/long/result.json"

code 0 "a report is made from a folder" "$tool" report "$work/run" -q -o "$work/second.html"
claim "... and is the one that was made at once" cmp "$work/second.html" "$work/run/report.html"
code 0 "a result read back is written as it was" "$tool" report "$work/run/long" -q -o "$work/copy.json"
claim "... byte by byte" cmp "$work/copy.json" "$work/run/long/result.json"
code 0 "the default is a report.html beside the result" "$tool" report "$work/run/short" -q
claim "... and it is there" test -s "$work/run/short/report.html"

code 2 "a folder without results is refused" "$tool" report "$work/new" -q
claim "... in plain words" grep -q "expected a run folder" "$work/err"
echo '{"schema": "shaketable.result/v1"}' >"$work/broken.json"
code 2 "a broken result is refused" "$tool" report "$work/broken.json" -q
claim "... with the part that is missing" grep -q "scenario" "$work/err"
code 2 "report without a run is refused" "$tool" report

code 0 "an index is made over all runs" "$tool" report --index "$work/run" -q
claim "... and it is there" test -s "$work/run/index.html"
code 0 "graph writes DOT" "$tool" graph $scenario
claim "... of Graphviz" grep -q "^digraph" "$work/out"
code 0 "graph writes Mermaid" "$tool" graph $scenario --format mermaid
claim "... a flowchart" grep -q "^flowchart" "$work/out"
exit $failed
