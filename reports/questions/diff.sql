-- title: Facts to compare
-- question: What of a recording can be held against another one?
-- columns: section text 1 SECTION, name text 1 NAME, place text 2 PLACE, unit text 0 UNIT, value count 1 VALUE
-- explain: The same lock or code in two recordings has the same section, name and place; lines of files may move, and are not in it.
WITH own AS (
	SELECT leader, coalesce(name, kind || ' without a name') AS name, rtrim(rtrim(place, '0123456789'), ':') AS place, wait_ns, hold_ns, contended
	FROM group_summary WHERE use = 'lock'),
cause AS (
	SELECT o.name, o.place, CASE b.cause WHEN 'holder' THEN coalesce(s.function, '?') WHEN 'hand-over' THEN 'nobody (wake-up)' ELSE 'unknown' END AS who,
		b.blame_ns AS ns
	FROM group_holder b JOIN own o ON o.leader = b.leader LEFT JOIN stack_site s ON s.stack = b.stack),
life AS (
	SELECT sum(end_ns - begin_ns) AS life, sum(cpu_ns) AS cpu, sum(lock_wait_ns) AS lock, sum(idle_wait_ns) AS idle,
		sum(phase_wait_ns) AS phase, sum(acquisitions) AS acquisitions, count(*) AS threads,
		sum(voluntary) AS voluntary, sum(involuntary) AS involuntary
	FROM thread_summary)
SELECT 'run' AS section, 'wall time' AS name, NULL AS place, 'ns' AS unit, value FROM run_fact WHERE key = 'wall_ns'
UNION ALL SELECT 'run', 'CPU time', NULL, 'ns', cpu FROM life
UNION ALL SELECT 'run', 'waiting for locks', NULL, 'ns', lock FROM life
UNION ALL SELECT 'run', 'waiting for work', NULL, 'ns', idle FROM life
UNION ALL SELECT 'run', 'waiting for others', NULL, 'ns', phase FROM life
UNION ALL SELECT 'run', 'other (I/O, sleep, no core)', NULL, 'ns', max(0, life - cpu - lock - idle - phase) FROM life
UNION ALL SELECT 'run', 'threads', NULL, 'count', threads FROM life
UNION ALL SELECT 'run', 'locks taken', NULL, 'count', acquisitions FROM life
UNION ALL SELECT 'run', 'switches, voluntary', NULL, 'count', voluntary FROM life
UNION ALL SELECT 'run', 'switches, involuntary', NULL, 'count', involuntary FROM life
UNION ALL SELECT * FROM (SELECT 'state', state, NULL, 'ns', sum(ns) FROM reading_state GROUP BY state ORDER BY sum(ns) DESC)
UNION ALL SELECT * FROM (SELECT 'stack', t.kind || coalesce(' ' || l.name, ''), rtrim(rtrim(l.place, '0123456789'), ':'), 'ns', sum(t.ns)
	FROM reading_stack t LEFT JOIN group_summary l ON l.leader = t.leader GROUP BY 2, 3 ORDER BY min(t.position))
UNION ALL SELECT * FROM (SELECT 'lock', name, place, 'ns', sum(wait_ns) FROM own GROUP BY name, place ORDER BY sum(wait_ns) DESC, name)
UNION ALL SELECT * FROM (SELECT 'hold', name, place, 'ns', sum(hold_ns) FROM own GROUP BY name, place ORDER BY sum(hold_ns) DESC, name)
UNION ALL SELECT * FROM (SELECT 'cause', name || ', held by ' || who, place, 'ns', sum(ns) FROM cause GROUP BY name, place, who ORDER BY sum(ns) DESC, name)
