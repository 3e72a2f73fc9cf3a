# What the tests of models share, and bench: the tables variants and predictions, runs of the model.
# shellcheck shell=bash disable=SC2034,SC2154
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
MODELS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
MODEL=$O/tests/models/model

trimmed() { # TEXT
	local text=${1#"${1%%[![:space:]]*}"}
	printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# each_row TABLE SECTION-PATTERN COMMAND: runs it for the rows of [sections] that match, with their
# columns in column[0] … and the section in section.
each_row() {
	local line parts part
	section=
	while IFS= read -r line <&3; do
		case $line in
		'' | '#'*) continue ;;
		'['*) section=${line//[][]/} && continue ;;
		esac
		# shellcheck disable=SC2053
		[[ $section == $2 ]] || continue
		column=()
		mapfile -d ';' -t parts < <(printf '%s' "$line")
		for part in "${parts[@]}"; do
			column+=("$(trimmed "$part")")
		done
		"$3"
	done 3<"$MODELS/$1"
}

# shellcheck disable=SC2086 # arguments are words
run_model() { # ARGUMENTS: its wall time in s, nothing when it failed
	"$MODEL" $1 2>>model.err | awk '$1 == "wall" { print $2 }'
}

# shellcheck disable=SC2086
record_model() { # ARGUMENTS
	record -- "$MODEL" $1
	[ "$status" = 0 ] || fail "$1 ended with status $status"
}

median() { # of the lines of the input
	sort -g | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# gain_measured ARGUMENTS MORE-ARGUMENTS ROUNDS: how many times as fast it is with these, really: in turns.
gain_measured() {
	local round
	for ((round = 0; round < $3; round++)); do
		echo "$(run_model "$1") $(run_model "$1 $2")"
	done | awk '$2 > 0 { print $1 / $2 }' | median
}

predicted() { # EDIT…: low gain high of db, nothing when it was refused
	"$PARPROF" predict --json db "$@" 2>predict.err |
		jq -r '.predictions[0] | "\(.gain_low) \(.gain) \(.gain_high)"'
}

error_of() { # PREDICTED MEASURED: in %
	awk -v p="$1" -v m="$2" 'BEGIN { if (p > 0 && m > 0) printf "%.1f", 100 * (p / m - 1); else print "-" }'
}

# The first finding of db: kind, and its name, place and words in one line. When there is none, the verdict.
first_finding() {
	"$PARPROF" report --json db | jq -r '
		if .findings[0] then .findings[0] | "\(.kind)\t\(.name // "") \(.where // "") \(.words)"
		else "\(.verdict.code)\t\(.verdict.sentence)" end'
}

# For each_row variants: record it; the finding must be what was put in.
finding_is_right() {
	local kind words
	record_model "${column[1]}"
	IFS=$'\t' read -r kind words < <(first_finding)
	[[ $kind =~ ^(${column[2]})$ && $words =~ ${column[3]} ]] ||
		fail "${column[0]} (model ${column[1]}): expected ${column[2]} ${column[3]}, got $kind: $words"
}

section_is_right() { # SECTION
	each_row variants "$1" finding_is_right
}
