# parprof: build, test, bench. `make help` lists the targets. Local settings go into config.mak.
-include config.mak

PREFIX ?= /usr/local
DESTDIR ?=
O ?= build
CC ?= gcc
VERSION := 0.1

PACKAGES := libsqlite3-dev libunwind-dev libpfm4-dev libcunit1-dev libdw-dev libelf-dev \
	libiberty-dev libsmartcols-dev zlib1g-dev pkg-config gcc libc6-dev

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef
ifdef CI
WARN += -Werror
endif
OPT := $(if $(DEBUG),-O0 -g3 -DDEBUG,-O2 -g)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
COVFLAGS := $(if $(COVERAGE),--coverage)
CPPFLAGS += -D_GNU_SOURCE -I. -I$(O) -DPARPROF_VERSION='"$(VERSION)"'
TOOLFLAGS := -std=gnu11 $(OPT) $(WARN) $(SANFLAGS) $(COVFLAGS) $(CFLAGS)
# The library in the target: never sanitized (it runs inside programs that are not), no unwinding
# tables lost, cancellation cleanups run, and nothing but its hooks is visible.
SHIMFLAGS := -std=gnu11 $(if $(DEBUG),-O1 -g3,-O2 -g) $(WARN) -fPIC -fvisibility=hidden \
	-fexceptions -fno-plt -ftls-model=initial-exec -fno-stack-protector $(CFLAGS)
LIBS := -lsqlite3 -ldw -lelf -l:libiberty.a -lsmartcols -lm -lpthread

SHIM_SRC := $(wildcard collectors/preload/*.c)
SHIM_OBJ := $(SHIM_SRC:%.c=$(O)/%.pic.o)
TOOL_SRC := $(wildcard profiler/*.c reports/*.c collectors/kernel/*.c collectors/machine/*.c)
TOOL_OBJ := $(TOOL_SRC:%.c=$(O)/%.o) $(O)/embedded.o
EMBED := profiler/schema.sql profiler/views.sql $(wildcard reports/questions/*.sql)

all: $(O)/parprof $(O)/libparprof.so ## build the tool and the preload library

$(O)/parprof: $(TOOL_OBJ)
	$(CC) $(TOOLFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/libparprof.so: $(SHIM_OBJ) collectors/preload/preload.map
	$(CC) $(SHIMFLAGS) $(LDFLAGS) -shared -Wl,-soname,libparprof.so \
		-Wl,--version-script=collectors/preload/preload.map -Wl,-z,now -o $@ $(SHIM_OBJ) -ldl

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(TOOLFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.pic.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(SHIMFLAGS) -MMD -MP -c -o $@ $<

# Text files that live in the tool: struct embedded[] of profiler/embedded.h.
$(O)/embedded.c: $(EMBED) profiler/embed.awk Makefile
	@mkdir -p $(@D)
	awk -f profiler/embed.awk $(EMBED) >$@

$(O)/embedded.o: $(O)/embedded.c
	$(CC) $(CPPFLAGS) $(TOOLFLAGS) -c -o $@ $<

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

clean: ## remove what was built
	rm -rf $(O)

.PHONY: all help clean
.DELETE_ON_ERROR:
-include $(SHIM_OBJ:.o=.d) $(TOOL_OBJ:.o=.d)
