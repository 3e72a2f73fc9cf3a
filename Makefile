# parprof: build, test, bench. `make help` lists the targets. Local settings go into config.mak.
-include config.mak

PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1
# Commands are shown with V=1, else only what they make.
Q = $(if $(V),,@echo '  $(@:$(O)/%=%)';)
# DEBUG=1, COVERAGE=1, SAN=address|undefined|thread each build into a folder of their own.
O ?= build$(if $(DEBUG),/debug)$(if $(COVERAGE),/coverage)$(SAN:%=/%)

PACKAGES := gcc libc6-dev libsqlite3-dev libunwind-dev libpfm4-dev libdw-dev libelf-dev \
	libiberty-dev libsmartcols-dev libcminpack-dev libhwloc-dev libcapstone-dev zlib1g-dev

# Unless they come from elsewhere: Debian's do not go together with others.
NPM_PACKAGES := $(shell command -v npm >/dev/null || echo nodejs npm)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef \
	$(if $(CI),-Werror)
CPPFLAGS += -D_GNU_SOURCE -I. -I$(O) -DPARPROF_VERSION='"$(VERSION)"'
TOOLFLAGS := -std=gnu11 $(if $(DEBUG),-O0 -g3 -DDEBUG,-O2 -g) $(WARN) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) $(if $(COVERAGE),--coverage) $(CFLAGS)
# The library in the target: never sanitized (it runs inside programs that are not), no unwinding
# tables lost, cancellation cleanups run, and nothing but its hooks is visible.
SHIMFLAGS := -std=gnu11 $(if $(DEBUG),-O1 -g3,-O2 -g) $(WARN) -fPIC -fvisibility=hidden \
	-fexceptions -fno-plt -ftls-model=initial-exec -fno-stack-protector -U_FORTIFY_SOURCE $(CFLAGS)
LIBS := -lsqlite3 -ldw -lelf -l:libiberty.a -lsmartcols -lcminpack -lhwloc -lpfm -lcapstone -lz -lm -lpthread

SHIM_SRC := $(wildcard collectors/preload/*.c)
SHIM_OBJ := $(SHIM_SRC:%.c=$(O)/%.pic.o)
TOOL_SRC := $(wildcard profiler/*.c reports/*.c reports/*/*.c collectors/kernel/*.c collectors/machine/*.c) \
	collectors/preload/unwind_cfi.c
TOOL_OBJ := $(TOOL_SRC:%.c=$(O)/%.o) $(O)/embedded.o
# All of the tool but its main(): what unit tests and benches link with.
PART_OBJ := $(filter-out $(O)/profiler/main.o,$(TOOL_OBJ))
EMBED := $(wildcard profiler/*.sql reports/*.sql reports/questions/*.sql collectors/kernel/groups/*.counters)

all: $(O)/parprof $(O)/libparprof.so ## build the tool and the preload library (the default)

$(O)/parprof: $(TOOL_OBJ)
	$(Q)$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/libparprof.so: $(SHIM_OBJ) collectors/preload/preload.map
	$(Q)$(CC) $(SHIMFLAGS) $(LDFLAGS) -shared -static-libgcc -Wl,-soname,libparprof.so \
		-Wl,--version-script=collectors/preload/preload.map -Wl,-z,now,-z,defs -o $@ $(SHIM_OBJ) -ldl

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(TOOLFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.pic.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SHIMFLAGS) -MMD -MP -c -o $@ $<

# Text files that live in the tool: struct embedded[] of profiler/embedded.h.
$(O)/embedded.c: $(EMBED) profiler/embed.awk $(O)/flags
	$(Q)awk -f profiler/embed.awk $(EMBED) >$@

$(O)/embedded.o: $(O)/embedded.c
	$(Q)$(CC) $(CPPFLAGS) $(TOOLFLAGS) -c -o $@ $<

# The HTML page: what runs in the browser, bundled into one template that page.c puts into the tool. The same for every
# kind of build. npm and node are needed only here; PAGE_TEMPLATE=FILE takes one that was built elsewhere. Where npm cannot
# get the libraries the tool is built without: 'parprof html' then says so.
PAGE := build/page
PAGE_UI := reports/page/ui
PAGE_TEMPLATE ?= $(PAGE)/template.html
$(PAGE)/node_modules/installed: $(PAGE_UI)/package.json $(PAGE_UI)/package-lock.json $(PAGE_UI)/.npmrc
	@mkdir -p $(PAGE)
	@cp $^ $(PAGE)
	$(Q)cd $(PAGE) && { npm ci --ignore-scripts --silent || echo "npm could not get the libraries of the page: parprof html is left out; rm -r $(PAGE) has the next make try again" >&2; }
	@mkdir -p $(@D) && touch $@

$(PAGE)/template.html: $(PAGE)/node_modules/installed $(wildcard $(PAGE_UI)/*.js $(PAGE_UI)/*.css $(PAGE_UI)/*.html) $(PAGE_UI)/build.mjs
	$(Q)if [ -d $(PAGE)/node_modules/esbuild ]; then node $(PAGE_UI)/build.mjs $@ $(PAGE)/node_modules; else echo "built without npm" >$@; fi

$(O)/reports/page/page.o: $(PAGE_TEMPLATE)
$(O)/reports/page/page.o: CPPFLAGS += -DPAGE_TEMPLATE='"$(PAGE_TEMPLATE)"'

# Rewritten only when the flags or the list of embedded files change, and then all is built anew.
$(O)/flags: always
	@mkdir -p $(@D)
	@echo '$(CC) $(subst ','\'',$(CPPFLAGS)) $(TOOLFLAGS) $(SHIMFLAGS) $(EMBED)' | cmp -s - $@ || \
		echo '$(CC) $(subst ','\'',$(CPPFLAGS)) $(TOOLFLAGS) $(SHIMFLAGS) $(EMBED)' >$@

# tests.mk adds to TESTS_BUILT what tests/run needs; bench.mk to BENCH_BUILT what the bench needs.
-include tests/tests.mk
include tests/bench/bench.mk

test: test-packages ## install what the tests need, build it, run all tests
	+@$(MAKE) --no-print-directory test-built
	@env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL O=$(O) tests/run $(TESTS)

test-built: all $(TESTS_BUILT)

check: all arrows lint ## include directions, style, and the quick tests

demo: demo-packages ## install what is missing, build, record two programs, print the reports
	+@$(MAKE) --no-print-directory all $(O)/tests/demo/orders
	O=$(O) tests/demo/run

$(O)/tests/demo/%: tests/demo/%.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -g -D_GNU_SOURCE $(WARN) -o $@ $< -lpthread

packages: ## install the Debian packages that the build needs
	.ci/packages $(PACKAGES) $(NPM_PACKAGES)

test-packages:
	.ci/packages $(PACKAGES) $(NPM_PACKAGES) $(shell sed 's/#.*//' tests/packages 2>/dev/null)

demo-packages:
	.ci/packages $(PACKAGES) $(NPM_PACKAGES) pigz

arrows: all ## includes point one way; the library in the target stays clean
	tests/style/arrows $(O)/libparprof.so

lint: ## formatting, and the lengths of files and functions
	tests/style/format
	tests/style/lengths

coverage: ## run all tests on an instrumented build, print the share of lines run per file
	+@$(MAKE) --no-print-directory COVERAGE=1 test
	tests/style/coverage build/coverage

install: all ## into $(DESTDIR)$(PREFIX): bin/parprof, lib/parprof/libparprof.so, include/parprof.h
	install -D $(O)/parprof $(DESTDIR)$(PREFIX)/bin/parprof
	install -D -m 644 $(O)/libparprof.so $(DESTDIR)$(PREFIX)/lib/parprof/libparprof.so
	install -D -m 644 collectors/parprof.h $(DESTDIR)$(PREFIX)/include/parprof.h

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/parprof $(DESTDIR)$(PREFIX)/lib/parprof/libparprof.so $(DESTDIR)$(PREFIX)/include/parprof.h
	-rmdir $(DESTDIR)$(PREFIX)/lib/parprof

clean: ## remove what was built
	rm -rf $(O)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "settings: DEBUG=1  COVERAGE=1  SAN=address|undefined|thread  O=folder  PREFIX=$(PREFIX)  CI=1 (warnings are errors)  V=1"

.PHONY: all test test-built check demo packages test-packages demo-packages arrows lint coverage \
	install uninstall clean help always
.DELETE_ON_ERROR:
-include $(SHIM_OBJ:.o=.d) $(TOOL_OBJ:.o=.d)
