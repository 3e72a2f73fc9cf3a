-- title: Counters by lock
-- question: What was counted while a lock was held?
-- columns: counter id 0 ID, name text 1 COUNTER, leader id 0 LEADER, lock function 1 LOCK, where place 3 WHERE
-- columns: value quantity 1 COUNT, unit text 0 UNIT, share share 1 SHARE
-- explain: Samples that lie in a timed hold of the lock, by thread and time; holds that were not timed are
-- explain: stood for by those that were. Under two locks it counts for both, so that shares may exceed 100 %.
SELECT s.counter, s.name, g.leader, CASE WHEN r.object IS NULL THEN '(outside)' ELSE coalesce(n.name, '(unknown)') END AS lock, n.place AS "where",
	cast(round(sum(r.weight) / s.weight * s.value) AS INTEGER) AS value, s.unit, sum(r.weight) / s.weight AS share
FROM reading_counter_lock r JOIN counter_summary s ON s.counter = r.counter LEFT JOIN graph_object o ON o.object = r.object
LEFT JOIN lock_group g ON g.lock = o.lock LEFT JOIN lock_name n ON n.lock = g.leader
GROUP BY s.counter, r.object IS NULL, g.leader ORDER BY s.counter, sum(r.weight) DESC
