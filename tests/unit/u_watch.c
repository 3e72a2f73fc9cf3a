#include "profiler/watch.h"
#include "tests/unit/fake_target.h"
#include "tests/unit/unit.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was handed on, and whether each thread's records came in the order it wrote them. */
struct seen {
	uint64_t records, out_of_order, threads, processes;
	uint32_t next[SEGMENT_COUNT_MAX]; /* by the ref of the thread block, in segments */
	uint32_t segments;		  /* of the last thread */
	enum process_ended ended;	  /* of the last process */
	int status;
};

static uint32_t index_of(const struct segment *s)
{
	uint32_t ref = s->thread;
	return (uint32_t)((((uint64_t)ref << 3) - ARENA_HEADER_SIZE) / SEGMENT_SIZE) %
	       SEGMENT_COUNT_MAX;
}

static uint32_t on_records(void *data, const struct segment *s, uint32_t from, uint32_t to)
{
	struct seen *seen = data;
	while (from < to) {
		const struct log_poll *poll = (const void *)((const char *)s + from);
		if (!__atomic_load_n((const uint64_t *)poll, __ATOMIC_ACQUIRE))
			break;
		if (poll->head.size != sizeof(*poll))
			return to; /* as the ingest does with a damaged record */
		seen->out_of_order += poll->count != seen->next[index_of(s)]++;
		seen->records++;
		from += poll->head.size;
	}
	return from;
}

static void on_thread(void *data, const struct thread_block *t, const uint32_t *segments,
		      uint32_t count)
{
	struct seen *seen = data;
	(void)segments;
	seen->threads++;
	seen->segments = count;
	seen->next[index_of(&t->head)] = 0;
}

static void on_process(void *data, uint32_t number, enum process_ended ended, int status,
		       uint64_t ticks)
{
	struct seen *seen = data;
	(void)number, (void)ticks;
	seen->processes++;
	seen->ended = ended;
	seen->status = status;
}

static struct seen seen;

static struct arena *begin(struct watch *w, uint32_t limit)
{
	struct arena_settings settings = {CLOCK_TICKS_MONOTONIC_NS, 64, 64, limit};
	struct watch_sink sink = {&seen, on_records, on_thread, on_process};
	struct arena *a = arena_create(&settings);
	memset(&seen, 0, sizeof(seen));
	watch_open(w, a, &sink);
	return a;
}

static void end(struct watch *w)
{
	struct arena *a = w->arena;
	watch_free(w);
	arena_destroy(a);
}

/* Until all that ended is noticed, which the kernel may report a moment later. */
static void tick_until(struct watch *w, const uint64_t *value, uint64_t wanted)
{
	for (int i = 0; i < 2000 && *value < wanted; i++) {
		w->look_at_all_ns = 0;
		watch_tick(w, 1);
		if (*value < wanted)
			usleep(1000);
	}
}

TEST(watch, reads_what_is_committed_and_no_more)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 0);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	for (int i = 0; i < 3; i++)
		fake_write(&t);
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.records, 3);
	CU_ASSERT_EQUAL(w.bytes, 3 * sizeof(struct log_poll));
	CU_ASSERT_EQUAL(watch_tick(&w, 1), 0);
	fake_write(&t);
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.records, 4);
	CU_ASSERT_EQUAL(seen.threads, 0);
	end(&w);
}

TEST(watch, recycles_sealed_logs_and_keeps_order)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 0);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	for (int i = 0; i < 200000; i++) {
		CU_ASSERT_TRUE_FATAL(fake_write(&t));
		if (i % 5000 == 0)
			watch_tick(&w, 1);
	}
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.records, 200000);
	CU_ASSERT_EQUAL(seen.out_of_order, 0);
	CU_ASSERT_TRUE(a->populated <= 1200);
	end(&w);
}

TEST(watch, a_full_arena_fills_again_once_it_was_read)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 300);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	while (fake_write(&t))
		;
	uint64_t written = t.written;
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.records, written);
	CU_ASSERT_TRUE(fake_write(&t));
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.records, written + 1);
	CU_ASSERT_EQUAL(seen.out_of_order, 0);
	end(&w);
}

TEST(watch, freed_tables_come_back)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 0);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	struct segment *table = fake_thread_claim(&t, SEGMENT_TABLE);
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(w.taken_count, 3);
	table->freed = 1;
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(w.taken_count, 2);
	CU_ASSERT_EQUAL(table->kind, SEGMENT_NONE);
	end(&w);
}

struct writer {
	struct arena_header *arena;
	uint64_t records, written;
};

static void *write_some(void *data)
{
	struct writer *writer = data;
	struct fake_thread t;
	fake_thread_begin(&t, writer->arena, 1);
	fake_thread_claim(&t, SEGMENT_TABLE);
	for (uint64_t i = 0; i < writer->records; i++)
		writer->written += fake_write(&t);
	t.block->ended = 1;
	return NULL;
}

TEST(watch, threads_that_are_gone_give_everything_back)
{
	struct watch w;
	struct arena *a = begin(&w, 0);
	pthread_t thread[4];
	struct writer writer[4];
	uint64_t written = 0;
	fake_process(a->header, 1);
	for (int i = 0; i < 4; i++) {
		writer[i] = (struct writer){a->header, 20000, 0};
		pthread_create(&thread[i], NULL, write_some, &writer[i]);
	}
	for (int i = 0; i < 50; i++) {
		watch_tick(&w, 1);
		usleep(200);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
		written += writer[i].written;
	}
	tick_until(&w, &seen.threads, 4);
	CU_ASSERT_EQUAL(seen.threads, 4);
	CU_ASSERT_EQUAL(seen.records, written);
	CU_ASSERT_EQUAL(seen.out_of_order, 0);
	CU_ASSERT_EQUAL(w.taken_count, 1); /* the process block */
	CU_ASSERT_EQUAL(seen.processes, 0);
	end(&w);
}

static pid_t fork_target(struct arena *a, uint32_t number, bool says_end)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	struct process_block *p = fake_process(a->header, number);
	struct fake_thread t;
	fake_thread_begin(&t, a->header, number);
	fake_write(&t);
	p->ended = says_end;
	if (!says_end)
		kill(getpid(), SIGKILL);
	_exit(0);
}

TEST(watch, a_killed_process_loses_nothing)
{
	struct watch w;
	struct arena *a = begin(&w, 0);
	waitpid(fork_target(a, 1, false), NULL, 0);
	tick_until(&w, &seen.processes, 1);
	CU_ASSERT_EQUAL(seen.records, 1);
	CU_ASSERT_EQUAL(seen.threads, 1);
	CU_ASSERT_EQUAL(seen.processes, 1);
	CU_ASSERT_EQUAL(seen.ended, PROCESS_KILLED);
	CU_ASSERT_EQUAL(w.taken_count, 0);
	CU_ASSERT_EQUAL(watch_running(&w), 0);
	end(&w);
}

TEST(watch, a_zombie_is_gone)
{
	struct watch w;
	struct arena *a = begin(&w, 0);
	pid_t pid = fork_target(a, 1, true);
	siginfo_t info;
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	tick_until(&w, &seen.processes, 1);
	CU_ASSERT_EQUAL(seen.processes, 1);
	CU_ASSERT_EQUAL(seen.ended, PROCESS_EXITED);
	waitpid(pid, NULL, 0);
	end(&w);
}

TEST(watch, the_status_of_our_child_is_handed_on)
{
	struct watch w;
	int status;
	struct arena *a = begin(&w, 0);
	pid_t pid = fork_target(a, 1, false);
	waitpid(pid, &status, 0);
	watch_child_ended(&w, (uint32_t)pid, status);
	tick_until(&w, &seen.processes, 1);
	CU_ASSERT_EQUAL(seen.status, SIGKILL);
	end(&w);
}

TEST(watch, a_new_image_ends_the_older_one)
{
	struct watch w;
	struct arena *a = begin(&w, 0);
	fake_process(a->header, 1);
	watch_tick(&w, 1);
	fake_process(a->header, 2);
	watch_tick(&w, 2);
	watch_tick(&w, 3);
	CU_ASSERT_EQUAL(seen.processes, 1);
	CU_ASSERT_EQUAL(seen.ended, PROCESS_EXECED);
	CU_ASSERT_EQUAL(watch_running(&w), 1);
	end(&w);
}

TEST(watch, processes_of_another_namespace_run_to_the_end)
{
	struct watch w;
	struct arena *a = begin(&w, 0);
	struct process_block *p = fake_process(a->header, 1);
	p->parent_pid = 0;
	p->pid = p->head.pid = 4194303; /* no such process here */
	w.look_at_all_ns = 0;
	watch_tick(&w, 1);
	CU_ASSERT_EQUAL(seen.processes, 0);
	CU_ASSERT_EQUAL(watch_running(&w), 1);
	watch_finish(&w, 2);
	CU_ASSERT_EQUAL(seen.ended, PROCESS_RUNNING);
	end(&w);
}

TEST(watch, the_end_reads_those_that_still_run)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 0);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	for (int i = 0; i < 2000; i++)
		fake_write(&t);
	watch_finish(&w, 2);
	CU_ASSERT_EQUAL(seen.records, 2000);
	CU_ASSERT_EQUAL(seen.threads, 1);
	CU_ASSERT_EQUAL(seen.processes, 1);
	CU_ASSERT_EQUAL(seen.ended, PROCESS_RUNNING);
	end(&w);
}

/* Segments full of noise of every kind must neither crash us nor stop the others. */
TEST(watch, survives_scribbled_segments)
{
	struct watch w;
	struct fake_thread t;
	struct arena *a = begin(&w, 0);
	srand(1);
	fake_process(a->header, 1);
	fake_thread_begin(&t, a->header, 1);
	for (int i = 0; i < 3000; i++) {
		struct segment *s = fake_claim(a->header, SEGMENT_NONE, 1);
		if (s) {
			uint32_t *words = (uint32_t *)s;
			for (size_t j = 1; j < SEGMENT_SIZE / 4; j += (size_t)(rand() % 64) + 1)
				words[j] = rand() % 3 ? (uint32_t)rand() % 20000 : (uint32_t)rand();
			s->process = 1;
			s->kind = (uint32_t)rand() % 9;
			if (s->kind == SEGMENT_THREAD || s->kind == SEGMENT_PROCESS)
				s->pid = (uint32_t)getpid();
		}
		if (i % 50 == 0)
			watch_tick(&w, 1);
	}
	uint64_t odd = 0;
	for (int i = 0; i < ODD_LIMIT; i++)
		odd += w.odd[i];
	CU_ASSERT_TRUE(odd > 0);
	watch_finish(&w, 2);
	CU_ASSERT_TRUE(seen.threads >= 1);
	end(&w);
}
