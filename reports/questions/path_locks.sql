-- title: Locks on the critical path
-- question: How much of the run passed under each lock where it counted?
-- columns: leader id 0 ID, name function 1 LOCK, where place 3 WHERE, inclusive_ns ns 1 HELD, share share 1 OF RUN
-- columns: innermost_ns ns 4 INNERMOST, wake_ns ns 2 HAND-OVER, acquisitions count 3 TAKEN, contended count 2 WAITED
-- columns: contended_share share 2 WAITED%, without_ns ns 0 WITHOUT IT, bound gain 3 AT MOST, slack_ns ns 4 SLACK
-- explain: Only what lies on the critical path: shortening it shortens the run. INNERMOST: no other lock
-- explain: was taken later. HAND-OVER: free already, but the waiter was not running yet. AT MOST: what could be
-- explain: gained if the lock cost nothing, by the next path that is left. SLACK: how much longer its
-- explain: sections may take before the run does.
SELECT p.leader, l.name, l.place AS "where", p.inclusive_ns,
	1.0 * p.inclusive_ns / (SELECT nullif(value, 0) FROM run_fact WHERE key = 'wall_ns') AS share, p.innermost_ns, p.wake_ns,
	p.acquisitions, p.contended, 1.0 * p.contended / nullif(p.acquisitions, 0) AS contended_share,
	p.without_ns, (SELECT value FROM run_fact WHERE key = 'wall_ns') / (1.0 * nullif(p.without_ns, 0)) AS bound, p.slack_ns
FROM reading_path_lock p LEFT JOIN lock_name l ON l.lock = p.leader ORDER BY p.inclusive_ns + p.wake_ns DESC, p.leader
