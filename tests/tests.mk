# What the tests need to be built. Part of ../Makefile.
#
# programs/NAME.c, .cc, .rs become $(O)/tests/programs/NAME; PROGRAM_FLAGS_NAME adds flags to one.
PROGRAM_SRC := $(wildcard tests/programs/*.c)
PROGRAM_BIN := $(patsubst %.c,$(O)/%,$(filter-out tests/programs/lib%.c,$(PROGRAM_SRC))) \
	$(patsubst %.cc,$(O)/%,$(wildcard tests/programs/*.cc)) \
	$(patsubst %.c,$(O)/%.so,$(wildcard tests/programs/lib*.c)) \
	$(O)/tests/programs/exits_static $(O)/tests/programs/awaits_static $(if $(shell command -v musl-gcc),$(O)/tests/programs/exits_musl) \
	$(if $(shell command -v rustc),$(patsubst %.rs,$(O)/%,$(wildcard tests/programs/*.rs)))
PROGRAM_FLAGS = -std=gnu11 -O2 -g -fno-omit-frame-pointer $(WARN) -Wno-missing-prototypes -D_GNU_SOURCE $(PROGRAM_FLAGS_$(@F))
PROGRAM_FLAGS_gil = -rdynamic
PROGRAM_FLAGS_teams = -fopenmp
PROGRAM_FLAGS_marks = -I.
PROGRAM_FLAGS_marked_rows = -I.
PROGRAM_FLAGS_shares = -I.
PROGRAM_FLAGS_libmarks.so = -I.

UNIT_SRC := $(sort $(wildcard tests/unit/u_*.c))
UNIT_OBJ := $(O)/tests/unit/table.o $(patsubst %.c,$(O)/%.o,$(wildcard tests/unit/*.c))
# Parts of the target's library that stand on their own.
UNIT_TARGET_OBJ := $(patsubst %,$(O)/collectors/preload/%.pic.o,walk unwind)
ASSEMBLE_OBJ := $(O)/tests/golden/assemble.o
COUNTED_OBJ := $(O)/tests/golden/counted.o

include tests/worth/worth.mk

TESTS_BUILT := $(PROGRAM_BIN) $(WORTH_BIN) $(O)/tests/demo/orders $(O)/tests/models/model $(O)/tests/unit/unit $(O)/tests/golden/assemble $(O)/tests/golden/counted $(O)/tests/fuzz/mutate
# Only the fuzz test wants it: the tool once more, with the address sanitizer.
ifeq ($(SAN),)
test-built: $(O)/address/parprof
$(O)/address/parprof: always
	+@$(MAKE) --no-print-directory SAN=address O=$(O)/address $@
endif

# What looks at pages in a browser. Where npm cannot get it these tests are skipped, and say so.
test-built: $(O)/tests/page/installed
$(O)/tests/page/installed: tests/page/package.json tests/page/package-lock.json tests/page/.npmrc
	@mkdir -p $(@D)
	@cp $^ $(@D)
	$(Q)cd $(@D) && { npm ci --ignore-scripts --silent || echo "no playwright-core: pages are not tested; rm $@ has the next run try again"; }
	@touch $@

check: quick
quick: all $(TESTS_BUILT) ## tests of the parts and of small programs: two minutes
	O=$(O) tests/run -q unit golden cases

$(O)/tests/programs/%: tests/programs/%.c tests/programs/known.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_FLAGS) -o $@ $< -lpthread -ldl

$(O)/tests/programs/%.so: tests/programs/%.c tests/programs/known.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_FLAGS) -fPIC -shared -o $@ $< -lpthread

$(O)/tests/programs/%: tests/programs/%.cc $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=c++20 -O2 -g -Wall -Wextra -o $@ $< -lpthread

$(O)/tests/programs/%: tests/programs/%.rs $(O)/flags
	@mkdir -p $(@D)
	MAKEFLAGS= rustc -O -g --edition 2021 -o $@ $<

$(O)/tests/programs/%_static: tests/programs/%.c tests/programs/known.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_FLAGS) -static -o $@ $< -lpthread

$(O)/tests/programs/exits_musl: tests/programs/exits.c tests/programs/known.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)musl-gcc $(PROGRAM_FLAGS) -o $@ $<

$(O)/tests/models/model: $(wildcard tests/models/*.c) tests/models/model.h tests/programs/known.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROGRAM_FLAGS) -fno-optimize-sibling-calls -I. -o $@ $(filter %.c,$^) -lpthread

$(O)/tests/unit/table.c: $(UNIT_SRC) tests/unit/table.awk $(O)/flags
	@mkdir -p $(@D)
	$(Q)awk -f tests/unit/table.awk $(UNIT_SRC) >$@

$(O)/tests/unit/table.o: $(O)/tests/unit/table.c
	$(Q)$(CC) $(CPPFLAGS) $(TOOLFLAGS) -c -o $@ $<

$(O)/tests/unit/unit: $(UNIT_OBJ) $(UNIT_TARGET_OBJ) $(PART_OBJ)
	$(Q)$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^ -lcunit -lunwind -lunwind-$(shell uname -m) $(LIBS)

$(O)/tests/golden/assemble: $(ASSEMBLE_OBJ) $(PART_OBJ)
	$(Q)$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/tests/golden/counted: $(COUNTED_OBJ) $(PART_OBJ)
	$(Q)$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/tests/fuzz/mutate: $(O)/tests/fuzz/mutate.o
	$(Q)$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^

.PHONY: quick
-include $(UNIT_OBJ:.o=.d) $(ASSEMBLE_OBJ:.o=.d) $(COUNTED_OBJ:.o=.d) $(O)/tests/fuzz/mutate.d
