# What `make bench` builds and runs. Part of ../../Makefile.
BENCH_BUILT := $(O)/tests/bench/workload $(O)/tests/bench/libforward.so \
	$(O)/tests/bench/ingest_rate $(O)/tests/bench/graph_cost
BENCH_FLAGS := -std=gnu11 -O2 -g $(WARN) -D_GNU_SOURCE

bench: all $(BENCH_BUILT) ## one table: native, do-nothing forwarder, parprof (ROWS='pattern …' ROUNDS=n)
	O=$(O) tests/bench/run $(ROWS)

bench-peers: all $(BENCH_BUILT) ## the same rows under other tools, as far as they are installed
	O=$(O) PEERS=1 tests/bench/run $(ROWS)

bench-models: all $(O)/tests/models/model ## findings, what-ifs and predictions of every model beside what is so (ROWS='pattern …' ROUNDS=n)
	O=$(O) tests/models/bench $(ROWS)

bench-python: all ## Python programs of known faults: verdicts, and what is foretold beside what repairs gain (ROWS= ROUNDS= SCALE= INTERPRETERS=n)
	O=$(O) tests/python/bench $(ROWS)

bench-sets: $(O)/tests/bench/private_sets ## what it costs that memory does not fit a cache any more, of one thread and of two (1 minute)
	$(O)/tests/bench/private_sets

bench-page: all $(O)/tests/bench/graph_cost $(O)/tests/page/installed ## pages of 100,000 and a million waits in a browser (ROUNDS=n)
	O=$(O) tests/page/bench

$(O)/tests/bench/workload: $(wildcard tests/bench/workload*.c) $(wildcard tests/bench/*.h) collectors/parprof.h $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_FLAGS) -I. -o $@ $(filter %.c,$^) -lpthread

$(O)/tests/bench/private_sets: tests/bench/private_sets.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_FLAGS) -o $@ $< -lpthread

$(O)/tests/bench/libforward.so: tests/bench/forward.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_FLAGS) -I. -fPIC -shared -fno-plt -ftls-model=initial-exec -o $@ $< -ldl

$(O)/tests/bench/ingest_rate $(O)/tests/bench/graph_cost: $(O)/%: %.c tests/bench/made_log.c $(PART_OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(TOOLFLAGS) -o $@ $^ $(LIBS)

.PHONY: bench bench-peers bench-models bench-python bench-page bench-sets
