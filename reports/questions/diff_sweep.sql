-- title: Runs to compare
-- question: What of a sweep can be held against another one?
-- columns: section text 1 SECTION, name text 1 NAME, place text 2 PLACE, unit text 0 UNIT, value count 1 VALUE
-- explain: Every run of the file's last sweep, by its number of cores and threads.
SELECT 'time' AS section, printf('%d ', n) || CASE WHEN threads IS NULL THEN 'core' ELSE 'thread' END || CASE n WHEN 1 THEN '' ELSE 's' END AS name,
	CASE WHEN threads IS NOT NULL THEN printf('on %d', cores) END AS place, 'ns' AS unit, r.wall_ns AS value
FROM sweep_run r JOIN sweep_point p USING (sweep, n)
WHERE sweep = (SELECT max(sweep) FROM sweep_summary) ORDER BY n, round
