/* One lock: where threads waited, who held it. Stacks that look the same are shown as one. */
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/render.h"
#include <stdlib.h>
#include <string.h>

#define STACKS_SHOWN 3
#define STACK_SHARE 0.01 /* of a list: less is not shown unless it is the first, or --full */
#define FRAMES_SHOWN 6
#define FRAMES_MOST 200
#define NAMES_SHOWN 3

/* Rows with the same call or cause and the same visible stack. */
struct bundle {
	const char *what; /* call of waiters, cause of holders */
	char *stack;
	int64_t ns, waits, threads;
	struct text names; /* of the first threads, each name once */
	int64_t named;	   /* threads whose name is among them without being there twice */
};
struct bundles {
	struct bundle *list;
	size_t count;
	int64_t ns;
};

/* Functions without symbols are called module+0x123. */
static bool names_module(const struct frame *f)
{
	const char *slash = strrchr(f->module, '/');
	const char *name = slash ? slash + 1 : f->module;
	size_t length = strlen(name);
	return f->function && !strncmp(f->function, name, length) && f->function[length] == '+';
}

static void add_frame(struct text *out, const struct frame *f, const struct style *style)
{
	if (f->function)
		print_function(out, f->function, style);
	else
		text_format(out, "0x%llx", (unsigned long long)f->address);
	if (f->file) {
		text_add(out, "  ");
		print_place(out, f->file);
		text_format(out, ":%lld", (long long)f->line);
	} else if (f->module && !names_module(f)) {
		text_add(out, "  ");
		print_place(out, f->module);
	}
}

/* As it will be seen, which is also what makes two stacks the same; to be freed. */
static char *stack_lines(const struct stack *stack, const struct look *look)
{
	const struct frame *shown[FRAMES_MOST];
	size_t count = stack_show(stack, look->native, shown, FRAMES_MOST);
	size_t most = look->full ? FRAMES_MOST : FRAMES_SHOWN;
	struct text out = {0};
	for (size_t i = 0; i < count && i < most; i++) {
		text_add(&out, i ? "          < " : "            ");
		add_frame(&out, shown[i], &look->terminal.style);
		text_add(&out, "\n");
	}
	if (count > most)
		text_format(&out, "          < %zu more (--full)\n", count - most);
	return out.data ? out.data : memory_copy("");
}

/* what belongs to the model; the stack's lines to the bundle. Compares with all before: there are
 * at most 501 rows, and most of them fall together. */
static struct bundle *bundle_of(struct bundles *b, const char *what, const struct stack *stack,
				const struct look *look)
{
	char *lines = stack_lines(stack, look);
	for (size_t i = 0; i < b->count; i++)
		if (!strcmp(b->list[i].what, what) && !strcmp(b->list[i].stack, lines)) {
			free(lines);
			return &b->list[i];
		}
	b->list = memory_grow(b->list, b->count + 1, sizeof(*b->list));
	b->list[b->count] = (struct bundle){.what = what, .stack = lines};
	return &b->list[b->count++];
}

static int by_time(const void *left, const void *right)
{
	const struct bundle *a = left, *b = right;
	return a->ns > b->ns ? -1 : a->ns < b->ns;
}

static struct bundles bundle_waiters(const struct detail *d, const struct look *look)
{
	struct bundles all = {.ns = d->wait_ns};
	for (size_t i = 0; i < d->waiter_count; i++) {
		const struct waiter *w = &d->waiters[i];
		struct bundle *b = bundle_of(&all, w->call, w->stack, look);
		b->ns += w->wait_ns;
		b->waits += w->waits;
		/* Which threads is not known, only how many: the same ones may be in several rows.
		 */
		b->threads = w->threads > b->threads ? w->threads : b->threads;
	}
	if (all.count)
		qsort(all.list, all.count, sizeof(*all.list), by_time);
	return all;
}

/* A name within another one counts as listed: names only give an idea of who it was. */
static void add_name(struct bundle *b, const char *name)
{
	struct text entry = {0};
	b->threads++;
	text_format(&entry, "%s%s", b->named ? ", " : "", name);
	if (b->named < NAMES_SHOWN && !strstr(text_string(&b->names), name)) {
		text_add(&b->names, text_string(&entry));
		b->named++;
	}
	text_free(&entry);
}

static struct bundles bundle_holders(const struct detail *d, const struct look *look)
{
	struct bundles all = {.ns = d->wait_ns};
	for (size_t i = 0; i < d->holder_count; i++) {
		const struct holder *h = &d->holders[i];
		struct bundle *b = bundle_of(&all, h->cause, h->stack, look);
		b->ns += h->blame_ns;
		b->waits += h->waits;
		if (h->thread)
			add_name(b, h->thread);
	}
	if (all.count)
		qsort(all.list, all.count, sizeof(*all.list), by_time);
	return all;
}

static void free_bundles(struct bundles *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->list[i].stack);
		text_free(&b->list[i].names);
	}
	free(b->list);
}

static void say_waiter(struct text *out, const struct bundle *b, const struct style *style)
{
	print_count(out, b->threads, style);
	text_add(out, b->threads == 1 ? " thread, " : " threads, ");
	print_count(out, b->waits, style);
	text_format(out, b->waits == 1 ? " wait in %s" : " waits in %s", b->what);
}

static void say_holder(struct text *out, const struct bundle *b, const struct style *style)
{
	if (!strcmp(b->what, "hand-over")) {
		text_add(out, "nobody: free, but the waiter was not yet running (wake-up)");
		return;
	}
	if (!strcmp(b->what, "others")) {
		text_add(out, "others, each less");
		return;
	}
	if (strcmp(b->what, "holder") != 0) {
		text_add(out, "not known who");
		return;
	}
	text_add(out, text_string(&b->names));
	if (b->threads > b->named)
		text_format(out, "%s (%lld threads)",
			    b->named < NAMES_SHOWN ? ""
			    : style->utf8	   ? " …"
						   : " ..",
			    (long long)b->threads);
}

static void print_bundle(struct text *out, const struct bundle *b, int64_t all,
			 void (*say)(struct text *, const struct bundle *, const struct style *),
			 const struct look *look)
{
	struct text share = {0}, time = {0};
	print_share(&share, all ? (double)b->ns / (double)all : 0);
	print_ns(&time, b->ns, &look->terminal.style);
	text_format(out, "    %7s  %s  ", text_string(&share), text_string(&time));
	say(out, b, &look->terminal.style);
	text_add(out, "\n");
	text_add(out, b->stack);
	text_free(&share);
	text_free(&time);
}

/* The last one is not left out alone: its line would be as long as the remark. */
static size_t bundles_to_show(const struct bundles *b, const struct look *look)
{
	size_t shown = look->full || b->count <= STACKS_SHOWN + 1 ? b->count : STACKS_SHOWN;
	while (!look->full && shown > 1 &&
	       (double)b->list[shown - 1].ns < STACK_SHARE * (double)b->ns)
		shown--;
	return shown;
}

static void print_bundles(struct text *out, const char *title, const struct bundles *b,
			  void (*say)(struct text *, const struct bundle *, const struct style *),
			  const struct look *look)
{
	if (!b->count)
		return;
	text_format(out, "  %s\n", title);
	size_t shown = bundles_to_show(b, look);
	int64_t rest = 0;
	for (size_t i = 0; i < b->count; i++) {
		if (i < shown)
			print_bundle(out, &b->list[i], b->ns, say, look);
		else
			rest += b->list[i].ns;
	}
	if (shown < b->count) {
		struct text share = {0};
		print_share(&share, b->ns ? (double)rest / (double)b->ns : 0);
		text_format(out, "    %7s  in %zu more (--full)\n", text_string(&share),
			    b->count - shown);
		text_free(&share);
	}
}

static const char *named_after(const struct table *locks, size_t row)
{
	const char *named_by = table_text(locks, row, "named_by");
	if (named_by && !strcmp(named_by, "init"))
		return ", named after where it is made";
	return named_by && !strcmp(named_by, "caller") ? ", named after its first user" : "";
}

static void print_title(struct text *out, const struct table *locks, size_t row,
			const struct look *look)
{
	const struct style *style = &look->terminal.style;
	struct text name = {0};
	const char *where = table_text(locks, row, "where");
	print_function(&name, table_text(locks, row, "name"), style);
	render_bold(out, text_string(&name), look);
	text_free(&name);
	if (where) {
		text_add(out, "  ");
		print_place(out, where);
	}
	text_format(out, "  (%s%s)  waited ", table_text(locks, row, "kind"),
		    named_after(locks, row));
	print_ns(out, table_int(locks, row, "wait_ns"), style);
	text_add(out, ", ");
	print_share(out, table_real(locks, row, "share"));
	text_add(out, " of all threads' time\n");
}

/* What is the matter with it, and the usual cure. */
static void print_cards(struct text *out, const struct model *m, size_t lock,
			const struct look *look)
{
	const struct table *cards = &m->table[MODEL_cards];
	int64_t leader = table_int(&m->table[MODEL_locks], lock, "leader");
	for (size_t i = 0; i < cards->rows; i++) {
		if (table_int(cards, i, "leader") != leader)
			continue;
		struct text line = {0};
		text_format(&line, "  %s: %s. %s", table_text(cards, i, "trait"),
			    table_text(cards, i, "evidence"), table_text(cards, i, "cure"));
		render_words(out, text_string(&line), 4, look);
		text_free(&line);
	}
}

void render_detail(struct text *out, const struct model *m, size_t lock, const struct look *look)
{
	const struct detail *d = &m->details[lock];
	if (!d->waiter_count && !d->holder_count)
		return;
	struct bundles waiters = bundle_waiters(d, look), holders = bundle_holders(d, look);
	print_title(out, &m->table[MODEL_locks], lock, look);
	print_cards(out, m, lock, look);
	print_bundles(out, "waited for it:", &waiters, say_waiter, look);
	print_bundles(out, "held it meanwhile:", &holders, say_holder, look);
	text_add(out, "\n");
	free_bundles(&waiters);
	free_bundles(&holders);
}
