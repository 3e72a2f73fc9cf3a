-- title: Threads
-- question: What did each thread do with its life?
-- columns: thread id 0 ID, pid id 7 PID, tid id 3 TID, name text 1 THREAD, routine function 4 RUNS
-- columns: life_ns ns 1 LIFE, cpu_ns ns 1 CPU, lock_wait_ns ns 1 LOCK WAIT, idle_wait_ns ns 2 IDLE
-- columns: phase_wait_ns ns 2 PHASE, io_wait_ns ns 2 I/O, sleep_ns ns 2 SLEEP, other_ns ns 2 OTHER
-- columns: acquisitions count 5 LOCKED
-- columns: voluntary count 8 SWITCHES, involuntary count 9 PREEMPTED, ended text 9 END, folded text 0 FOLDED
-- explain: LOCK WAIT: for locks. IDLE: for work or time. PHASE: for barriers, joins, children.
-- explain: I/O: in calls that took at least 20 µs and gave up the core. OTHER: the rest, neither CPU nor
-- explain: a wait that was seen (no free core); with it the CPU time of threads whose end was not seen,
-- explain: which have none here.
SELECT t.thread, p.pid, t.tid, t.name, coalesce(c.function, CASE WHEN t.tid = p.pid THEN 'main' END) AS routine,
	t.end_ns - t.begin_ns AS life_ns, t.cpu_ns, t.lock_wait_ns, t.idle_wait_ns, t.phase_wait_ns, t.io_wait_ns, t.sleep_ns,
	max(0, t.end_ns - t.begin_ns - coalesce(t.cpu_ns, 0) - t.lock_wait_ns - t.idle_wait_ns - t.phase_wait_ns
		- t.io_wait_ns - t.sleep_ns) AS other_ns,
	t.acquisitions, t.voluntary, t.involuntary, t.ended, f.fold AS folded
FROM thread_summary t JOIN process_summary p ON p.process = t.process LEFT JOIN code_name c ON c.code = t.routine
LEFT JOIN process_fold f ON f.process = t.process
ORDER BY t.lock_wait_ns DESC, t.idle_wait_ns + t.phase_wait_ns DESC, t.thread
