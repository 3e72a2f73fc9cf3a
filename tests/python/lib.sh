# What the tests of Python programs share, and bench: the table programs, and runs of them.
# shellcheck shell=bash disable=SC2034,SC2154
. "$(dirname "${BASH_SOURCE[0]}")/../models/lib.sh"
PYTHON_PROGRAMS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
unset PYTHONUNBUFFERED

# Lines "VERSION PATH", see there.
interpreters() {
	"$PYTHON_PROGRAMS/interpreters"
}

# each_program SECTION-PATTERN COMMAND: its row is in column[], its class in section.
each_program() {
	each_row ../python/programs "$1" "$2"
}

# python_command NAME MODE SCALE: into command[], for the interpreter in python
python_command() {
	command=("$python" "$PYTHON_PROGRAMS/$1.py" "$2" "$3")
}

result_of() { # NAME MODE SCALE: its last line, and why it failed if it did
	python_command "$@"
	"${command[@]}" >result.out 2>result.err || echo "status $?: $(tail -n 1 result.err)"
	tail -n 1 result.out
}

record_program() { # NAME SCALE: as it was written, into db
	python_command "$1" faulty "$2"
	record_ok -- "${command[@]}"
}
