-- title: Waiters
-- question: Where did threads wait for these locks?
-- columns: leader id 0 ID, stack id 0 STACK, call text 1 CALL, threads count 1 THREADS, waits count 1 WAITS
-- columns: wait_ns ns 1 WAITED, wait_max_ns ns 1 MAX, timed_out count 1 TIMED OUT
-- explain: One row per lock, call and stack of the waiting thread; ?1 is a JSON list of lock ids.
SELECT g.leader, w.stack, w.call, max(w.threads) AS threads, sum(w.waits) AS waits, sum(w.wait_ns) AS wait_ns,
	max(w.wait_max_ns) AS wait_max_ns, sum(w.timed_out) AS timed_out
FROM lock_waiter w JOIN lock_group g ON g.lock = w.lock
WHERE g.leader IN (SELECT value FROM json_each(?1))
GROUP BY g.leader, w.stack, w.call
ORDER BY wait_ns DESC, w.stack
