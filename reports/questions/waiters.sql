-- title: Waiters
-- question: Where did threads wait for these locks?
-- columns: leader id 0 ID, stack id 0 STACK, call text 1 CALL, threads count 1 THREADS, waits count 1 WAITS
-- columns: wait_ns ns 1 WAITED, wait_max_ns ns 1 MAX, timed_out count 1 TIMED OUT
-- explain: One row per lock, call and stack of the waiting thread; behind the first 500 the
-- explain: rest is one row, call others. ?1 is a JSON list of lock ids.
WITH w AS (
	SELECT *, row_number() OVER (PARTITION BY leader ORDER BY wait_ns DESC, stack) AS rank
	FROM group_waiter WHERE leader IN (SELECT value FROM json_each(?1)))
SELECT leader, CASE WHEN rank <= 500 THEN stack ELSE 0 END AS stack, CASE WHEN rank <= 500 THEN call ELSE 'others' END AS call,
	max(threads) AS threads, sum(waits) AS waits, sum(wait_ns) AS wait_ns, max(wait_max_ns) AS wait_max_ns,
	sum(timed_out) AS timed_out
FROM w GROUP BY leader, min(rank, 501)
ORDER BY wait_ns DESC, stack
