#!/usr/bin/env bash
# test.sh: everything that must hold before a change goes in. The last line is
# "N passed, N failed, N skipped"; skipped tests say why above it.
#
#   FUZZTIME=5s   how long each fuzz target runs after the tests; 0 for not at all
set -euo pipefail
cd "$(dirname "$0")/.."
: "${FUZZTIME:=5s}"

# The race detector needs cgo and a C compiler; the tests run real servers.
internal/install.sh gcc=gcc nginx=nginx apache2=apache2 haproxy=haproxy caddy=caddy node=nodejs npm=npm \
	jq=jq fail2ban-server=fail2ban php=php-cli django-admin=python3-django /usr/lib/python3/dist-packages/rest_framework=python3-djangorestframework
race=()
if command -v gcc >/dev/null && echo 'int main(void){return 0;}' | gcc -x c -o /dev/null - 2>/dev/null; then
	export CGO_ENABLED=1
	race=(-race)
else
	export CGO_ENABLED=0
	echo "no C compiler that works: the tests run without -race" >&2
fi

unformatted=$(gofmt -l .)
if [[ -n $unformatted ]]; then
	printf 'gofmt would change:\n%s\n' "$unformatted" >&2
	exit 1
fi
go vet ./...

# Every fuzz target of the module, as "package target" lines.
targets() {
	local pkg
	go list ./... | while read -r pkg; do
		go test -list '^Fuzz' "$pkg" | awk -v pkg="$pkg" '/^Fuzz/ {print pkg, $1}'
	done
}

run() {
	go test -json -timeout 25m "${race[@]}" ./... || return
	# The race detector allocates too: what counts allocations runs without it.
	[[ ${#race[@]} == 0 ]] || go test -json -run 'TestAllocationsPerLine' ./engine || return
	# The outputs against published schemas, a module of its own; without npm it says what it skipped.
	(cd internal/schemas && CGO_ENABLED=0 go test -json ./...) || return
	[[ $FUZZTIME == 0 ]] && return
	local pkg target list
	list=$(targets)
	while read -r pkg target; do
		[[ -n $target ]] || continue
		CGO_ENABLED=0 go test -json -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" "$pkg" || return
	done <<<"$list"
}

tally=$(mktemp -d)
trap 'rm -rf "$tally"' EXIT
CGO_ENABLED=0 go build -o "$tally/tally" ./internal/tally
run | "$tally/tally"
