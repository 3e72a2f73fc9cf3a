# What the tests of serial and parallel versions share, measure and debian: the table programs, advise, ratios.
# shellcheck shell=bash disable=SC2034,SC2154
. "$(dirname "${BASH_SOURCE[0]}")/../models/lib.sh"
WORTH=$O/tests/worth

# each_program SECTION-PATTERN COMMAND: its row is in column[], its class in section.
each_program() {
	each_row ../worth/programs "$1" "$2"
}

# advise COMMAND…: what is said of it is in advice, as JSON; what the program prints is in err.
advise() {
	"$PARPROF" advise --json -- "$@" >advice 2>err
	status=$?
	[ $status = 0 ] && [ -s advice ]
}

advice() { # JQ-FILTER: "-" when there is nothing
	local got
	got=$(jq -r "$1 // empty" advice 2>/dev/null)
	echo "${got:--}"
}

# wanted NAME PATTERN…: does one of the patterns match? All do where there is none.
wanted() {
	local name=$1 pattern
	shift
	for pattern in "${@:-*}"; do
		# shellcheck disable=SC2053
		[[ $name == $pattern ]] && return 0
	done
	return 1
}

# seconds_of COMMAND…: nothing when it failed
seconds_of() {
	local begin=$EPOCHREALTIME
	"$@" >run.out 2>run.err || { tail -n 1 run.err >&2; return 1; }
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# quartiles AWK-EXPRESSION: "median low high" of it over the lines of the input
quartiles() {
	awk "NF { print $1 }" | sort -g | awk '{ v[NR] = $1 }
		function at(q,  x, i) { x = 1 + (NR - 1) * q; i = int(x); return v[i] + (x - i) * ((i < NR ? v[i + 1] : v[i]) - v[i]) }
		END { if (NR) printf "%.2f %.2f %.2f", at(0.5), at(0.25), at(0.75); else print "- - -" }'
}

estimate() { # KEY: of advice, for as many cores as there are here
	advice "[.estimates[]? | select(.cores == $(nproc))][0].$1 | if . == null then empty else . * 100 | round / 100 end"
}

line_columns='%-16s %-11s %-8s %-5s %7s %9s %-12s %5s %-12s %6s %-6s %6s\n'

line_header() {
	# shellcheck disable=SC2059
	printf "$line_columns" PROGRAM EXPECTED ADVICE '' SERIAL MEASURED QUARTILES SAYS FROM-TO OFF INSIDE SLOWER
}

# advice_line NAME EXPECTED, then turns, lines "serial parallel" in s ("serial" alone: there is no other version),
# in the file turns; advice in the file advice: prints the line of the table, appends it to lines.
advice_line() {
	local verdict mark=right serial speedup low high says from to off=- inside=-
	read -r serial _ < <(quartiles '$1' <turns)
	read -r speedup low high < <(awk 'NF > 1' turns | quartiles '$1 / $2')
	verdict=$(advice .verdict.worth)
	says=$(estimate speedup) from=$(estimate low) to=$(estimate high)
	[[ $verdict =~ ^($2)$ ]] || mark=WRONG
	if [ "$speedup" != - ] && [ "$says" != - ]; then
		off=$(error_of "$says" "$speedup")
		inside=$(awk -v m="$speedup" -v l="$from" -v h="$to" 'BEGIN { print (m >= l && m <= h) ? "yes" : "no" }')
	fi
	# what holds it back may be something this machine has plenty of
	[ "${section:-}" = not ] && [ "$verdict" = yes ] && awk -v m="$speedup" -v o="$off" 'BEGIN { exit !(m > 1.4 && o * o <= 225) }' && mark=right
	# shellcheck disable=SC2059
	printf "$line_columns" "$1" "${2:0:11}" "$verdict" "$mark" "$serial" "$speedup" "$low-$high" "$says" "$from-$to" "$off" "$inside" \
		"$(error_of "$(advice '.verdict.wall_ns / 1e9')" "$serial")" | tee -a lines
}

# What the lines of a table come to.
line_sums() {
	awk '$4 == "right" || $4 == "WRONG" { n[$4]++ } END { printf "%d verdicts right, %d wrong\n", n["right"], n["WRONG"] }' lines
	awk '$10 != "-" { n++; near += $10 <= 15 && $10 >= -15; inside += $11 == "yes" } END {
		printf "of %d speedups %d are foretold within 15 %%, %d lie in the range\n", n, near, inside }' lines
	awk '$12 != "-" { print $12 }' lines | quartiles '$1' |
		awk '{ print "the program runs longer when advised by " $1 " % (" $2 "-" $3 ")" }'
	echo "SERIAL in s, MEASURED and SAYS speedups on $(nproc) cores; medians and quartiles of $ROUNDS turns; OFF and SLOWER in %"
}

# For each_program: what advise says of the serial version is what the row expects. Where a parallel version gains, the
# estimate for the cores of this machine says so, and none says that it gains more than there are cores. It may be so at
# the third try only; on a fast machine there may have to be more to do; and what holds programs back may be something this
# machine has plenty of, such as memory bandwidth.
advice_is_right() {
	local name=${column[0]} scale=${column[2]} try verdict=- says=-
	names+=" $name"
	for try in 1 2 3; do
		advise "$WORTH/$name" serial "$scale" || { fail "$name: advise ended with status $status: $(tail -n 3 err)"; return; }
		verdict=$(advice .verdict.worth) says=$(estimate speedup)
		echo "$name: $verdict, $says: $(advice .verdict.sentence)"
		is_expected "$verdict" "$says" && return
		[ "$verdict" != short ] || scale=$(awk -v s="$scale" 'BEGIN { print 2 * s }')
	done
	if [ "$section" = not ]; then
		[ "$verdict" = yes ] && gains_really "$says" 1.2 1.4 && return
	elif says_memory; then
		gains_really "$says" 1.1 1 && return
	fi
	left_out "$name: $verdict, $says" || fail "$name: expected ${column[1]}, got $verdict, a speedup of $says"
}

# Where two cores were seen to compute little more than one, it may be that which limits what could be divided well.
is_expected() { # VERDICT SPEEDUP
	[ "$section" != not ] && jq -e '.verdict.reason == "cores" and .verdict.without_sharing > 1.4' advice >/dev/null && return
	[[ $1 =~ ^(${column[1]})$ ]] || return
	[ "$section" = not ] || awk -v s="$2" -v cores="$(nproc)" 'BEGIN { exit !(s > 1.15 && s <= cores) }'
}

# What could be divided well is limited by memory that this machine has little of, or that others use.
says_memory() {
	jq -e '.verdict.reason == "memory" and .verdict.without_memory > 1.4' advice >/dev/null
}

# gains_really SPEEDUP FACTOR LEAST: of the parallel version, against the serial one: the median of three turns is no
# further from it than that factor, and more than LEAST.
gains_really() {
	local gain
	gain=$(for _ in 1 2 3; do
		echo "$(seconds_of "$WORTH/$name" serial "$scale") $(seconds_of "$WORTH/$name" parallel "$scale")"
	done | awk 'NF == 2' | quartiles '$1 / $2')
	echo "$name: the parallel version gains $gain (quartiles) here"
	awk -v says="$1" -v factor="$2" -v least="$3" -v gain="${gain%% *}" \
		'BEGIN { exit !(gain > least && says < factor * gain && says > gain / factor) }'
}

section_is_right() { # SECTION
	names=
	each_program "$1" advice_is_right
	[ -n "$names" ] || fail "no program in section $1"
}
