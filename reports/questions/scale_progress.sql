-- title: Throughput
-- question: How fast is the work done that the program marked, with how many cores or threads?
-- columns: name text 1 POINT, n count 1 N, per_second number 1 PER SECOND, gain ratio 1 AGAINST FIRST
-- columns: count count 2 TIMES, recorded flag 0 RECORDED, by text 3 BY
-- explain: Points of progress (parprof_progress), counted in two runs that were recorded, with the fewest and with the most.
-- explain: BY time: they did the same work, or as much more as n grew, so it is their count over the median time. BY recording: they
-- explain: did not: count and time of the recorded run itself, and nothing is known of the points between.
WITH r AS (SELECT c.n, c.name, c.count, c.wall_ns, CASE WHEN s.grows THEN 1.0 * c.count / c.n ELSE 1.0 * c.count END AS unit, s.grows
	FROM sweep_progress c JOIN sweep_summary s ON s.sweep = c.sweep WHERE c.sweep = ?1),
x AS (SELECT name, avg(unit) AS unit, count(*) > 1 AND max(unit) <= 1.02 * min(unit) AS same, max(grows) AS grows FROM r GROUP BY name),
v AS (SELECT x.name, p.n, CASE WHEN x.same THEN cast(round(x.unit * CASE WHEN x.grows THEN p.n ELSE 1 END) AS INTEGER) ELSE r.count END AS count,
	CASE WHEN x.same THEN p.time_ns ELSE r.wall_ns END AS ns, r.n IS NOT NULL AS recorded, CASE WHEN x.same THEN 'time' ELSE 'recording' END AS by
	FROM x CROSS JOIN sweep_point p LEFT JOIN r ON r.name = x.name AND r.n = p.n WHERE p.sweep = ?1 AND (x.same OR r.n IS NOT NULL))
SELECT name, n, 1e9 * count / nullif(ns, 0) AS per_second,
	(1.0 * count / ns) / nullif(first_value(1.0 * count / ns) OVER (PARTITION BY name ORDER BY n), 0) AS gain, count, recorded, by
FROM v ORDER BY name, n
