-- title: Working set
-- question: How much memory does it touch at a time, and does that fit into the caches?
-- columns: process id 0 PROCESS, pid id 3 PID, window_ns ns 1 IN, touched_bytes size 1 TOUCHED, threads count 2 THREADS
-- columns: thread_bytes size 1 EACH THREAD, l2_bytes size 2 L2, last_bytes size 2 LAST LEVEL, fits text 1 FITS INTO
-- columns: rss_bytes size 2 RESIDENT, pss_bytes size 4 ITS SHARE, huge_bytes size 4 IN HUGE PAGES, readings count 3 READINGS, tau_ns ns 5 IN FACT
-- columns: again_share share 4 TOUCHING AGAIN, flushed flag 5 FLUSHED, at_least flag 3 AT LEAST
-- explain: The most that was touched in one reading. By whole pages, 2 MB where they are huge: sparse use looks larger
-- explain: than it is. What does not fit into L2, one for each core, comes from the last level cache, and what all
-- explain: threads together touch beyond that from memory. Virtual machines often tell wrong sizes of caches.
-- explain: TOUCHING AGAIN: how much of that time the threads spent, at most, on pages that were cleared: near 100 % more is touched
-- explain: than could be read. FLUSHED: with translations flushed; without, what was touched is a lower bound.
SELECT w.process, p.pid, w.window_ns, w.touched_bytes, w.threads, w.thread_bytes, w.l2_bytes, w.last_bytes,
	CASE WHEN w.l2_bytes IS NULL AND w.last_bytes IS NULL THEN '(caches unknown)'
	WHEN w.at_least AND w.touched_bytes <= w.last_bytes THEN 'not known: what was touched is a lower bound'
	WHEN w.thread_bytes <= w.l2_bytes / 2 THEN 'L2, two threads per core as well'
	WHEN w.thread_bytes <= w.l2_bytes THEN 'L2, one thread per core'
	WHEN w.touched_bytes <= w.last_bytes THEN 'last level: two threads per core will drive each other out of L2'
	ELSE 'memory only' END AS fits,
	w.rss_bytes, w.pss_bytes, w.huge_bytes, w.readings, cast(w.tau_ns AS INTEGER) AS tau_ns, w.again_share, w.flushed, w.at_least
FROM working_set_summary w JOIN process_summary p ON p.process = w.process ORDER BY w.process, w.window_ns
