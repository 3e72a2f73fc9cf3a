-- title: Progress
-- question: How much of the program's own work was done, and how fast?
-- columns: name text 1 POINT, count count 1 TIMES, per_second number 1 PER SECOND, first_half number 2 FIRST HALF
-- columns: second_half number 2 SECOND HALF, every_ns ns 3 EVERY, threads count 2 THREADS, busiest_share share 4 BUSIEST
-- columns: first_ns ns 5 FROM, last_ns ns 5 TO
-- explain: Points that the program marked (parprof_progress): exact counts, by the time of the whole run, and in each half of
-- explain: it. BUSIEST: the part of it that one thread did.
-- empty: The program marks no points of progress; parprof.h says how.
WITH w AS (SELECT nullif(value, 0) AS ns FROM run_fact WHERE key = 'wall_ns'),
half AS (SELECT s.name, sum(s.count) AS timed, sum(s.count * CASE WHEN s.end_ns <= s.begin_ns THEN s.end_ns <= w.ns / 2
	ELSE max(0.0, min(s.end_ns, w.ns / 2) - s.begin_ns) / (s.end_ns - s.begin_ns) END) AS first FROM mark_progress_slice s, w GROUP BY s.name),
p AS (SELECT name, sum(count) AS count, count(DISTINCT thread) AS threads, max(count) AS most, min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM mark_progress GROUP BY name),
f AS (SELECT p.*, coalesce(h.first, 0) + CASE WHEN p.last_ns <= w.ns / 2 THEN p.count - coalesce(h.timed, 0) ELSE 0 END AS first
	FROM w, p LEFT JOIN half h ON h.name = p.name)
SELECT f.name, f.count, 1e9 * f.count / w.ns AS per_second, 2e9 * f.first / w.ns AS first_half, 2e9 * (f.count - f.first) / w.ns AS second_half,
	w.ns / f.count AS every_ns, f.threads, 1.0 * f.most / f.count AS busiest_share, f.first_ns, f.last_ns
FROM f, w ORDER BY f.count DESC, f.name
