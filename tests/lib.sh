# What every *.test begins with. A test runs in an empty folder of its own; the first failed
# assertion does not end it; it fails when any did. skip ends it with status 77.
# shellcheck shell=bash disable=SC2034
set -u
TESTS=${TESTS:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)}
O=${O:-$(dirname "$TESTS")/build}
PARPROF=$O/parprof
PROGRAMS=$O/tests/programs
export LC_ALL=C
unset PARPROF_OPTIONS PARPROF_OUT NO_COLOR
failures=0
trap 'status=$?; [ $status = 0 ] && [ $failures != 0 ] && exit 1; exit $status' EXIT

fail() { # MESSAGE…
	failures=$((failures + 1))
	local i=0
	while [[ ${BASH_SOURCE[i + 1]-} == "${BASH_SOURCE[0]}" ]]; do i=$((i + 1)); done
	echo "FAILED ${BASH_SOURCE[i + 1]##*/}:${BASH_LINENO[i]}: $*"
}

# right_at_last FUNCTION: for what is told from times, which machines that share their cores with others disturb: it has to
# hold in one of three tries. Not for functions that skip.
right_at_last() {
	local try before=$failures
	for try in 1 2 3; do
		failures=$before
		"$1" >tried 2>&1
		[ $failures = "$before" ] && return
	done
	cat tried
}

skip() { # REASON
	echo "$*"
	exit 77
}

need() { # COMMAND…: skips the test where one is not installed
	local command
	for command; do
		command -v "$command" >/dev/null || skip "no $command here"
	done
}

# wait_until COMMAND…: until it succeeds, half a minute at most: what takes a moment takes longer on a busy machine.
wait_until() {
	local try
	for ((try = 0; try < 600; try++)); do
		"$@" && return
		sleep 0.05
	done
	fail "never: $*"
}

has_lines() { # FILE COUNT: at least
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# ok_or_skip COMMAND…: for what the machine must allow (mounts, users); skips when it fails.
ok_or_skip() {
	"$@" || skip "not possible here: $*"
}

# record [OPTION…] -- PROGRAM ARGUMENT…: into the file db; out, err and status are the program's.
# Says what a program of ours printed to stderr, so that it can be seen in a failing test.
record() {
	"$PARPROF" record -q -f -o db "$@" >out 2>err
	status=$?
	[ ! -s err ] || sed 's/^/stderr: /' err
}

# record_ok …: record, and the program must end with 0.
record_ok() {
	record "$@"
	[ $status = 0 ] || fail "recording $* ended with status $status"
}

query() { # SQL
	sqlite3 -batch -separator '|' db "$1" 2>&1
}

rows_are() { # SQL, EXPECTED rows with | between columns
	local got
	got=$(query "$1")
	[ "$got" = "$2" ] || fail "$1"$'\n'"expected: $2"$'\n'"got:      $got"
}

# number_between SQL LOW HIGH
number_between() {
	local got
	got=$(query "$1")
	[[ $got =~ ^-?[0-9.]+(e[-+][0-9]+)?$ ]] && awk -v g="$got" -v l="$2" -v h="$3" 'BEGIN { exit !(g >= l && g <= h) }' ||
		fail "$1"$'\n'"expected: $2 .. $3"$'\n'"got:      $got"
}

# calls_are LOCK 'function|count …': exact counts of all functions called on the lock of that name
calls_are() {
	local got want
	got=$(query "SELECT h.name || '|' || sum(t.count) FROM tally t JOIN object o ON o.id = t.object
		JOIN lock l ON l.id = o.lock JOIN hook h ON h.id = t.hook
		WHERE l.name = '$1' GROUP BY h.name HAVING sum(t.count) > 0 ORDER BY h.name" | tr '\n' ' ')
	want=$(tr ' ' '\n' <<<"$2" | sort | tr '\n' ' ')
	[ "${got% }" = "${want% }" ] || fail "calls on $1"$'\n'"expected: $want"$'\n'"got:      $got"
}

# failures_are LOCK FUNCTION COUNT: how often it did not get the lock
failures_are() {
	rows_are "SELECT sum(t.failed) FROM tally t JOIN object o ON o.id = t.object
		JOIN lock l ON l.id = o.lock JOIN hook h ON h.id = t.hook
		WHERE l.name = '$1' AND h.name = '$2'" "$3"
}

# Share of a lock's waits, 0..1, blamed on a holder whose stack has that function.
blame_between() { # LOCK FUNCTION LOW HIGH
	number_between "SELECT round(1.0 * sum(CASE WHEN EXISTS (SELECT 1 FROM stack_line s
			WHERE s.stack = b.stack AND s.function = '$2') THEN b.blame_ns ELSE 0 END)
			/ sum(b.blame_ns), 3)
		FROM lock_holder b JOIN lock_summary l ON l.lock = b.lock WHERE l.name = '$1'" "$3" "$4"
}

# In every recording: what was blamed is what was waited, and nothing was dropped.
books_balance() {
	rows_are "SELECT name, waited, blamed FROM (
		SELECT l.name, sum(w.wait_ns) AS waited, (SELECT sum(blame_ns) FROM lock_holder b WHERE b.lock = l.id) AS blamed
		FROM lock l JOIN lock_waiter w ON w.lock = l.id JOIN lock_use u ON u.lock = l.id
		WHERE u.use = 'lock' GROUP BY l.id) WHERE abs(waited - coalesce(blamed, 0)) > 1000 + waited / 100" ""
	rows_are "SELECT key, value FROM run WHERE key IN ('records_dropped', 'threads_unseen') AND value <> 0" ""
}

json() { # JQ-FILTER: of the report of db
	"$PARPROF" report --json db | jq -r "$1"
}

json_is() { # JQ-FILTER EXPECTED
	local got
	got=$(json "$1" 2>&1)
	[ "$got" = "$2" ] || fail "json $1"$'\n'"expected: $2"$'\n'"got:      $got"
}

# wait_is LOCK NS: the lock's wait is what the program itself measured. Ours begins inside the call
# and is taken apart from the program's clock reads: up to a tenth and 2 ms less, or a moment more.
wait_is() {
	number_between "SELECT sum(wait_ns) FROM lock_summary WHERE name = '$1'" \
		"$(awk -v n="$2" 'BEGIN { printf "%.0f", n * 0.9 - 2e6 }')" "$(awk -v n="$2" 'BEGIN { printf "%.0f", n * 1.02 + 1e6 }')"
}

file_is() { # FILE EXPECTED
	[ "$(cat "$1")" = "$2" ] || fail "$1"$'\n'"expected: $2"$'\n'"got:      $(head -c 2000 "$1")"
}

file_has() { # FILE REGEX
	grep -Eq -- "$2" "$1" || fail "$1 has no line like: $2"$'\n'"got: $(head -c 2000 "$1")"
}

status_is() { # EXPECTED
	[ "$status" = "$1" ] || fail "exit status $status, expected $1"
}

# same_alone PROGRAM ARGUMENT…: runs it alone, then recorded; output and status must be the same.
# The status it had alone is in alone. FILTER may name a command that takes out of the output what differs from run to run.
same_alone() {
	"$@" >alone.out 2>alone.err
	alone=$?
	"$PARPROF" record -q -f -o db -- "$@" >out 2>err
	status=$?
	[ $status = $alone ] || fail "$* ended with status $alone alone and $status recorded"
	local stream
	for stream in out err; do
		${FILTER:-cat} <alone.$stream >alone.$stream.plain
		${FILTER:-cat} <$stream >$stream.plain
		diff alone.$stream.plain $stream.plain >$stream.diff ||
			fail "$* printed something else when recorded:"$'\n'"$(head -20 $stream.diff)"
	done
}

# At least one row: a fact that the recording must contain.
has_rows() { # SQL
	[ -n "$(query "SELECT 1 FROM ($1) LIMIT 1")" ] || fail "no row: $1"$'\n'"$(query "SELECT 1 FROM ($1) LIMIT 1")"
}
