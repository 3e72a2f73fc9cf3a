-- title: Sites
-- question: How large are the pieces of the loops that the program marked as parallel?
-- columns: process id 0 ID, name text 1 SITE, where place 2 WHERE, entries count 1 ENTERED, tasks count 1 TASKS
-- columns: task_ns ns 1 IN TASKS, task_avg_ns ns 1 AVERAGE, task_max_ns ns 1 LONGEST, spread share 3 SPREAD, lock_share share 2 EXCLUSIVE
-- columns: site_ns ns 2 IN SITE, function function 4 IN, file text 0 FILE, line count 0 LINE, task_squares number 0 SQUARES, lock_ns ns 0 EXCLUSIVE
-- explain: Loops of which the program says that their passes, the tasks, do not hang on each other (parprof_site_begin). SPREAD:
-- explain: standard deviation of a task's time / its average. EXCLUSIVE: the part of the tasks that one at a time has to do.
-- empty: The program marks no sites; parprof.h says how.
SELECT process, coalesce(name, 'tasks outside of sites') AS name, file || ':' || line AS "where", entries, tasks, task_ns, task_ns / nullif(tasks, 0) AS task_avg_ns, task_max_ns,
	sqrt(max(0.0, task_squares / tasks - 1.0 * task_ns / tasks * task_ns / tasks)) / nullif(1.0 * task_ns / tasks, 0) AS spread,
	1.0 * lock_ns / nullif(task_ns, 0) AS lock_share, site_ns, function, file, line, task_squares, lock_ns
FROM site_mark ORDER BY task_ns DESC, name, process, code
