-- title: Counters by function
-- question: Where in the program were they counted?
-- columns: counter id 0 ID, name text 1 COUNTER, function function 1 FUNCTION, caller function 2 CALLED BY, where place 2 WHERE
-- columns: value quantity 1 COUNT, unit text 0 UNIT, share share 1 SHARE, samples count 3 SAMPLES
-- explain: From samples at every so many counts: COUNT is the share of the samples times what was counted in all.
-- explain: CALLED BY, WHERE: of the program, when FUNCTION belongs to a library.
WITH leaf AS (SELECT stack, function, max(depth) FROM stack_line WHERE position = 0 GROUP BY stack)
SELECT s.counter, s.name, coalesce(l.function, '(unknown)') AS function,
	CASE WHEN e.function IS NOT l.function AND e.function NOT LIKE '0x%' THEN e.function END AS caller,
	CASE WHEN e.file IS NOT NULL THEN e.file || coalesce(':' || min(e.line), '') END AS "where",
	cast(round(1.0 * sum(o.weight) / s.weight * s.value) AS INTEGER) AS value, s.unit,
	1.0 * sum(o.weight) / s.weight AS share, count(*) AS samples
FROM counter_overflow o JOIN counter_summary s ON s.counter = o.counter
LEFT JOIN leaf l ON l.stack = o.stack LEFT JOIN stack_site e ON e.stack = o.stack
GROUP BY s.counter, 3, 4, e.file ORDER BY s.counter, sum(o.weight) DESC, 3
