-- title: Cache misses by process
-- question: How often did each process miss the caches?
-- columns: process id 0 ID, command text 1 COMMAND, pid id 3 PID, instructions count 1 INSTRUCTIONS, refs count 3 DATA REFS
-- columns: l1_misses count 2 L1 MISSES, ll_misses count 1 LL MISSES, miss_rate share 2 L1 MISS, l1_per_1000 number 2 L1/1000, ll_per_1000 number 1 LL/1000
-- explain: Simulated by cachegrind. A forked process that did not exec counts again what its parent had
-- explain: counted until then.
-- empty: No cache misses were counted by function and line: 'parprof record --cache=simulate -- PROGRAM' does it in simulated caches; 'record --counters=caches' where the processor counts and lets us.
SELECT c.process, coalesce(p.command, p.path) AS command, p.pid, sum(c.instructions) AS instructions, sum(c.refs) AS refs, sum(c.l1_misses) AS l1_misses,
	sum(c.ll_misses) AS ll_misses, 1.0 * sum(c.data_misses) / nullif(sum(c.refs), 0) AS miss_rate,
	1000.0 * sum(c.l1_misses) / nullif(sum(c.instructions), 0) AS l1_per_1000, 1000.0 * sum(c.ll_misses) / nullif(sum(c.instructions), 0) AS ll_per_1000
FROM cache_function c JOIN process_summary p ON p.process = c.process GROUP BY c.process ORDER BY ll_misses DESC, c.process
