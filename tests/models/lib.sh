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

# gain_measured ARGUMENTS OTHERS ROUNDS: how many times as fast the model with others really is: run in turns.
gain_measured() {
	local round
	for ((round = 0; round < $3; round++)); do
		echo "$(run_model "$1") $(run_model "$2")"
	done | awk '$2 > 0 { print $1 / $2 }' | median
}

# shellcheck disable=SC2086
predicted() { # EDIT: "low gain high" of db; nothing when it was refused
	"$PARPROF" predict --json db $1 2>predict.err |
		jq -r '.predictions[0] | "\(.gain_low) \(.gain) \(.gain_high)"' 2>/dev/null
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

# is_put_in KIND WORDS: is that finding the one that the row in column[] asks for?
is_put_in() {
	[[ $1 =~ ^(${column[2]})$ && $2 =~ ${column[3]} ]]
}

# Others want the cores, too: what was measured may be about them.
is_busy() {
	awk -v cores="$(nproc)" '{ exit !($1 > cores + 0.5) }' /proc/loadavg
}

# Times taken beside other programs are not those of the model: says so, and is true on a busy machine.
left_out() { # WHAT
	is_busy && echo "left out, the machine is busy with other programs: $1"
}

# For each_row variants: record it; the finding must be what was put in, at the third try at last: neighbours of a
# virtual machine take its cores away, and no load tells.
finding_is_right() {
	local kind words try
	for try in 1 2 3; do
		record_model "${column[1]}"
		IFS=$'\t' read -r kind words < <(first_finding)
		is_put_in "$kind" "$words" && return
	done
	is_put_in "$kind" "$words" || left_out "${column[0]}: $kind: $words" ||
		fail "${column[0]} (model ${column[1]}): expected ${column[2]} ${column[3]}, got $kind: $words"
}

section_is_right() { # SECTION
	each_row variants "$1" finding_is_right
}

# lines_close WORST: the lines "name predicted measured …" of the input differ by at most that, in %.
lines_close() {
	awk -v w="$1" '$2 <= 0 || $3 <= 0 { exit wrong = 1 } { e = 100 * ($2 / $3 - 1); if (e > w || e < -w) wrong = 1 }
		END { exit wrong || !NR }'
}

# rows_close TABLE 'NAME…' COMMAND MEAN WORST: what the command prints for these rows, "name predicted measured …", differs
# by at most that, in %. A row that does not is measured again, twice at most.
rows_close() {
	local wanted=" $2 " command=$3 mean=$4 worst=$5 lines all=
	row_close() {
		local try
		[[ $wanted == *" ${column[0]} "* ]] || return 0
		for try in 1 2 3; do
			lines=$("$command")
			echo "$lines"
			lines_close "$worst" <<<"$lines" && break
		done
		if ! lines_close "$worst" <<<"$lines"; then
			left_out "$lines" && return
			fail "worse than $worst % (name, predicted, measured, low, high): $lines"
		fi
		all+=$lines$'\n'
	}
	each_row "$1" '*' row_close
	[ -n "$all" ] || return 0
	awk -v m="$mean" 'NF { e = 100 * ($2 / $3 - 1); s += e < 0 ? -e : e; n++ } END { exit !(n && s / n <= m) }' <<<"$all" ||
		fail "the mean error is above $mean %: $all"
}

# For each_row variants: predicted and measured gain of its fix, in a line.
gain_line() {
	local low gain high
	[ -n "${column[5]-}" ] || return 0
	record_model "${column[1]}"
	read -r low gain high < <(predicted "${column[5]}")
	echo "${column[0]} ${gain:--} $(gain_measured "${column[1]}" "${column[1]} ${column[4]}" "${ROUNDS:-3}") ${low:--} ${high:--}"
}

# For each_row predictions: predicted and measured gain of more threads, a line for each number of them.
threads_lines() {
	local low gain high n recorded=${column[1]//N/${column[2]}}
	record_model "$recorded"
	for n in ${column[3]}; do
		read -r low gain high < <(predicted "${column[4]//N/$n}")
		echo "${column[0]}/$n ${gain:--} $(gain_measured "$recorded" "${column[1]//N/$n}" "${ROUNDS:-3}") ${low:--} ${high:--}"
	done
}
