#!/usr/bin/env bash
# score.sh: measures how accurate goshawk is on simulated traffic that no test
# has used, beside rules and tools that people use, and prints Markdown. What it
# is doing goes to stderr.
#
#   SEEDS="9001 9002 9003"   worlds of each API; tests use seeds below 1000
#   PROFILE=small            size of a world, see goshawk simulate --help
#   MISSED=no                leave out the lists of what was missed, campaign by campaign
#   GOSHAWK=PATH             a binary to measure instead of building one
set -euo pipefail
cd "$(dirname "$0")/.."
: "${SEEDS:=9001 9002 9003}" "${PROFILE:=small}" "${MISSED:=yes}" "${GOSHAWK:=}"

say() { echo "score: $*" >&2; }
internal/install.sh fail2ban-server=fail2ban

dir=$(mktemp -d)
server=
cleanup() {
	[[ -z $server ]] || kill "$server" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export GOSHAWK_STATE=$dir/state
if [[ -z $GOSHAWK ]]; then
	say "building goshawk"
	GOSHAWK=$dir/goshawk
	CGO_ENABLED=0 go build -trimpath -o "$GOSHAWK" ./cmd/goshawk
fi
# An address is banned only for what it did lately, so the worlds end today.
start=$(date -u -d '2 days ago' +%Y-%m-%dT00:00:00Z)

# worlds FORMAT SHAPE…: writes a world of each seed and shape; sets found.
worlds() {
	local format=$1 shape seed d
	shift
	found=()
	for shape in "$@"; do
		for seed in $SEEDS; do
			d=$dir/$format-$shape-$seed
			say "simulating $shape, seed $seed, as $format"
			"$GOSHAWK" simulate --shape "$shape" --seed "$seed" --profile "$PROFILE" --format "$format" --start "$start" -o "$d" >/dev/null
			found+=("$d")
		done
	done
}

. bench/fail2ban.sh

missed() { if [[ $MISSED == no ]]; then sed '/^\*\*Missed\*\*/,$d'; else cat; fi; }

shapes=(shop b2b saas site)
worlds json "${shapes[@]}"
cat <<END
### JSON logs

$(printf '%s, ' "${shapes[@]}")seeds $SEEDS, profile $PROFILE, nginx JSON with keys, users and sessions.

END
"$GOSHAWK" score -o markdown "${found[@]}" | missed

worlds cloudtrail aws
cat <<END
### CloudTrail

An account at AWS, the same seeds.

END
"$GOSHAWK" score -o markdown --bare "${found[@]}" | missed

worlds combined "${shapes[@]}"
cat <<END
### Plain combined logs

The same worlds without keys, users, sessions, accounts and TLS fingerprints.

END
"$GOSHAWK" score -o markdown "${found[@]}" | missed

if command -v fail2ban-server >/dev/null; then
	files=() all=()
	for d in "${found[@]}"; do
		say "fail2ban on $d"
		fail2ban "$d/combined.log" '40[13]' 3d 30d
		sed -n 's/.*Banned IP list:[[:space:]]*//p' <<<"$told" | tr ' ' '\n' |
			sed -nE 's/(.+)/{"scope": "ip", "value": "\1", "detector": "fail2ban"}/p' >"$d/fail2ban.jsonl"
		files+=(--findings "$d/fail2ban.jsonl")
		all+=("$d")
	done
	cat <<-END
		### fail2ban on the same combined logs

		$(fail2ban-server --version 2>/dev/null | head -1), one jail: 20 answers of 401 or 403 within three days.

	END
	"$GOSHAWK" score -o markdown --bare --tool fail2ban "${files[@]}" "${all[@]}" | sed '/^\*\*Missed\*\*/,$d'
else
	echo "fail2ban was not measured: it is not installed."
fi
