#include "reports/replay/select.h"
#include "profiler/hash.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

static const char names_of_locks[] =
    "SELECT g.lock, n.name, n.place, l.name, l.place FROM lock_group g"
    " JOIN lock_name n ON n.lock = g.lock LEFT JOIN lock_name l ON l.lock = g.leader";
static const char locks_of_leader[] = "SELECT lock FROM lock_group WHERE leader = ?1";
static const char functions_of_stacks[] =
    "SELECT stack, function FROM stack_line WHERE function IS NOT NULL"
    " ORDER BY stack, position, depth DESC";
static const char names_of_threads[] = "SELECT t.thread, t.name, c.function FROM thread_summary t"
				       " LEFT JOIN code_name c ON c.code = t.routine";
static const char frames[] = "SELECT DISTINCT stack, position, address FROM stack_line"
			     " WHERE position < 3 ORDER BY stack, position";

static int compile(regex_t *r, const char *words)
{
	int wrong = regcomp(r, words, REG_EXTENDED | REG_NOSUB);
	char reason[128];
	if (!wrong)
		return 0;
	regerror(wrong, r, reason, sizeof(reason));
	return error("'%s' is not a regular expression: %s", words, reason);
}

static bool matches(const regex_t *r, const char *text)
{
	return text && regexec(r, text, 0, NULL, 0) == 0;
}

static int ended(struct query *q)
{
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

/* Marks the objects of the program that are this lock. */
static void mark_lock(struct edit *e, const struct replay *r, int64_t lock)
{
	for (uint32_t i = 0; i < e->objects; i++) {
		uint32_t h = r->program.object[i].history;
		if (h == NOTHING || r->history->object[h].lock != lock)
			continue;
		if (r->program.object[i].kind == OBJECT_LOCK ||
		    r->program.object[i].kind == OBJECT_SPIN)
			e->object[i] = true;
	}
}

static void begin_objects(struct edit *e, const struct replay *r)
{
	e->objects = (uint32_t)r->program.objects;
	e->object = memory_new(e->objects + 1, sizeof(*e->object));
}

static bool any(const bool *set, size_t count)
{
	return set && memchr(set, true, count);
}

static int find_locks(struct edit *e, const char *words, struct store *store,
		      const struct replay *r)
{
	regex_t regex;
	if (compile(&regex, words))
		return -1;
	begin_objects(e, r);
	struct query *q = store_query(store, names_of_locks);
	while (query_step(q)) {
		bool found = false;
		for (int column = 1; column <= 4; column++)
			found |= matches(&regex, query_text(q, column));
		if (found)
			mark_lock(e, r, query_int(q, 0));
	}
	regfree(&regex);
	if (ended(q))
		return -1;
	if (!any(e->object, e->objects))
		return error("no lock that was used matches '%s'; `parprof report` lists them",
			     words);
	return 0;
}

static uint32_t stack_count(const struct replay *r)
{
	uint32_t most = 0;
	for (size_t i = 0; i < r->program.ops; i++)
		if (r->program.op[i].stack > most)
			most = r->program.op[i].stack;
	return most + 1;
}

static void begin_stacks(struct edit *e, const struct replay *r)
{
	e->stacks = stack_count(r);
	e->stack = memory_new(e->stacks, sizeof(*e->stack));
}

static int find_stacks(struct edit *e, const char *words, struct store *store,
		       const struct replay *r)
{
	regex_t regex;
	if (compile(&regex, words))
		return -1;
	begin_stacks(e, r);
	struct query *q = store_query(store, functions_of_stacks);
	while (query_step(q)) {
		int64_t stack = query_int(q, 0);
		if (stack < e->stacks && !e->stack[stack])
			e->stack[stack] = matches(&regex, query_text(q, 1));
	}
	regfree(&regex);
	return ended(q);
}

static int find_threads(bool *thread, const char *words, bool by_name, struct store *store,
			const struct history *h)
{
	regex_t regex;
	struct hash index; /* thread.id -> index */
	bool fresh;
	if (compile(&regex, words))
		return -1;
	hash_init(&index, sizeof(uint32_t));
	for (uint32_t i = 0; i < h->threads; i++)
		*(uint32_t *)hash_put(&index, (uint64_t)h->thread[i].id, 1, &fresh) = i;
	struct query *q = store_query(store, names_of_threads);
	while (query_step(q)) {
		const uint32_t *i = hash_get(&index, (uint64_t)query_int(q, 0), 1);
		if (i && (matches(&regex, query_text(q, 2)) ||
			  (by_name && matches(&regex, query_text(q, 1)))))
			thread[*i] = true;
	}
	hash_free(&index);
	regfree(&regex);
	return ended(q);
}

static int find_function(struct edit *e, const char *words, struct store *store,
			 const struct replay *r)
{
	e->threads = (uint32_t)r->history->threads;
	e->thread = memory_new(e->threads + 1, sizeof(*e->thread));
	if (find_stacks(e, words, store, r) ||
	    find_threads(e->thread, words, false, store, r->history))
		return -1;
	for (size_t i = 0; i < r->program.ops; i++)
		if (e->stack[r->program.op[i].stack])
			return 0;
	if (any(e->thread, e->threads))
		return 0;
	return error("no function that matches '%s' was seen: only those show that take locks, "
		     "wait, sleep or start a thread, or call what does",
		     words);
}

/* The words of an identifier: read_section, ReadSection, cache2. */
static const char *next_word(const char *at, char *word, size_t room)
{
	size_t n = 0;
	while (*at && !isalpha((unsigned char)*at))
		at++;
	while (isalpha((unsigned char)*at) &&
	       (!n || !isupper((unsigned char)*at) || isupper((unsigned char)at[-1]))) {
		if (n + 1 < room)
			word[n++] = (char)tolower((unsigned char)*at);
		at++;
	}
	word[n] = 0;
	return n ? at : NULL;
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

enum reading select_reading(const char *function)
{
	static const char *const read[] = {
	    "read", "reader", "get",   "find", "lookup", "look",  "search", "contains", "has",
	    "peek", "load",   "count", "size", "is",	 "query", "exists", "view",	NULL};
	static const char *const write[] = {
	    "write",  "writer", "set",	   "put",    "add",	  "insert", "update",
	    "remove", "delete", "erase",   "push",   "pop",	  "store",  "append",
	    "clear",  "free",	"alloc",   "change", "modify",	  "reset",  "create",
	    "make",   "swap",	"replace", "inc",    "increment", "book",   NULL};
	enum reading found = READS_UNKNOWN;
	char word[32];
	const char *paren = strchr(function, '('), *at = function;
	while ((at = next_word(at, word, sizeof(word))) && (!paren || at <= paren)) {
		if (is_one_of(word, write))
			return READS_NOT;
		if (is_one_of(word, read))
			found = READS_SURELY;
	}
	return found;
}

/* By the innermost function whose name tells. */
static int guess_readers(struct edit *e, struct store *store, const struct replay *r)
{
	begin_stacks(e, r);
	e->stack_surely = memory_new(e->stacks, sizeof(*e->stack_surely));
	unsigned char *known = memory_new(e->stacks, 1);
	memset(e->stack, true, e->stacks);
	struct query *q = store_query(store, functions_of_stacks);
	while (query_step(q)) {
		int64_t stack = query_int(q, 0);
		enum reading reading = READS_UNKNOWN;
		if (stack < e->stacks && !known[stack])
			reading = select_reading(query_text(q, 1));
		if (reading == READS_UNKNOWN)
			continue;
		known[stack] = 1;
		e->stack[stack] = e->stack_surely[stack] = reading == READS_SURELY;
	}
	free(known);
	return ended(q);
}

/* LOCK, or LOCK@FUNCTION: only the functions that match read. */
static int find_rwlock(struct edit *e, char *words, struct store *store, const struct replay *r)
{
	char *at = strrchr(words, '@');
	if (at)
		*at++ = 0;
	if (find_locks(e, words, store, r))
		return -1;
	if (!at)
		return guess_readers(e, store, r);
	if (find_stacks(e, at, store, r))
		return -1;
	e->factor = 1; /* known: no levels */
	return 0;
}

static int wrong(enum edit_kind kind, const char *words, const char *what)
{
	return error("--%s %s: %s", edit_names[kind], words, what);
}

/* The number behind the last '='. */
static int split_factor(char *words, enum edit_kind kind, double *factor)
{
	static const struct {
		double least, most;
		const char *what;
	} range[EDIT_KIND_COUNT] = {
	    [EDIT_hold] = {0, 1000, "wants =C, a factor for the time, such as 0.5"},
	    [EDIT_split] = {2, 4096, "wants =K, a number of locks from 2 on"},
	    [EDIT_batch] = {2, 1e6, "wants =B, sections to be done as one, from 2 on"},
	    [EDIT_move] = {0, 1, "wants =C, the share to be moved out, from 0 to 1"},
	    [EDIT_serial] = {2, 4096, "wants =K, a number of threads from 2 on"},
	    [EDIT_function] = {0, 1000, "wants =C, a factor for the time, such as 0.5"},
	};
	char *sign = strrchr(words, '='), *end;
	if (!range[kind].what)
		return 0;
	*factor = sign ? strtod(sign + 1, &end) : -1;
	if (!sign || end == sign + 1 || *end || *factor < range[kind].least ||
	    *factor > range[kind].most)
		return wrong(kind, words, range[kind].what);
	*sign = 0;
	return 0;
}

int select_edit(struct edit *e, enum edit_kind kind, const char *words, struct store *store,
		const struct replay *r)
{
	char *copy = memory_copy(words);
	int result = -1;
	*e = (struct edit){.kind = kind};
	if (split_factor(copy, kind, &e->factor))
		;
	else if (kind == EDIT_rwlock)
		result = find_rwlock(e, copy, store, r);
	else if (kind == EDIT_serial || kind == EDIT_function)
		result = find_function(e, copy, store, r);
	else
		result = find_locks(e, copy, store, r);
	free(copy);
	return result;
}

int select_leader(struct edit *e, enum edit_kind kind, int64_t leader, double factor,
		  struct store *store, const struct replay *r)
{
	*e = (struct edit){.kind = kind, .factor = factor};
	begin_objects(e, r);
	struct query *q = store_query(store, locks_of_leader);
	query_bind_int(q, 1, leader);
	while (query_step(q))
		mark_lock(e, r, query_int(q, 0));
	return ended(q);
}

void select_stack(struct edit *e, enum edit_kind kind, uint32_t stack, double factor,
		  const struct replay *r)
{
	*e = (struct edit){.kind = kind, .factor = factor};
	begin_stacks(e, r);
	if (stack < e->stacks)
		e->stack[stack] = true;
}

void select_free(struct edit *e)
{
	free(e->object);
	free(e->stack);
	free(e->stack_surely);
	free(e->thread);
}

int select_group(uint32_t *group, const char *words, struct store *store, const struct replay *r)
{
	bool *thread = memory_new(r->history->threads + 1, sizeof(*thread));
	int64_t most = -1;
	*group = NOBODY;
	int result = find_threads(thread, words, true, store, r->history);
	for (size_t i = 0; !result && i < r->crews.count; i++) {
		const struct crew *c = &r->crews.crew[i];
		bool found = false;
		for (uint32_t t = 0; t < c->count; t++)
			found |= thread[r->program.thread[r->crews.thread[c->first + t]].history];
		if (!found || c->work_ns <= most)
			continue;
		*group = c->group;
		most = c->work_ns;
	}
	free(thread);
	return result;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x =
	    (a ^ (b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdull;
	return x ^ x >> 33;
}

int select_sites(struct sites *s, struct store *store)
{
	*s = (struct sites){0};
	s->count = (uint32_t)store_value(store, "SELECT max(stack) + 1 FROM stack_line", 1);
	s->key = memory_new(s->count, sizeof(*s->key));
	for (uint32_t i = 0; i < s->count; i++)
		for (int d = 0; d < SITE_DEPTHS; d++)
			s->key[i][d] = i;
	struct query *q = store_query(store, frames);
	while (query_step(q)) {
		uint64_t *key = s->key[query_int(q, 0)];
		int64_t position = query_int(q, 1);
		uint64_t address = (uint64_t)query_int(q, 2);
		for (int64_t d = position; d < SITE_DEPTHS - 1; d++)
			key[d] = mix(position ? key[d] : 0, address);
	}
	return ended(q);
}

void select_sites_free(struct sites *s)
{
	free(s->key);
	*s = (struct sites){0};
}
