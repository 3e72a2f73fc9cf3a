#include "profiler/hash.h"
#include "tests/unit/unit.h"

static uint64_t dice(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 20;
}

/* Against an array: keys 1 … 999, value 0 is "not there". */
TEST(hash, does_what_an_array_does)
{
	static uint64_t array[1000];
	uint64_t state = 42;
	struct hash h;
	hash_init(&h, sizeof(uint64_t));
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t key = 1 + dice(&state) % 999, *value;
		bool fresh;
		switch (dice(&state) % 3) {
		case 0:
			value = hash_put(&h, key % 30, key, &fresh);
			CU_ASSERT_EQUAL(fresh, !array[key]);
			array[key] = *value = i + 1;
			break;
		case 1:
			hash_remove(&h, key % 30, key);
			array[key] = 0;
			break;
		default:
			value = hash_get(&h, key % 30, key);
			CU_ASSERT_EQUAL(value ? *value : 0, array[key]);
		}
	}
	hash_free(&h);
}

TEST(hash, visits_each_entry_once)
{
	struct hash h;
	uint64_t key[2], sum = 0;
	size_t place = 0;
	bool fresh;
	hash_init(&h, 0);
	for (uint64_t i = 1; i <= 1000; i++)
		hash_put(&h, i, 0, &fresh);
	while (hash_next(&h, &place, key))
		sum += key[0];
	CU_ASSERT_EQUAL(sum, 500500);
	hash_clear(&h);
	CU_ASSERT_EQUAL(h.count, 0);
	CU_ASSERT_PTR_NULL(hash_get(&h, 1, 0));
	hash_free(&h);
}
