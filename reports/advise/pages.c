#include "reports/advise/pages.h"
#include "profiler/hash.h"
#include <math.h>
#include <stdlib.h>

#define PAGE_BITS 12
#define AGAIN_NS 2000000 /* nearer uses are of one place in the work */
#define WITHIN                                                                                     \
	0.9 /* of an entry: passes of the next one come to the same place in the same time         \
	     */

struct page {		 /* what one region did to it */
	int64_t written; /* time of the last write, plus 1; 0: none */
	int64_t met;	 /* likewise, of any use */
	bool handed;
};

static int compare(const void *a, const void *b)
{
	const struct touch_sample *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Read and written in one sample: [from, to) are of one. */
static bool is_sum(const struct touch_sample *s, size_t from, size_t to, size_t i)
{
	bool reads = false, writes = false;
	for (size_t k = from; k < to; k++) {
		bool same = s[k].address >> 3 == s[i].address >> 3;
		reads |= same && s[k].reads;
		writes |= same && s[k].writes;
	}
	return reads && writes;
}

static void add(struct regions *r, struct hash *pages, const struct touch_sample *s,
		const struct region_times *times)
{
	for (uint32_t i = s->region; i; i = r->region[i].parent) {
		bool fresh;
		struct page *p = hash_put(pages, s->address >> PAGE_BITS, i, &fresh);
		double since = (double)(s->time - p->met);
		r->region[i].pages_again += p->met && since > fmax(AGAIN_NS, times[i].pass_ns);
		p->met = s->time + 1;
		if (s->writes) {
			r->region[i].pages_written += !p->written;
			p->written = s->time + 1;
		} else if (p->written && !p->handed &&
			   (double)(s->time - p->written) < WITHIN * times[i].entry_ns) {
			p->handed = true;
			r->region[i].pages_handed++;
		}
	}
}

void pages_count(struct regions *r, struct touch_sample *s, size_t count,
		 const struct region_times *times)
{
	struct hash pages;
	hash_init(&pages, sizeof(struct page));
	qsort(s, count, sizeof(*s), compare);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i;
		     end < count && s[end].time == s[i].time && s[end].thread == s[i].thread;)
			end++;
		for (size_t k = i; k < end; k++) {
			s[k].sum = is_sum(s, i, end, k);
			if (!s[k].sum)
				add(r, &pages, &s[k], times);
		}
	}
	hash_free(&pages);
}
