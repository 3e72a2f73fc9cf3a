/* parprof html: a recording as one page. */
#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/page/page.h"
#include "reports/page/page_svg.h"
#include "reports/recording.h"
#include "reports/scale/show.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOKED_INTO 50 /* locks with waiters and holders */

static const char *output;
static int64_t events_most;
static bool force, quiet;
static int format;

enum { FORMAT_HTML, FORMAT_SVG };
static const char *const suffixes[] = {".html", ".svg"};

static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, &output, "FILE",
     "the page; - is stdout (the recording's name with .html, .svg)"},
    {"format", 0, OPTION_CHOICE, &format, "html|svg",
     "the page, or a picture of its answer for mails", .otherwise = "html"},
    {"max-events", 0, OPTION_INT, &events_most, "N",
     "intervals to draw, the shortest are merged; and samples", .otherwise = "200000",
     .minimum = 1000, .maximum = 20000000},
    {"force", 'f', OPTION_FLAG, &force, NULL, "replace a page that is there"},
    {"quiet", 'q', OPTION_FLAG, &quiet, NULL, "do not say where the page is"},
    {NULL}};

/* What the files are: one to be shown, one to compare it with, a sweep. */
struct files {
	struct store *store, *baseline;
	struct text scale;
};

extern const struct command command_html;

/* prog.db -> prog.html; to be freed. */
static char *page_path(const char *recording)
{
	struct text path = {0};
	size_t length = strlen(recording);
	text_add(&path, recording);
	if (length > 3 && !strcmp(recording + length - 3, ".db"))
		text_cut(&path, length - 3);
	text_add(&path, suffixes[format]);
	char *copy = memory_copy(text_string(&path));
	text_free(&path);
	return copy;
}

static int write_all(FILE *file, const char *path, const struct text *page)
{
	bool wrong = fwrite(page->data, 1, page->length, file) != page->length;
	wrong |= file == stdout ? fflush(file) : fclose(file);
	return wrong ? error("%s cannot be written: %s", path, strerror(errno)) : 0;
}

/* A page is whole or absent: it gets its name when all of it is there. */
static int write_page(const char *path, const struct text *page)
{
	struct text part = {0};
	if (!strcmp(path, "-"))
		return write_all(stdout, "stdout", page);
	if (!force && access(path, F_OK) == 0)
		return error("%s is there already; -f replaces it, -o FILE names another", path);
	text_format(&part, "%s.part", path);
	FILE *file = fopen(text_string(&part), "we");
	int result = file ? write_all(file, path, page)
			  : error("%s cannot be made: %s", path, strerror(errno));
	if (!result && rename(text_string(&part), path))
		result = error("%s cannot be made: %s", path, strerror(errno));
	if (result)
		unlink(text_string(&part));
	else if (!quiet)
		fprintf(stderr, "parprof: %s, %.2f MB; open it in a browser\n", path,
			(double)page->length / 1e6);
	text_free(&part);
	return result;
}

static int read_scale(struct text *out, struct store *store, int64_t sweep)
{
	struct shown shown;
	int result = shown_read(&shown, store, sweep);
	if (!result)
		show_json(out, &shown);
	shown_free(&shown);
	return result;
}

static int add_file(struct files *f, const char *path)
{
	struct store *store = recording_open(path);
	if (!store)
		return -1;
	int64_t sweep = shown_newest(store);
	if (sweep) {
		int result = f->scale.length
				 ? error("%s is a second sweep: the page shows one", path)
				 : read_scale(&f->scale, store, sweep);
		store_close(store);
		return result;
	}
	struct store **place = f->store ? &f->baseline : &f->store;
	if (*place) {
		store_close(store);
		return error("%s is one recording too many: one is shown, one is what it is "
			     "compared with, and a sweep of 'parprof scale' may be beside them",
			     path);
	}
	*place = store;
	return 0;
}

static int make_page(const struct files *f, const char *path)
{
	struct choice choice = {.top = LOOKED_INTO, .source = format == FORMAT_HTML};
	struct page_options page_options = {
	    .events_most = events_most,
	    .path = store_path(f->store),
	    .baseline = f->baseline,
	    .scale = f->scale.length ? &f->scale : NULL,
	};
	struct model model;
	struct text page = {0};
	int result = model_read(&model, f->store, &choice);
	if (!result && format == FORMAT_SVG)
		page_svg_write(&page, &model);
	else if (!result)
		result = page_write(&page, f->store, &model, &page_options);
	result = result ? result : write_page(path, &page);
	model_free(&model);
	text_free(&page);
	return result;
}

static int html(int argc, char **argv)
{
	int first = options_parse(&command_html, argc, argv);
	struct files f = {0};
	char *newest = first < argc ? NULL : recording_path(NULL, "page of");
	int result = newest ? add_file(&f, newest) : 0;
	for (int i = first; i < argc && !result; i++)
		result = add_file(&f, argv[i]);
	if (!result && !f.store)
		result = error("a page is of a recording, and this is only a sweep: name one of "
			       "'parprof record' beside it");
	char *path = result ? NULL : output ? memory_copy(output) : page_path(store_path(f.store));
	result = result ? result : make_page(&f, path);
	store_close(f.store);
	store_close(f.baseline);
	text_free(&f.scale);
	free(newest);
	free(path);
	return result ? failed() : 0;
}

const struct command command_html = {
    .name = "html",
    .summary = "write a recording as one page for a browser",
    .usage = "[FILE.db [BASELINE.db] [SWEEP.db]]",
    .options = options,
    .run = html,
    .detail =
	"Without FILE: the newest parprof.*.db of this folder. With BASELINE, an earlier "
	"recording,\n"
	"flame graphs show what changed; with SWEEP, of 'parprof scale', the measured speedup is\n"
	"drawn. The page needs no network and may be mailed.\n",
};
