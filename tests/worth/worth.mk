# What tests/worth needs: each NAME.c there with worth.c. Part of ../../Makefile.
WORTH_BIN := $(patsubst %.c,$(O)/%,$(filter-out tests/worth/worth.c,$(wildcard tests/worth/*.c)))

worth: all $(WORTH_BIN) ## programs in a serial and a parallel version: what advise says of the one beside what the other gains (ROWS='pattern …' ROUNDS=n)
	O=$(O) tests/worth/measure $(ROWS)

worth-debian: all ## the same of compressors that exist in both versions
	O=$(O) tests/worth/debian

$(O)/tests/worth/%: tests/worth/%.c tests/worth/worth.c tests/worth/worth.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE -o $@ $(filter %.c,$^) -lz -lm -lpthread

.PHONY: worth worth-debian
