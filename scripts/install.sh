#!/usr/bin/env bash
# Installs what is missing of the Debian 12 packages that shaketable builds with. Quick when nothing is missing.
set -euo pipefail
packages=(g++ cmake ninja-build ccache pkg-config libboost-dev libboost-graph-dev libsimgrid-dev libfmt-dev
          catch2 libcli11-dev libbenchmark-dev libfyaml-dev nlohmann-json3-dev librandom123-dev zlib1g-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
