-- title: Holders
-- question: Who held these locks while others waited?
-- columns: leader id 0 ID, stack id 0 STACK, thread id 1 ID, name text 1 THREAD, cause text 1 CAUSE
-- columns: waits count 1 WAITS, blame_ns ns 1 BLAME
-- explain: Each wait is divided among the holds it overlapped, so the blame of a lock adds up to its
-- explain: waits. Cause hand-over: the lock was free, but the waiter was not yet running.
-- explain: Behind the first 500 the rest is one row, cause others. ?1 is a JSON list of lock ids.
WITH h AS (
	SELECT *, row_number() OVER (PARTITION BY leader ORDER BY blame_ns DESC, thread, stack) AS rank
	FROM group_holder WHERE leader IN (SELECT value FROM json_each(?1))),
r AS (
	SELECT leader, CASE WHEN rank <= 500 THEN stack ELSE 0 END AS stack, CASE WHEN rank <= 500 THEN thread ELSE 0 END AS thread,
		CASE WHEN rank <= 500 THEN cause ELSE 'others' END AS cause, sum(waits) AS waits, sum(blame_ns) AS blame_ns
	FROM h GROUP BY leader, min(rank, 501))
SELECT r.leader, r.stack, r.thread, coalesce(nullif(t.name, ''), 'thread ' || t.tid) AS name, r.cause, r.waits, r.blame_ns
FROM r LEFT JOIN thread_life t ON t.thread = r.thread
ORDER BY r.blame_ns DESC, r.thread, r.stack
