# What the tests of the HTML page share: pages of recordings, looked at in Debian's Chromium.
# shellcheck shell=bash disable=SC2034
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
PAGE_TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
MODULES=$O/tests/page/node_modules
need node chromium
[ -d "$MODULES/playwright-core" ] || skip "no playwright-core here: npm could not install it"

# page_of [DB [OPTION…]]: makes page.html of db.
page_of() {
	"$PARPROF" html -q -f -o page.html "$@" 2>page.err && return
	grep -q 'without its HTML page' page.err && skip "npm could not get the libraries of the page"
	fail "html $* failed: $(cat page.err)"
}

# look SCRIPT [ARGUMENT…]: runs looks/SCRIPT.mjs on page.html; it prints what is wrong, a line each. Pictures lie in
# the folder of $ARTEFACTS when that is set.
look() {
	local script=$1 line
	shift
	PLAYWRIGHT=$MODULES/playwright-core/index.mjs node "$PAGE_TESTS/looks/$script.mjs" "$PWD/page.html" "$@" >look.out 2>look.err ||
		fail "$script $* ended with $?: $(head -c 1500 look.err)"
	while IFS= read -r line; do fail "$script $*: $line"; done <look.out
}
