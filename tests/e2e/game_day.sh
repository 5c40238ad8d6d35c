#!/usr/bin/env bash
# game_day.sh SHAKETABLE SOURCE_DIR: the game day of the README on two real services, in a quarter of its time.
set -euo pipefail
tool=$1
cd "$2"
command -v python3 >/dev/null || { echo "skipped: needs python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read -r shop stock proxy < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])')
sed -e "s/18001/$shop/; s/18002/$stock/; s/18003/$proxy/g" scenarios/game-day/bindings.yaml > "$work/bindings.yaml"
sed -e 's/duration: 60s, warmup: 3s/duration: 26s, warmup: 1s/' -e 's/at: 20s, for: 10s/at: 5s, for: 3s/' \
  -e 's/at: 40s, for: 5s/at: 10s, for: 2s/' scenarios/game-day/game-day.yaml > "$work/game-day.yaml"

failed=0
claim() { # claim TEXT COMMAND...: the command succeeds
  "${@:2}" >/dev/null && return
  echo "FAILED: $1"; failed=1
}
code=0
"$tool" inject "$work/game-day.yaml" --bind "$work/bindings.yaml" --yes -o "$work/run/" >"$work/out" 2>"$work/err" || code=$?
claim "the run comes to a verdict" test "$code" -le 1
claim "a slow way is no failure of the shop" grep -q '✓ success(shop.buy) >= 99% during slow-way' "$work/out"
claim "a stock that stands still is noticed" grep -q '✓ errors(shop.buy) > 50% during frozen-stock' "$work/out"
claim "the shop is well again afterwards" grep -q '✓ time_to_recover(shop.buy) < 5s after frozen-stock' "$work/out"
claim "no fault is said to have touched nothing" bash -c "! grep -q 'touched no traffic' '$work/out'"
claim "nobody is said to be down who was not" bash -c "! grep -q 'shop had none of its' '$work/out'"
for port in "$shop" "$stock" "$proxy"; do
  claim "nothing listens any more on $port" bash -c "! (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null"
done
claim "none of the services runs any more" bash -c "! pgrep -f 'game-day/(shop|stock).py ($shop|$stock)'"
[ $failed = 0 ] || cat "$work/out" "$work/err"
exit $failed
