-- title: Critical path
-- question: Which activities in a row made the run as long as it was?
-- columns: path count 6 PATH, what text 1 WHAT, leader id 0 ID, name function 1 OF, thread id 0 THREAD ID, thread_name text 2 THREAD
-- columns: until function 2 UNTIL, where place 3 WHERE, time_ns ns 1 TIME, share share 1 OF RUN, count count 4 TIMES
-- explain: Path 1 fills the whole run. 2 and 3 would be the longest if the ones before were mended.
-- explain: What led to a Python program, a shell's processes, is unknown here.
-- explain: OF: the lock that was held or waited for. UNTIL: where a part ended; not known of the shortest, where there are very many.
SELECT p.path, p.what, p.leader, l.name, p.thread, t.name AS thread_name, c.function AS until,
	CASE WHEN c.file IS NOT NULL THEN c.file || ':' || c.line END AS "where", p.ns AS time_ns,
	1.0 * p.ns / (SELECT nullif(value, 0) FROM run_fact WHERE key = 'wall_ns') AS share, p.count
FROM reading_path p LEFT JOIN lock_name l ON l.lock = p.leader LEFT JOIN thread_life t ON t.thread = p.thread
LEFT JOIN stack_site c ON c.stack = p.stack ORDER BY p.path, p.ns DESC, p.thread, p.stack
