#include "reports/page/page_sites.h"

void page_sites_begin(struct page_sites *s)
{
	hash_init(&s->number, sizeof(int64_t));
	columns_begin(&s->columns, "++");
}

int64_t page_sites_number(struct page_sites *s, int64_t leader, int64_t stack)
{
	bool fresh;
	/* + 1: a key of two zeros is none */
	int64_t *number = hash_put(&s->number, (uint64_t)leader, (uint64_t)stack + 1, &fresh);
	if (fresh) {
		columns_add(&s->columns, (const int64_t[]){leader, stack});
		*number = (int64_t)s->columns.rows;
	}
	return *number;
}

void page_sites_end(struct page_sites *s, struct text *out)
{
	columns_end(&s->columns, out);
	hash_free(&s->number);
}
