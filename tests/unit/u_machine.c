/* Machines that are not here: made of words, of a description in a file, of a folder with a /proc
 * and a /sys. */
#include "collectors/machine/batch.h"
#include "collectors/machine/cgroup.h"
#include "collectors/machine/cost.h"
#include "collectors/machine/machine.h"
#include "collectors/machine/topology.h"
#include "profiler/cost_cache.h"
#include "profiler/machine_store.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/render.h"
#include "reports/section.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TWO_SOCKETS                                                                                \
	"package:2 [numa(memory=8589934592)] l3:2(size=33554432) l2:4(size=1048576) "              \
	"l1d:1(size=49152) core:1 pu:2"

static void read_made(struct machine *m, const char *variable, const char *value)
{
	*m = (struct machine){0};
	setenv(variable, value, 1);
	topology_read(m);
	unsetenv(variable);
}

static int parts_of(const struct machine *m, const char *kind, int cpus)
{
	int count = 0;
	for (size_t i = 0; i < m->part_count; i++)
		count += !strcmp(m->parts[i].kind, kind) && m->parts[i].cpus == cpus;
	return count;
}

TEST(machine, two_sockets_with_two_threads_a_core)
{
	struct machine m;
	read_made(&m, "HWLOC_SYNTHETIC", TWO_SOCKETS);
	CU_ASSERT_EQUAL(m.packages, 2);
	CU_ASSERT_EQUAL(m.cores, 16);
	CU_ASSERT_EQUAL(m.cpus, 32);
	CU_ASSERT_EQUAL(m.threads_per_core, 2);
	CU_ASSERT_EQUAL(m.nodes, 2);
	CU_ASSERT_EQUAL(m.allowed_cpus, 32);
	CU_ASSERT_STRING_EQUAL(m.allowed_list, "0-31");
	CU_ASSERT_EQUAL(parts_of(&m, "L3", 8), 4);
	CU_ASSERT_EQUAL(parts_of(&m, "L2", 2), 16);
	CU_ASSERT_EQUAL(parts_of(&m, "core", 2), 16);
	CU_ASSERT_EQUAL(parts_of(&m, "cpu", 1), 32);
	CU_ASSERT_EQUAL(machine_last_cache(&m), 32u << 20);
	CU_ASSERT_PTR_NULL(m.core_kinds);
	CU_ASSERT_PTR_NULL(m.missing);
	machine_free(&m);
}

TEST(machine, a_part_comes_before_what_is_in_it)
{
	struct machine m;
	read_made(&m, "HWLOC_SYNTHETIC", TWO_SOCKETS);
	CU_ASSERT_STRING_EQUAL(m.parts[0].kind, "machine");
	CU_ASSERT_EQUAL(m.parts[0].parent, -1);
	for (int i = 1; i < (int)m.part_count; i++) {
		CU_ASSERT_TRUE(m.parts[i].parent >= 0 && m.parts[i].parent < i);
		CU_ASSERT_TRUE(m.parts[i].cpus <= m.parts[m.parts[i].parent].cpus);
	}
	machine_free(&m);
}

/* Cores 0 and 1 with two threads, 2 to 5 with one, described as a kernel would. */
static void write_hybrid(const char *path)
{
	hwloc_topology_t t;
	struct hwloc_info_s slow = {"CoreType", "IntelAtom"}, fast = {"CoreType", "IntelCore"};
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	hwloc_topology_init(&t);
	hwloc_topology_set_synthetic(t, "package:1 l3:1(size=25165824) core:6 pu:1");
	hwloc_topology_load(t);
	hwloc_bitmap_set_range(set, 0, 1);
	hwloc_cpukinds_register(t, set, 1, 1, &fast, 0);
	hwloc_bitmap_zero(set);
	hwloc_bitmap_set_range(set, 2, 5);
	hwloc_cpukinds_register(t, set, 0, 1, &slow, 0);
	CU_ASSERT_EQUAL(hwloc_topology_export_xml(t, path, 0), 0);
	hwloc_bitmap_free(set);
	hwloc_topology_destroy(t);
}

TEST(machine, cores_of_two_kinds)
{
	struct scratch s;
	struct machine m;
	scratch_begin(&s);
	write_hybrid(s.path);
	read_made(&m, "HWLOC_XMLFILE", s.path);
	CU_ASSERT_EQUAL(m.cores, 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m.core_kinds);
	CU_ASSERT_STRING_EQUAL(m.core_kinds, "2 IntelCore, 4 IntelAtom");
	machine_free(&m);
	scratch_end(&s);
}

TEST(machine, a_description_that_is_not_there_is_no_machine)
{
	struct machine m;
	read_made(&m, "HWLOC_COMPONENTS", "no_os,stop"); /* hwloc sees neither /sys nor CPUID */
	CU_ASSERT_EQUAL(m.cores, 0);
	CU_ASSERT_TRUE(m.cpus >= 1);
	CU_ASSERT_TRUE(m.allowed_cpus >= 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m.missing);
	CU_ASSERT_PTR_NOT_NULL(strstr(m.missing, "cores and caches: "));
	machine_free(&m);
}

/* ---- a root of another machine ---- */

static void put(const char *root, const char *path, const char *words)
{
	char whole[512];
	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(whole, 0700);
		*slash = '/';
	}
	FILE *f = fopen(whole, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(words, f);
	fclose(f);
}

#define MOUNT_V2 "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

TEST(machine, a_group_is_limited_by_those_above_it)
{
	struct scratch s;
	struct cgroup_limits l;
	scratch_begin(&s);
	put(s.folder, "/proc/self/mountinfo", "22 1 0:20 / /sys rw - sysfs sysfs rw\n" MOUNT_V2);
	put(s.folder, "/proc/self/cgroup", "0::/user.slice/job\n");
	put(s.folder, "/sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
	put(s.folder, "/sys/fs/cgroup/user.slice/job/memory.max", "4294967296\n");
	put(s.folder, "/sys/fs/cgroup/user.slice/cpu.max", "250000 100000\n");
	put(s.folder, "/sys/fs/cgroup/user.slice/memory.max", "max\n");
	cgroup_read(&l, s.folder);
	CU_ASSERT_EQUAL(l.cpus, 2.5);
	CU_ASSERT_EQUAL(l.memory, 4294967296u);
	CU_ASSERT_STRING_EQUAL(l.cpus_from, "/sys/fs/cgroup/user.slice/cpu.max");
	CU_ASSERT_STRING_EQUAL(l.memory_from, "/sys/fs/cgroup/user.slice/job/memory.max");
	put(s.folder, "/sys/fs/cgroup/user.slice/job/cpu.max", "50000 100000\n");
	cgroup_read(&l, s.folder);
	CU_ASSERT_EQUAL(l.cpus, 0.5);
	scratch_end(&s);
}

TEST(machine, version_1_has_its_own_files)
{
	struct scratch s;
	struct cgroup_limits l;
	scratch_begin(&s);
	put(s.folder, "/proc/self/mountinfo",
	    "31 30 0:28 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	    "34 30 0:31 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
	put(s.folder, "/proc/self/cgroup",
	    "4:memory:/docker/abc\n3:cpuset:/\n2:cpuacct,cpu:/docker/abc\n1:name=systemd:/\n0::/"
	    "\n");
	put(s.folder, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
	put(s.folder, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	put(s.folder, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	cgroup_read(&l, s.folder);
	CU_ASSERT_EQUAL(l.cpus, 1.5);
	CU_ASSERT_EQUAL(l.memory, 0);
	put(s.folder, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
	put(s.folder, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
	cgroup_read(&l, s.folder);
	CU_ASSERT_EQUAL(l.cpus, 0);
	CU_ASSERT_EQUAL(l.memory, 1073741824u);
	scratch_end(&s);
}

TEST(machine, facts_come_from_files_and_what_lacks_is_told)
{
	struct scratch s;
	struct machine m;
	scratch_begin(&s);
	put(s.folder, "/proc/cpuinfo",
	    "processor\t: 0\nmodel name\t: Fast 9000\ncpu MHz\t\t: 1234.5\nflags\t\t: fpu sse2\n");
	put(s.folder, "/proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
	put(s.folder, "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4700000\n");
	put(s.folder, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
	put(s.folder, "/sys/class/dmi/id/product_name", "VMware7,1\n");
	put(s.folder, "/run/systemd/container", "lxc\n");
	machine_read(&m, s.folder);
	CU_ASSERT_STRING_EQUAL(m.cpu_model, "Fast 9000");
	CU_ASSERT_EQUAL(m.memory_bytes, 16384 * 1024);
	CU_ASSERT_EQUAL(m.mhz_max, 4700);
	CU_ASSERT_EQUAL(m.mhz_now, 1234.5);
	CU_ASSERT_STRING_EQUAL(m.governor, "powersave");
	CU_ASSERT_STRING_EQUAL(m.virtual_machine, "VMware");
	CU_ASSERT_STRING_EQUAL(m.container, "lxc");
	CU_ASSERT_EQUAL(m.quota_cpus, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m.missing);
	CU_ASSERT_PTR_NOT_NULL(strstr(m.missing, "the kernel's clock: "));
	machine_free(&m);
	scratch_end(&s);
}

/* ---- stored, and told ---- */

static void told(struct text *out, const char *synthetic, double quota, int width)
{
	struct scratch s;
	struct machine m;
	struct model model;
	struct look look = {.terminal = {.width = width, .style.utf8 = true}};
	const struct section *section = section_find(SECTION_machine);
	scratch_begin(&s);
	read_made(&m, "HWLOC_SYNTHETIC", synthetic);
	m.quota_cpus = quota;
	struct store *store = store_create(s.path, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(store);
	machine_store(store, &m);
	CU_ASSERT_EQUAL_FATAL(section_read(&model, store, section), 0);
	render_section(out, &model, section, &look);
	model_free(&model);
	store_close(store);
	machine_free(&m);
	scratch_end(&s);
}

static void has(const struct text *out, const char *words)
{
	bool found = strstr(text_string(out), words);
	if (!found)
		printf("'%s' is not in:\n%s\n", words, text_string(out));
	CU_ASSERT_TRUE(found);
}

TEST(machine, is_told_in_a_sentence)
{
	struct text out = {0};
	told(&out, TWO_SOCKETS, 2.5, 0);
	has(&out, "16 cores (2 packages, 2 NUMA nodes, up to 2 threads each), 48 kB L1d, 1 MB L2 "
		  "each, 4 × 32 MB L3; 2.5 CPUs allowed, by quota, on 32; 16 GB memory.");
	text_clear(&out);
	told(&out, "package:1 l3:1(size=8388608) core:2 pu:1", 0, 0);
	has(&out, "2 cores (1 package, no SMT), 8 MB L3 shared; 2 CPUs allowed;");
	text_free(&out);
}

TEST(machine, alike_parts_are_drawn_once)
{
	struct text out = {0};
	told(&out, TWO_SOCKETS, 0, 80);
	has(&out, "machine: CPU 0-31\n"
		  "├─ package 0, NUMA node 0 8 GB: CPU 0-15\n"
		  "│  ├─ L3 32 MB: CPU 0-7\n"
		  "│  │  └─ 4 × L2 1 MB, L1d 48 kB, core with 2 CPUs: CPU 0-7\n"
		  "│  └─ L3 32 MB: CPU 8-15\n"
		  "│     └─ 4 × L2 1 MB, L1d 48 kB, core with 2 CPUs: CPU 8-15\n"
		  "└─ package 1, NUMA node 1 8 GB: CPU 16-31\n");
	text_free(&out);
}

/* Screen columns: bytes that do not go on with a character. */
TEST(machine, is_readable_in_80_columns)
{
	struct text out = {0};
	told(&out,
	     "package:2 [numa] die:2 [numa] l3:4(size=1310720) l2:2 l1d:2 l1i:1 core:1 pu:2 "
	     "(indexes=0,9,5,12)",
	     0, 80);
	told(&out, TWO_SOCKETS, 0, 80);
	const char *tree = strstr(text_string(&out), "Parts:");
	CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
	int column = 0;
	for (const char *c = tree; *c; c++) {
		column = *c == '\n' ? 0 : column + (((unsigned char)*c & 0xc0) != 0x80);
		CU_ASSERT_TRUE(column <= 80);
	}
	text_free(&out);
}

/* ---- costs ---- */

TEST(machine, quartiles_are_those_of_the_batches)
{
	struct machine_costs costs = {.count = 0};
	struct batches b = {.count = 0};
	batches_add_cost(&costs, COST_pipe, 1, 1, &b);
	CU_ASSERT_EQUAL(costs.count, 0); /* nothing was measured */
	for (int i = 9; i >= 1; i--)
		b.value[b.count++] = i;
	batches_add_cost(&costs, COST_pipe, 1, 4, &b);
	CU_ASSERT_EQUAL_FATAL(costs.count, 1);
	CU_ASSERT_EQUAL(costs.cost[0].low, 3);
	CU_ASSERT_EQUAL(costs.cost[0].median, 5);
	CU_ASSERT_EQUAL(costs.cost[0].high, 7);
	CU_ASSERT_EQUAL(costs.cost[0].batches, 9);
	CU_ASSERT_TRUE(cost_noisy(&costs.cost[0]));
	CU_ASSERT_TRUE(costs_noisy(&costs));
	costs.cost[0].low = 4.9;
	costs.cost[0].high = 5.1;
	CU_ASSERT_FALSE(costs_noisy(&costs));
	costs.others = 0.9;
	CU_ASSERT_TRUE(costs_noisy(&costs));
}

static bool ten_microseconds(void *data, int times)
{
	uint64_t until = batch_now_ns() + (uint64_t)times * 10000;
	*(long *)data += times;
	while (batch_now_ns() < until)
		;
	return true;
}

static bool nothing_works(void *data, int times)
{
	*(long *)data += times;
	return false;
}

TEST(machine, batches_measure_what_was_done)
{
	struct machine_costs costs = {.count = 0};
	long done = 0;
	batch_measure(&costs, COST_pipe, 5000000, ten_microseconds, &done);
	CU_ASSERT_EQUAL_FATAL(costs.count, 1);
	const struct cost *c = &costs.cost[0];
	CU_ASSERT_EQUAL(done, 1 + 4 + (long)c->batches * c->times); /* 1 and 4: to warm up */
	CU_ASSERT_TRUE(c->batches >= BATCHES_MIN && c->batches <= BATCHES_MAX);
	CU_ASSERT_TRUE(c->low >= 10000 && c->median >= c->low && c->high >= c->median);
	batch_measure(&costs, COST_queue, 5000000, nothing_works, &done);
	CU_ASSERT_EQUAL(costs.count, 1);
}

static double median(const struct machine_costs *costs, enum cost_number number)
{
	return costs_find(costs, number, 1)->median;
}

static const enum cost_number ordered[] = {COST_lock_pair, COST_wake_up,     COST_hand_over,
					   COST_pipe,	   COST_create_join, COST_fork_wait,
					   COST_read};

/* What a busy machine gave no time for is left out. */
static bool has_all(const struct machine_costs *costs, const struct machine *m)
{
	for (size_t i = 0; i < sizeof(ordered) / sizeof(*ordered); i++)
		if (!costs_find(costs, ordered[i], 1))
			return false;
	return costs_find(costs, COST_copy, (int)m->allowed_cpus);
}

/* What is more work takes longer, on any machine. */
static bool in_order(const struct machine_costs *costs)
{
	double pair = median(costs, COST_lock_pair), create = median(costs, COST_create_join);

	return pair < 2000 && median(costs, COST_wake_up) > pair * 5 &&
	       median(costs, COST_hand_over) > pair * 5 && median(costs, COST_pipe) > pair * 10 &&
	       create > pair * 20 && median(costs, COST_fork_wait) > create;
}

#define TRIES 5

/* On a busy machine a thread may wait for a core while a process does not: so at the last try. */
TEST(machine, costs_are_in_order)
{
	struct machine m;
	struct machine_costs costs;
	machine_read(&m, "");
	int tries = 0;
	do {
		uint64_t begin = batch_now_ns();
		costs_measure_all(&costs, &m);
		CU_ASSERT_TRUE(batch_now_ns() - begin < 10ull * COSTS_LIMIT_NS);
	} while ((!has_all(&costs, &m) || !in_order(&costs)) && ++tries < TRIES);
	CU_ASSERT_FATAL(has_all(&costs, &m));
	for (size_t i = 0; i < costs.count; i++) {
		const struct cost *c = &costs.cost[i];
		CU_ASSERT_TRUE(c->low > 0 && c->low <= c->median && c->median <= c->high);
		CU_ASSERT_TRUE(c->batches >= 3 && c->times >= 1);
	}
	CU_ASSERT_TRUE(in_order(&costs));
	CU_ASSERT_TRUE(median(&costs, COST_read) > 1e8 && median(&costs, COST_read) < 1e12);
	CU_ASSERT_TRUE(costs.array_bytes <= 512u << 20);
	CU_ASSERT_TRUE(costs.others >= 0 && costs.others <= 1.1);
	machine_free(&m);
}

/* ---- remembered ---- */

static bool remembered(const struct machine *m, struct machine_costs *costs, const char *why_not)
{
	struct text why = {0};
	bool found = cost_cache_read(costs, m, &why);
	CU_ASSERT_EQUAL(found, why.length == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&why), why_not));
	text_free(&why);
	return found;
}

TEST(machine, costs_are_remembered_for_the_same_machine_only)
{
	struct scratch s;
	struct machine m = {
	    .cpu_model = "Fast 9000", .kernel = "6.1", .cpus = 4, .allowed_cpus = 4};
	struct machine other = m;
	struct machine_costs costs = {.cost = {{COST_pipe, 1, 1.25, 1.5, 1e9 / 3, 9, 7},
					       {COST_read, 4, 1, 2, 3, 4, 1}},
				      .count = 2,
				      .others = 0.0625,
				      .array_bytes = 77,
				      .measured_unix_ns = 1234567890123456789},
			     got;
	scratch_begin(&s);
	setenv("XDG_CACHE_HOME", s.folder, 1);
	CU_ASSERT_FALSE(remembered(&m, &got, "not measured yet"));
	CU_ASSERT_EQUAL(cost_cache_write(&costs, &m), 0);
	CU_ASSERT_TRUE(remembered(&m, &got, ""));
	CU_ASSERT_EQUAL(got.count, 2);
	CU_ASSERT_EQUAL(got.others, costs.others);
	CU_ASSERT_EQUAL(got.array_bytes, costs.array_bytes);
	CU_ASSERT_EQUAL(got.measured_unix_ns, costs.measured_unix_ns);
	for (size_t i = 0; i < got.count; i++) {
		CU_ASSERT_EQUAL(got.cost[i].number, costs.cost[i].number);
		CU_ASSERT_EQUAL(got.cost[i].threads, costs.cost[i].threads);
		CU_ASSERT_EQUAL(got.cost[i].high, costs.cost[i].high);
		CU_ASSERT_EQUAL(got.cost[i].times, costs.cost[i].times);
	}
	other.kernel = "6.2";
	CU_ASSERT_FALSE(remembered(&other, &got, "with this processor, kernel"));
	other = m;
	other.quota_cpus = 2.5;
	CU_ASSERT_FALSE(remembered(&other, &got, "with this processor, kernel"));
	setenv("XDG_CACHE_HOME", "/proc/none", 1);
	CU_ASSERT_EQUAL(cost_cache_write(&costs, &m), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&s), "are not remembered: /proc/none"));
	unsetenv("XDG_CACHE_HOME");
	scratch_end(&s);
}
