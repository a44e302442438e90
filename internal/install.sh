#!/usr/bin/env bash
# install.sh COMMAND=PACKAGE…: installs the Debian package of every command (or
# file, if it begins with a slash) that is missing, where it may (root and apt-get), and says what is missing where it
# may not. Never fails: who needs a command skips, and says so.
set -euo pipefail

missing=()
for pair in "$@"; do
	[[ $pair == /* && -e ${pair%%=*} ]] || command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
((${#missing[@]})) || exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
	echo "not installed: ${missing[*]} (needs root and apt-get); what needs them is skipped" >&2
	exit 0
fi

# A package that brings a service must not start it here.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi

echo "installing: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
apt-get update >"$log" 2>&1 || true
install() { apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; }
if ! install "${missing[@]}"; then # one that this system does not have must not cost the others
	for package in "${missing[@]}"; do
		install "$package" || { tail -2 "$log"; echo "not installed: $package; what needs it is skipped"; } >&2
	done
fi
rm -f "$log"
