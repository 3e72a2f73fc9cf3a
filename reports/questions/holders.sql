-- title: Holders
-- question: Who held these locks while others waited?
-- columns: leader id 0 ID, stack id 0 STACK, thread id 1 ID, name text 1 THREAD, cause text 1 CAUSE
-- columns: waits count 1 WAITS, blame_ns ns 1 BLAME
-- explain: Each wait is divided among the holds it overlapped, so the blame of a lock adds up to its
-- explain: waits. Cause hand-over: the lock was free, but the waiter was not yet running.
-- explain: ?1 is a JSON list of lock ids.
SELECT g.leader, h.stack, h.thread, coalesce(nullif(t.name, ''), 'thread ' || t.tid) AS name, h.cause,
	sum(h.waits) AS waits, sum(h.blame_ns) AS blame_ns
FROM lock_holder h JOIN lock_group g ON g.lock = h.lock LEFT JOIN thread_summary t ON t.thread = h.thread
WHERE g.leader IN (SELECT value FROM json_each(?1))
GROUP BY g.leader, h.cause, h.thread, h.stack
ORDER BY blame_ns DESC, h.thread, h.stack
