-- title: Cache misses by function
-- question: Which functions miss the caches?
-- columns: function function 1 FUNCTION, where place 2 WHERE, ll_misses count 1 LL MISSES, ll_share share 1 SHARE
-- columns: l1_misses count 2 L1 MISSES, l1_share share 5 SHARE, miss_rate share 3 L1 MISS, ll_per_1000 number 2 LL/1000, l1_per_1000 number 4 L1/1000
-- columns: instructions count 3 INSTRUCTIONS, refs count 6 DATA REFS, file text 0 FILE
-- explain: Simulated by cachegrind: LL is the last-level cache, L1 the first-level ones of data and
-- explain: instructions together. L1 MISS: of its reads and writes of data. /1000: misses for every 1000
-- explain: instructions. WHERE: the line that misses most. One cache for all threads, no prefetching, and
-- explain: no lines taken away by other cores.
-- empty: No cache misses were counted by function and line: 'parprof record --cache=simulate -- PROGRAM' does it in simulated caches; 'record --counters=caches' where the processor counts and lets us.
WITH f AS MATERIALIZED (
	SELECT function, file, line, sum(instructions) AS instructions, sum(refs) AS refs, sum(data_misses) AS data_misses,
		sum(l1_misses) AS l1_misses, sum(ll_misses) AS ll_misses, max(weight) AS weight
	FROM cache_function GROUP BY function, file),
total AS (SELECT sum(ll_misses) AS ll, sum(l1_misses) AS l1, sum(instructions) AS instructions FROM f)
SELECT coalesce(nullif(f.function, ''), '(unknown)') AS function, CASE WHEN f.line > 0 AND f.file <> '' THEN f.file || ':' || f.line ELSE nullif(f.file, '') END AS "where",
	f.ll_misses, 1.0 * f.ll_misses / nullif(t.ll, 0) AS ll_share, f.l1_misses, 1.0 * f.l1_misses / nullif(t.l1, 0) AS l1_share,
	1.0 * f.data_misses / nullif(f.refs, 0) AS miss_rate,
	1000.0 * f.ll_misses / nullif(f.instructions, 0) AS ll_per_1000, 1000.0 * f.l1_misses / nullif(f.instructions, 0) AS l1_per_1000,
	f.instructions, f.refs, nullif(f.file, '') AS file
FROM f, total t
ORDER BY f.ll_misses DESC, f.l1_misses DESC, f.instructions DESC, f.function, f.file
