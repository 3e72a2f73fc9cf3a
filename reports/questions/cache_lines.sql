-- title: Cache misses by line
-- question: Which lines miss the caches?
-- columns: where place 1 WHERE, function function 2 FUNCTION, ll_misses count 1 LL MISSES, ll_share share 1 SHARE
-- columns: l1_misses count 2 L1 MISSES, miss_rate share 3 L1 MISS, instructions count 4 INSTRUCTIONS, refs count 5 DATA REFS
-- explain: Simulated by cachegrind, the lines that miss most. SHARE: of all LL misses of the run.
-- empty: No cache misses were counted by function and line: 'parprof record --cache=simulate -- PROGRAM' does it in simulated caches; 'record --counters=caches' where the processor counts and lets us.
WITH l AS MATERIALIZED (
	SELECT file, function, line, sum(instructions) AS instructions, sum(refs) AS refs, sum(data_misses) AS data_misses,
		sum(l1_misses) AS l1_misses, sum(ll_misses) AS ll_misses
	FROM cache_line GROUP BY file, function, line),
total AS (SELECT sum(ll_misses) AS ll FROM l)
SELECT l.file || ':' || l.line AS "where", coalesce(nullif(l.function, ''), '(unknown)') AS function,
	l.ll_misses, 1.0 * l.ll_misses / nullif(t.ll, 0) AS ll_share, l.l1_misses,
	1.0 * l.data_misses / nullif(l.refs, 0) AS miss_rate, l.instructions, l.refs
FROM l, total t WHERE l.line > 0 AND l.file <> '' AND l.l1_misses > 0
ORDER BY l.ll_misses DESC, l.l1_misses DESC, l.file, l.line LIMIT 200
