#!/usr/bin/env bash
# splice.sh NAME FILE: puts stdin into FILE between the lines <!-- NAME:begin -->
# and <!-- NAME:end -->. Text that is not Markdown (no table or heading in its
# first line) is fenced. FILE is replaced only when all went well.
set -euo pipefail
name=$1 file=$2

text=$(cat)
[[ -n $text ]] || { echo "splice: nothing came in" >&2; exit 1; }
case $text in
'#'* | '|'*) ;;
*) text=$(printf "%s\n%s\n%s" '```' "$text" '```') ;;
esac

new=$(mktemp)
trap 'rm -f "$new"' EXIT
TEXT=$text awk -v begin="<!-- $name:begin -->" -v end="<!-- $name:end -->" '
	$0 == begin { print; print ENVIRON["TEXT"]; inside = 1; found++ }
	$0 == end   { inside = 0; found++ }
	!inside     { print }
	END         { exit found != 2 }
' "$file" >"$new" || { echo "splice: $file has no lines <!-- $name:begin --> and <!-- $name:end -->" >&2; exit 1; }
cat "$new" >"$file"
