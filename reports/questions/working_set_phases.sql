-- title: Working set by phase
-- question: How much memory does each thread touch in each phase, and what does that mean for the caches?
-- columns: process id 0 PROCESS, pid id 3 PID, begin_ns ns 1 FROM, end_ns ns 1 TO, touched_bytes size 2 TOUCHED, threads count 1 THREADS
-- columns: thread_bytes size 1 EACH THREAD, fits text 1 THAT MEANS, l2_bytes size 3 L2, last_bytes size 3 LAST LEVEL, rss_bytes size 4 RESIDENT
-- columns: readings count 2 READINGS
-- explain: The most touched in 100 ms, or in 1 s where that is more. A phase: readings in a row that differ by less than a factor of two from one to
-- explain: the next; FROM and TO: of the first and the last of them. Virtual machines often tell wrong sizes of caches.
WITH p AS (SELECT *, CASE WHEN thread_bytes < 1048576 THEN printf('%.0f kB', thread_bytes / 1024.0) ELSE printf('%.3g MB', thread_bytes / 1048576.0) END AS each_size,
	CASE WHEN l2_bytes < 1048576 THEN printf('%.0f kB', l2_bytes / 1024.0) ELSE printf('%.3g MB', l2_bytes / 1048576.0) END AS l2_size FROM working_set_phase)
SELECT p.process, o.pid, p.begin_ns, p.end_ns, p.touched_bytes, p.threads, p.thread_bytes,
	'each thread touches ' || p.each_size || CASE WHEN p.window_ns > 100000000 THEN ' in 1 s; ' ELSE ' in 100 ms; ' END || CASE WHEN p.l2_bytes IS NULL AND p.last_bytes IS NULL THEN 'the sizes of the caches are unknown'
	WHEN p.thread_bytes <= p.l2_bytes / 2 THEN 'L2 is ' || p.l2_size || ': two threads per core fit'
	WHEN p.thread_bytes <= p.l2_bytes THEN 'L2 is ' || p.l2_size || ': one thread per core fits, two will thrash'
	WHEN p.touched_bytes <= p.last_bytes THEN 'L2 is ' || p.l2_size || ': two threads per core will thrash; the last level holds all of it'
	ELSE 'all threads together more than the last level: it waits for memory' END AS fits,
	p.l2_bytes, p.last_bytes, p.rss_bytes, p.readings
FROM p JOIN process_summary o ON o.process = p.process ORDER BY p.process, p.begin_ns
