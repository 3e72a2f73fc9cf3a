#include "profiler/store.h"
#include "reports/finding/finding.h"
#include "reports/model.h"

static void bind(struct query *q, const struct finding *f, int64_t rank)
{
	struct text command = {0};
	finding_command(&command, f);
	query_bind_int(q, 1, rank);
	query_bind_text(q, 2, loss_facts[f->kind].word);
	if (f->leader)
		query_bind_int(q, 3, f->leader);
	else
		query_bind_null(q, 3);
	query_bind_text(q, 4, f->name);
	query_bind_int(q, 5, f->stack);
	query_bind_double(q, 6, f->low);
	query_bind_double(q, 7, f->gain);
	query_bind_double(q, 8, f->high);
	query_bind_text(q, 9, text_string(&f->words));
	query_bind_text(q, 10, f->place);
	query_bind_text(q, 11, finding_confidence(f));
	query_bind_text(q, 12, text_string(&command));
	text_free(&command);
}

int findings_make(const struct model *m, struct store *store)
{
	struct query *q =
	    store_query(store, "INSERT INTO reading_finding (rank, kind, leader, name, stack, low, "
			       "gain, high, words, place, confidence, command) "
			       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	struct findings all;
	int result = q ? 0 : -1;
	if (verdict_is_short(&m->verdict.figures)) { /* its start and end would be what is found */
		query_close(q);
		return result;
	}
	findings_gather(&all, m);
	findings_gain(&all, m);
	findings_rank(&all);
	for (size_t i = 0; i < all.count && i < FINDINGS_SHOWN && !result; i++) {
		finding_say(&all.list[i], m);
		bind(q, &all.list[i], (int64_t)i + 1);
		result = query_run(q);
	}
	query_close(q);
	findings_free(&all);
	return result;
}
