/* Fills reading_card. */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/card/card.h"
#include "reports/graph/graph.h"
#include "reports/readings.h"
#include <stdlib.h>

static int write_trait(struct query *q, const struct card_facts *f, const struct trait *trait,
		       double weight, const struct history *h)
{
	struct text evidence = {0};
	int failed;

	trait->evidence(&evidence, f, h);
	query_bind_int(q, 1, f->leader);
	query_bind_text(q, 2, trait->name);
	query_bind_double(q, 3, weight);
	query_bind_text(q, 4, text_string(&evidence));
	query_bind_text(q, 5, trait->cure);
	failed = query_run(q);
	text_free(&evidence);
	return failed;
}

static int write_card(struct query *q, const struct card_facts *f, const struct history *h)
{
	int failed = 0;

	for (unsigned i = 0; i < card_trait_count && !failed; i++) {
		double weight = card_traits[i].weight(f);
		if (weight > 0)
			failed = write_trait(q, f, &card_traits[i], weight, h);
	}
	return failed;
}

static int write_cards(struct store *store, const struct history *h, const struct card_facts *facts)
{
	struct query *q = store_query(store, "INSERT INTO reading_card VALUES (?, ?, ?, ?, ?)");
	int failed = q ? store_begin(store) : -1;

	for (size_t i = 0; i < h->objects && !failed; i++)
		if (facts[i].leader)
			failed = write_card(q, &facts[i], h);
	query_close(q);
	return failed || store_commit(store) ? -1 : 0;
}

int reading_card(struct reading_input *in)
{
	const struct history *h = in->graph->history;
	struct card_facts *facts = memory_new(h->objects + 1, sizeof(*facts));
	int failed = card_read(in->store, h, facts);

	if (!failed) {
		card_watch(h, facts);
		failed = write_cards(in->store, h, facts);
	}
	free(facts);
	return failed;
}
