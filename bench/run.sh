#!/usr/bin/env bash
# run.sh: measures goshawk against what people use instead, and prints a
# Markdown report. What it is doing goes to stderr.
#
#   LINES=1000000   lines of the usual corpus
#   BIG=5000000     lines of the large corpus, for growth
#   ROUNDS=5        pairs of each comparison
#   GOSHAWK=PATH    a binary to measure instead of building one
#   BENCH_DIR=PATH  where the corpora are kept; a temporary folder otherwise
#
# Commands are run in turn (A B A B) and compared pair by pair, so that a busy
# machine slows both. CPU seconds are user + system of the whole process tree.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${LINES:=1000000}" "${BIG:=5000000}" "${ROUNDS:=5}" "${GOSHAWK:=}" "${BENCH_DIR:=}"
few=$(((ROUNDS + 1) / 2)) # pairs of the slow comparisons
short=$((LINES / 10))     # lines for the slowest peer

say() { echo "bench: $*" >&2; }
have() { command -v "$1" >/dev/null; }
calc() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }
median() { sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

internal/install.sh time=time mawk=mawk goaccess=goaccess fail2ban-server=fail2ban
[[ -x /usr/bin/time ]] || { say "GNU time is needed (Debian package: time)"; exit 1; }

dir=$(mktemp -d)
server=
cleanup() {
	[[ -z $server ]] || kill "$server" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
export GOSHAWK_STATE=$dir/state # not the user's own
data=${BENCH_DIR:-$dir/data}
mkdir -p "$data"

if [[ -z $GOSHAWK ]]; then
	say "building goshawk"
	GOSHAWK=$dir/goshawk
	CGO_ENABLED=0 go build -trimpath -o "$GOSHAWK" ./cmd/goshawk
fi
CGO_ENABLED=0 go build -o "$dir/gen" ./bench/gen

# corpus NAME FLAGS…: a file of the generator, made once.
corpus() {
	local file=$data/$1
	shift
	[[ -s $file ]] && return
	say "writing $file"
	"$dir/gen" "$@" -o "$file.part"
	mv "$file.part" "$file"
}
c1=combined-$LINES.log c5=combined-$BIG.log j1=json-$LINES.log wide=wide-$LINES.log first=combined-$short.log
corpus "$c1" -n "$LINES"
corpus "$c5" -n "$BIG"
corpus "$j1" -n "$LINES" -format json
corpus "$wide" -n "$LINES" -ips 500000 -zipf 1.01
corpus "$first" -n "$short"
cat "$data/$c1" "$data/$j1" "$data/$first" >/dev/null # into the page cache

# measure COMMAND: runs it, output away; sets cpu, wall (seconds) and rss (MB).
# shellcheck disable=SC2034 # pairs reads them by name
measure() {
	local user sys kb
	if ! /usr/bin/time -q -o "$dir/time" -f '%U %S %e %M' bash -o pipefail -c "$1" >/dev/null 2>"$dir/err"; then
		say "failed: $1"
		cat "$dir/err" >&2
		exit 1
	fi
	read -r user sys wall kb <"$dir/time"
	cpu=$(calc "$user + $sys") rss=$(calc "$kb / 1024" 1)
}
scan() { printf '%q scan --workers %d %q' "$GOSHAWK" "$1" "$data/$2"; }

# pairs ROUNDS WHAT A B: measures A and B in turn. Sets a and b to the median of
# WHAT (cpu, wall, rss) and ratio to the median of the pairs' A ÷ B.
pairs() {
	local i x as="" bs="" rs=""
	for ((i = 0; i < $1; i++)); do
		measure "$3"
		x=${!2} as+="$x"$'\n'
		measure "$4"
		bs+="${!2}"$'\n'
		rs+="$(calc "$x / (${!2} + 1e-9)" 4)"$'\n'
	done
	a=$(median <<<"${as%$'\n'}") b=$(median <<<"${bs%$'\n'}") ratio=$(median <<<"${rs%$'\n'}")
}

# row NAME OURS THEIRS RATIO GOAL
row() { printf '| %s | %s | %s | %s | %s |\n' "$@"; }
skip() { row "$1" "" "" "not measured: $2 is not installed" "$3"; }

cat <<END
### Measured on $(date -u +%F)

$(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(go env GOVERSION), Linux $(uname -r); $LINES lines of combined log, $(calc "$(stat -c %s "$data/$c1") / 1e6" 0) MB, from the page cache; medians of $ROUNDS pairs ($few for slow peers).

| what | goshawk | other | ratio | goal |
|---|---|---|---|---|
END

say "mawk"
question="mawk '\$9 == 401 {print \$1}' $(printf %q "$data/$c1") | sort | uniq -c | sort -rn | awk '\$1 > 20'"
if have mawk; then
	pairs "$ROUNDS" cpu "$(scan 1 "$c1")" "$question"
	row "CPU s, every detector ÷ one question to mawk" "$a" "$b" "$(calc "$ratio")" "≤ 3"
	one=$a
else
	skip "CPU s ÷ mawk" mawk "≤ 3"
	measure "$(scan 1 "$c1")"
	one=$cpu
fi

say "goaccess"
if have goaccess; then
	pairs "$few" cpu "goaccess --no-global-config --no-progress --log-format=COMBINED -o $(printf %q "$dir/g.json") $(printf %q "$data/$c1")" "$(scan 1 "$c1")"
	row "CPU s, $(goaccess --version | sed -nE "1s,^GoAccess - ([0-9.]*[0-9]).*,GoAccess \1,p") ÷ goshawk" "$b" "$a" "$(calc "$ratio" 1)" "≥ 10"
else
	skip "CPU s, GoAccess ÷ goshawk" goaccess "≥ 10"
fi

. bench/fail2ban.sh

# jail FILE: sets cpu to what fail2ban took, and found to the failures it saw.
jail() {
	fail2ban "$1" 401 7d 1
	cpu=$(calc "$ticks / $(getconf CLK_TCK)")
	found=$(sed -n 's/.*Total failed:[^0-9]*//p' <<<"$told")
}
say "fail2ban"
if have fail2ban-server; then
	head -1 "$data/$first" >"$dir/one.log"
	want=$(awk '$9 == 401' "$data/$first" | wc -l)
	ours="" theirs="" rs=""
	for ((i = 0; i < few; i++)); do
		measure "$(scan 1 "$first")"
		x=$cpu
		jail "$dir/one.log"
		start=$cpu
		jail "$data/$first"
		y=$(calc "$cpu - $start")
		[[ $found == "$want" ]] || say "fail2ban found $found of $want failures"
		ours+="$x"$'\n' theirs+="$y"$'\n' rs+="$(calc "$y / ($x + 1e-9)" 4)"$'\n'
	done
	row "CPU s, $(fail2ban-server --version 2>/dev/null | sed 's/^Fail2Ban v/fail2ban /' | head -1) with one jail ÷ goshawk, $short lines" \
		"$(median <<<"${ours%$'\n'}")" "$(median <<<"${theirs%$'\n'}")" "$(calc "$(median <<<"${rs%$'\n'}")" 1)" "≥ 12"
else
	skip "CPU s, fail2ban ÷ goshawk" fail2ban "≥ 12"
fi

say "two workers"
pairs "$ROUNDS" wall "$(scan 2 "$c1")" "$(scan 1 "$c1")"
row "wall s, two workers ÷ one" "$a" "$b" "$(calc "$ratio")" "≤ 0.65"
for w in 1 2 3; do
	# The one number that may differ is how long it took.
	"$GOSHAWK" scan --workers "$w" -o json "$data/$c1" | sed -E 's/"seconds": ?[0-9.e+-]+//' >"$dir/w$w.json"
done
same=no
cmp -s "$dir/w1.json" "$dir/w2.json" && cmp -s "$dir/w1.json" "$dir/w3.json" && same=yes
row "report the same for 1, 2 and 3 workers" "$same" "" "" "yes"

say "JSON"
pairs "$few" cpu "$(scan 1 "$j1")" "$(scan 1 "$c1")"
row "µs a line, nginx JSON of 15 fields" "$(calc "$a * 1e6 / $LINES")" "$(calc "$b * 1e6 / $LINES") combined" "$(calc "$ratio")" "≤ 2.5"

# The other formats that can be written: text by the byte, JSON by the line.
for format in alb cloudtrail apigw pino caddy traefik envoy_json; do
	say "$format"
	corpus "$format-$short.log" -n "$short" -format "$format"
	pairs "$few" cpu "$(scan 1 "$format-$short.log")" "$(scan 1 "$first")"
	if [[ $format == alb ]]; then
		row "CPU a byte, $format ÷ combined" "" "" \
			"$(calc "$ratio * $(stat -c %s "$data/$first") / $(stat -c %s "$data/$format-$short.log")")" "≤ 1.5"
	else
		row "µs a line, $format" "$(calc "$a * 1e6 / $short")" "$(calc "$b * 1e6 / $short") combined" "$(calc "$ratio")" ""
	fi
done

say "documents"
corpus "trail-$short.json" -n "$short" -format cloudtrail -document
corpus "trail-$LINES.json" -n "$LINES" -format cloudtrail -document
pairs 1 rss "$(scan 1 "trail-$LINES.json")" "$(scan 1 "trail-$short.json")"
row "peak MB, a CloudTrail file of $(calc "$(stat -c %s "$data/trail-$LINES.json") / 1e6" 0) MB ÷ one of $(calc "$(stat -c %s "$data/trail-$short.json") / 1e6" 0) MB" "$a" "$b" "$(calc "$ratio")" "constant but for the actors"

say "growth"
pairs "$few" cpu "$(scan 1 "$c5")" "$(scan 1 "$c1")"
row "CPU s, $BIG lines ÷ $LINES" "$a" "$b" "$(calc "$ratio")" "≤ $(calc "1.1 * $BIG / $LINES" 1)"
pairs 1 rss "$(scan 1 "$c5")" "$(scan 1 "$c1")"
row "peak MB, $BIG lines ÷ $LINES" "$a" "$b" "$(calc "$ratio")" "≤ 1.15; ≤ 150 MB"
row "MB of log a CPU second" "$(calc "$(stat -c %s "$data/$c1") / 1e6 / $one" 0)" "" "" ""

say "memory"
addresses() { cut -d' ' -f1 "$data/$1" | LC_ALL=C sort -u | wc -l; }
pairs 1 rss "$(scan 1 "$wide")" "$(scan 1 "$c1")"
more=$(addresses "$wide") less=$(addresses "$c1")
row "peak MB, $more addresses ÷ $less" "$a" "$b" "$(calc "$ratio")" ""
row "bytes a further address, all its records and the collector's room included" "$(calc "($a - $b) * 1048576 / ($more - $less)" 0)" "" "" ""

say "allocations"
fence='```'
printf "\nGo benchmarks (go test -bench . -benchmem):\n\n%s\n" "$fence"
CGO_ENABLED=0 go test -run '^$' -bench . -benchmem ./decode ./enrich ./engine 2>&1 | grep -E '^Benchmark|^FAIL' || echo "none"
echo "$fence"
