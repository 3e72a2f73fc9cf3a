/*
 * The HTML page of a recording: one file that needs no network.
 *
 *	columns.c        rows of numbers, small
 *	pack.c           gzip and base64
 *	page_stacks.c    stacks and names, each once
 *	page_sites.c     locks and stacks of intervals, each pair once
 *	page_timeline.c  intervals of threads, the critical path
 *	page_weights.c   what flame graphs are drawn of
 *	page_source.c    the lines of source that are shown
 *	page_svg.c       the answer as a picture, without the rest
 *	page_meta.c      how to read the tables: the heads of questions/
 *	page.c           puts them behind the template
 *	ui/              what runs in the browser; built into the template by ui/build.mjs
 *
 * The numbers are those of the report: the page holds the JSON that `report --json` prints. Names
 * of the program are only in packed data, and shown as text, never as markup.
 */
#ifndef PARPROF_PAGE_H
#define PARPROF_PAGE_H

#include <stdint.h>

struct model;
struct store;
struct text;

struct page_options {
	int64_t events_most;	  /* intervals, and samples */
	const char *path;	  /* of the recording, as it is shown */
	struct store *baseline;	  /* another recording, for differences; NULL: none */
	const struct text *scale; /* JSON of a sweep, NULL: none */
};

/* Appends the page to out. The model has its source. 0, or -1 after error(). */
int page_write(struct text *out, struct store *, const struct model *, const struct page_options *);

/* The template: template_begin up to template_end, the data go where it says so. */
extern const char page_template[], page_template_end[];

#endif
