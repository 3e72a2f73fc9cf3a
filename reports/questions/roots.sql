-- title: Who held the others up
-- question: At whose doings did the waits end, when those who themselves wait pass the blame on?
-- columns: leader id 0 ID, name function 1 WAITED FOR, kind text 4 KIND, cause text 1 CAUSE, thread id 0 THREAD, thread_name text 2 BY, routine function 4 RUNS
-- columns: culprit_leader id 0 HOLDING ID, culprit_name function 2 HOLDING, until function 1 IN, where place 3 WHERE
-- columns: direct flag 4 DIRECT, blame_ns ns 1 TIME, share share 1 OF IT
-- explain: The times of one lock, condition, barrier … add up to the waits for it. IN: what the one who
-- explain: held them up was doing until; not known of the shortest, where there are very many. DIRECT no: through others that waited as well.
WITH blamed AS (SELECT b.*, sum(b.ns) OVER (PARTITION BY b.leader) AS leader_ns FROM reading_blame b)
SELECT b.leader, l.name, l.kind, b.cause, b.culprit AS thread, t.name AS thread_name, r.function AS routine, b.culprit_leader, k.name AS culprit_name,
	coalesce(c.function, r.function) AS until, CASE WHEN c.file IS NOT NULL THEN c.file || ':' || c.line END AS "where", b.direct, b.ns AS blame_ns,
	1.0 * b.ns / nullif(b.leader_ns, 0) AS share
FROM blamed b LEFT JOIN lock_name l ON l.lock = b.leader LEFT JOIN lock_name k ON k.lock = b.culprit_leader
LEFT JOIN thread_summary t ON t.thread = b.culprit LEFT JOIN code_name r ON r.code = t.routine
LEFT JOIN stack_site c ON c.stack = b.stack
ORDER BY b.leader_ns DESC, b.leader, b.ns DESC
