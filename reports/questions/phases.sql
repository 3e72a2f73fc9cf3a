-- title: Phases
-- question: How long did the phases take that the program marked, and how many cores did they use?
-- columns: name text 1 PHASE, count count 1 TIMES, wall_ns ns 1 WALL TIME, share share 1 OF RUN
-- columns: running_ns ns 1 CPU, running lanes 1 RUNNING, thread_ns ns 3 IN THREADS, max_ns ns 2 LONGEST
-- columns: threads count 2 THREADS, written_share share 0 WRITTEN
-- explain: WALL TIME: while at least one thread was in it. CPU: of all threads of the run meanwhile; RUNNING: so many at a
-- explain: time. Phases may lie inside each other. Beyond a thousand a second these three are scaled up from those written.
-- empty: The program marks no phases; parprof.h says how.
WITH p AS (SELECT name, sum(count) AS count, sum(ns) AS ns, max(max_ns) AS max_ns, count(DISTINCT thread) AS threads FROM mark_phase GROUP BY name),
part AS (SELECT name, count(*) AS count, sum(end_ns - begin_ns) AS ns FROM mark_phase_part GROUP BY name),
s AS (SELECT p.*, part.count AS written, r.wall_ns AS wall, r.running_ns AS running,
	CASE WHEN part.ns > 0 AND part.count < p.count THEN 1.0 * p.ns / part.ns ELSE 1.0 END AS scale
	FROM p LEFT JOIN part ON part.name = p.name LEFT JOIN reading_phase r ON r.name = p.name),
w AS (SELECT s.*, cast(min(s.wall * s.scale, (SELECT value FROM run_fact WHERE key = 'wall_ns')) AS INTEGER) AS wall_ns FROM s)
SELECT name, count, wall_ns, 1.0 * wall_ns / (SELECT nullif(value, 0) FROM run_fact WHERE key = 'wall_ns') AS share,
	cast(1.0 * running * wall_ns / nullif(wall, 0) AS INTEGER) AS running_ns, 1.0 * running / nullif(wall, 0) AS running,
	ns AS thread_ns, max_ns, threads, min(1.0, 1.0 * coalesce(written, 0) / nullif(count, 0)) AS written_share
FROM w ORDER BY wall_ns DESC, name
