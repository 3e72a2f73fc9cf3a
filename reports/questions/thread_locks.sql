-- title: Locks of these threads
-- question: Which locks did these threads use and wait for?
-- columns: thread id 0 ID, thread_name text 1 THREAD, leader id 0 LOCK, kind text 5 KIND, name function 1 LOCK
-- columns: where place 3 WHERE, wait_ns ns 1 WAITED, share share 2 OF ITS LIFE, contended count 3 WAITS
-- columns: acquisitions count 4 OF, wait_max_ns ns 5 MAX WAIT
-- explain: Answered only for threads that were named with --thread.
SELECT t.thread, coalesce(nullif(i.name, ''), 'thread ' || i.tid) AS thread_name, t.leader, l.kind,
	coalesce(l.name, printf('lock %d', t.leader)) AS name, l.place AS "where", t.wait_ns,
	1.0 * t.wait_ns / nullif(i.end_ns - i.begin_ns, 0) AS share, t.contended, t.acquisitions, t.wait_max_ns
FROM thread_lock t JOIN thread_life i ON i.thread = t.thread JOIN lock_name l ON l.lock = t.leader
WHERE t.use = 'lock' AND t.thread IN (SELECT value FROM json_each(?1))
ORDER BY t.wait_ns DESC, t.acquisitions DESC, t.thread, t.leader
