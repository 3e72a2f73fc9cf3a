/*
 * assemble IN.txt OUT.raw: a raw log from its text form, so that golden logs can be read and
 * edited. A line is a word and name=value pairs; # begins a comment; text="…" takes the rest of the
 * line.
 *
 *   anchor ticks= ns=                        thread process= pid= tid=      it wrote what follows
 *   EVENT hook= weight= field=… text="…"     an event of collectors/events.def, written by it
 *   slot hook= caller= object= generation= count= [wait= wait_max= contended= failed= hold=
 *        hold_max= hold_samples= bucket=] [bytes= headers=]   an entry of its table
 *   table                                    its records and its table are handed over
 *   records  tick ticks=  gone process= ended= status= ticks=  end ticks=
 *
 * Values are numbers, or names of hooks. codes=1,2,3 are the words of a trailing array.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/hook.h"
#include "profiler/rawlog.h"
#include "profiler/schema.h"

#define SEGMENTS 64u
#define PAIRS_MAX 24

struct line {
	char *word, *text;
	int pairs;
	struct {
		char *name, *value;
	} pair[PAIRS_MAX];
};

static struct rawlog *raw;
static char *arena;
static uint32_t segments_used;
static int line_number;

static struct owner {
	struct thread_block *block; /* its segment also holds its log */
	uint32_t number, stats_number, log_from, log_to, slots;
} owners[SEGMENTS], *owner;

static void stop(const char *what, const char *which)
{
	fprintf(stderr, "assemble: line %d: %s %s\n", line_number, what, which ? which : "");
	exit(1);
}

static uint64_t number_of(const char *value)
{
	for (unsigned h = 1; h < hook_count; h++)
		if (!strcmp(hooks[h].name, value))
			return h;
	char *end;
	uint64_t number = strtoull(value, &end, 0);
	if (*end && *end != ',')
		stop("what is", value);
	return number;
}

static char *value_of(const struct line *l, const char *name)
{
	for (int i = 0; i < l->pairs; i++)
		if (!strcmp(l->pair[i].name, name))
			return l->pair[i].value;
	return NULL;
}

static uint64_t get(const struct line *l, const char *name)
{
	const char *value = value_of(l, name);
	return value ? number_of(value) : 0;
}

static bool split(char *string, struct line *l)
{
	*l = (struct line){.text = ""};
	string[strcspn(string, "\n")] = '\0';
	char *quote = strstr(string, "text=\"");
	if (quote) {
		l->text = quote + 6;
		*quote = '\0';
		if (strrchr(l->text, '"'))
			*strrchr(l->text, '"') = '\0';
	}
	for (char *word = strtok(string, " \t"); word && *word != '#'; word = strtok(NULL, " \t")) {
		char *equal = strchr(word, '=');
		if (!l->word) {
			l->word = word;
		} else if (equal && l->pairs < PAIRS_MAX) {
			*equal = '\0';
			l->pair[l->pairs].name = word;
			l->pair[l->pairs++].value = equal + 1;
		} else {
			stop("not name=value:", word);
		}
	}
	return l->word;
}

static uint32_t segment_new(enum segment_kind kind, uint32_t process, uint32_t pid, uint32_t tid)
{
	if (segments_used >= SEGMENTS)
		stop("too many segments", NULL);
	struct segment *s = (struct segment *)(arena + segment_offset(segments_used));
	s->kind = kind;
	s->process = process;
	s->pid = pid;
	s->tid = tid;
	return segments_used++;
}

static void flush(void)
{
	if (owner && owner->log_to > owner->log_from) {
		rawlog_write_records(raw, &owner->block->head, owner->log_from, owner->log_to);
		owner->log_from = owner->log_to;
	}
}

static void begin(uint32_t process, uint32_t pid, uint32_t tid)
{
	owner->number = segment_new(SEGMENT_THREAD, process, pid, tid);
	owner->stats_number = segment_new(SEGMENT_STATS, process, pid, tid);
	owner->block = (struct thread_block *)(arena + segment_offset(owner->number));
	uint32_t ref = arena_ref(arena, owner->block);
	owner->block->head.thread = ref;
	((struct segment *)(arena + segment_offset(owner->stats_number)))->thread = ref;
	owner->log_from = owner->log_to = (sizeof(*owner->block) + 7) & ~7u;
	owner->block->head.begin = owner->log_from;
}

/* The one that was begun before, or a new one. */
static void thread(const struct line *l)
{
	flush();
	uint32_t process = (uint32_t)get(l, "process"), tid = (uint32_t)get(l, "tid");
	for (owner = owners; owner->block; owner++)
		if (owner->block->head.process == process && owner->block->head.tid == tid)
			return;
	begin(process, (uint32_t)get(l, "pid"), tid);
}

static uint64_t site_of(const struct line *l)
{
	return get(l, "caller") | get(l, "hook") << 48;
}

static void put(void *at, enum field_type type, const struct line *l, const char *name)
{
	uint64_t value = strcmp(name, "site") ? get(l, name) : site_of(l);
	bool wide = type == FIELD_TIME || type == FIELD_OBJECT || type == FIELD_STACK ||
		    type == FIELD_CODE || type == FIELD_U64;
	memcpy(at, &value, wide ? 8 : 4);
}

static size_t put_codes(char *at, char *codes)
{
	size_t size = 0;
	for (char *c = codes; c; c = strchr(c, ',') ? strchr(c, ',') + 1 : NULL, size += 8) {
		uint64_t value = number_of(c);
		memcpy(at + size, &value, 8);
	}
	return size;
}

static void event(const struct line *l)
{
	const struct event_fact *e = event_facts;
	while (e->name && strcmp(e->name, l->word))
		e++;
	if (!e->name)
		stop("no event is called", l->word);
	if (!owner)
		stop("no thread yet", NULL);
	if (owner->log_to + 1024 > SEGMENT_SIZE)
		stop("too many records for one segment", NULL);
	char *start = (char *)owner->block + owner->log_to, *at = start + sizeof(struct record);
	for (const struct field_fact *f = e->fields; f->name; f++) {
		if (f->type == FIELD_TEXT)
			at = stpcpy(at, l->text) + 1;
		else if (f->type == FIELD_CODES)
			at += put_codes(at, value_of(l, "codes"));
		else
			put(at, f->type, l, f->name);
		at += field_size(f->type);
	}
	uint16_t size = (uint16_t)(((at - start) + 7) & ~7), weight = (uint16_t)get(l, "weight");
	*(struct record *)start = (struct record){size, (uint16_t)e->number,
						  (uint16_t)get(l, "hook"), weight ? weight : 1};
	owner->log_to += size;
	owner->block->records++;
}

static void slot(const struct line *l)
{
	struct stats *all =
	    (struct stats *)(arena + segment_offset(owner->stats_number) + sizeof(struct segment));
	struct slot *s = &owner->block->first_slot[owner->slots];
	*s = (struct slot){.object = get(l, "object"),
			   .site = site_of(l),
			   .generation = (uint32_t)get(l, "generation")};
	owner->block->first_counter[owner->slots] =
	    (struct counter){owner->slots + 1, get(l, "count")};
	if (value_of(l, "contended") || value_of(l, "hold_samples") || value_of(l, "failed") ||
	    value_of(l, "bytes")) {
		struct stats *t = &all[owner->slots];
		s->stats = arena_ref(arena, t);
		*t = (struct stats){.wait = get(l, "wait"),
				    .wait_max = get(l, "wait_max"),
				    .contended = (uint32_t)get(l, "contended"),
				    .failed = (uint32_t)get(l, "failed"),
				    .hold = get(l, "hold"),
				    .hold_max = get(l, "hold_max"),
				    .hold_weight = get(l, "hold_samples"),
				    .hold_samples = (uint32_t)get(l, "hold_samples")};
		if (value_of(l, "bytes")) {
			t->bytes = get(l, "bytes");
			t->headers = get(l, "headers");
		}
		t->hold_bucket[get(l, "bucket") % HOLD_BUCKETS] = t->hold_samples;
	}
	owner->slots++;
}

static void table(const struct line *l)
{
	(void)l;
	flush();
	uint32_t numbers[] = {owner->number, owner->stats_number};
	rawlog_write_thread_table(raw, owner->block, arena, numbers, 2);
}

static void records(const struct line *l)
{
	(void)l;
	flush();
}

static void anchor(const struct line *l)
{
	rawlog_write_anchor(raw, get(l, "ticks"), get(l, "ns"));
}

static void tick(const struct line *l)
{
	flush();
	rawlog_write_tick(raw, get(l, "ticks"));
}

static void gone(const struct line *l)
{
	flush();
	rawlog_write_process_gone(raw, (uint32_t)get(l, "process"),
				  (enum process_ended)get(l, "ended"), (int)get(l, "status"),
				  get(l, "ticks"));
}

static void end(const struct line *l)
{
	flush();
	exit(rawlog_close(raw, get(l, "ticks")) ? 1 : 0);
}

static const struct {
	const char *word;
	void (*act)(const struct line *);
} words[] = {{"anchor", anchor},   {"thread", thread}, {"slot", slot}, {"table", table},
	     {"records", records}, {"tick", tick},     {"gone", gone}, {"end", end}};

static void act(const struct line *l)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i].word, l->word)) {
			words[i].act(l);
			return;
		}
	event(l);
}

int main(int argc, char **argv)
{
	FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
	if (!in) {
		fprintf(stderr, "assemble IN.txt OUT.raw\n");
		return 2;
	}
	arena = calloc(1, ARENA_HEADER_SIZE + SEGMENTS * (size_t)SEGMENT_SIZE);
	struct arena_header *header = (struct arena_header *)arena;
	*header = (struct arena_header){.magic = LOG_MAGIC,
					.version = LOG_VERSION,
					.clock = CLOCK_TICKS_MONOTONIC_NS,
					.hold_interval = 64,
					.stack_depth = STACK_DEPTH_MAX,
					.recorder_pid = 99};
	raw = rawlog_create(argv[2], true, header);
	char string[4096];
	struct line l;
	for (line_number = 1; raw && fgets(string, sizeof(string), in); line_number++)
		if (split(string, &l))
			act(&l);
	stop("the log has no end", NULL);
	return 1;
}
