-- title: Python
-- question: What holds the Python code back, and would processes help?
-- columns: kind text 1 LIMITED BY, threads_now gain 1 NOW, threads_best gain 1 THREADS, processes gain 1 PROCESSES, free_threaded gain 1 NO GIL
-- columns: even gain 2 NO COST, threads_now_low gain 0 LOW, threads_now_high gain 0 HIGH, threads_best_low gain 0 LOW, threads_best_high gain 0 HIGH
-- columns: processes_low gain 0 LOW, processes_high gain 0 HIGH, free_threaded_low gain 0 LOW, free_threaded_high gain 0 HIGH
-- columns: even_low gain 0 LOW, even_high gain 0 HIGH, workers count 2 WORKERS, computing count 4 COMPUTING, worker_processes count 3 IN PROCESSES
-- columns: wall_ns ns 3 WALL, alone_ns ns 4 ALONE, serial_ns ns 3 SERIAL, work_ns ns 3 CPU, input_ns ns 4 I/O, cost_ns ns 3 MESSAGES
-- columns: start_ns ns 4 STARTS, doubt_ns ns 4 IN DOUBT
-- columns: gil_share share 2 GIL HELD, without_gil count 4 WITHOUT GIL, gil_wait_ns ns 2 GIL WAIT, lock_wait_ns ns 3 LOCK WAIT, victim id 0 VICTIM, hog id 0 HOG
-- columns: message_bytes size 3 EACH MESSAGE, l1_bytes size 0 L1, l2_bytes size 4 L2
-- empty: No Python program ran.
-- explain: Speedups against the same work in one thread: as it ran; threads with this GIL at best; a process for each
-- explain: worker; threads of a build without GIL; NO COST: as it is, with messages for nothing and work divided evenly.
-- explain: WITHOUT GIL: processes with a free-threaded build.
-- explain: MESSAGES: CPU time of pickling, moving and handing on. LOCK WAIT: for locks of the program, which threads or processes share. SERIAL: only one thread had work.
-- explain: STARTS: CPU time until pools and processes were there. IN DOUBT: of the CPU time of the program's own code, what one thread
-- explain: might not take: pages that were new, cold caches between messages, cores that were given and taken. Figures count a part of it.
-- explain: EACH MESSAGE: the average through the pipe that most bytes went through, pickled; L2: the cache of one core, which it should fit into to be read cheaply.
SELECT kind, now AS threads_now, best AS threads_best, processes_x AS processes, free AS free_threaded, even,
	now_low AS threads_now_low, now_high AS threads_now_high, best_low AS threads_best_low, best_high AS threads_best_high,
	processes_low, processes_high, free_low AS free_threaded_low, free_high AS free_threaded_high, even_low, even_high,
	workers, computing, processes AS worker_processes, wall_ns, alone_ns, serial_ns, work_ns, input_ns, cost_ns, start_ns, doubt_ns,
	min(1.0, 1.0 * held_ns / nullif(wall_ns, 0)) AS gil_share, (SELECT count(*) FROM python_without_gil) AS without_gil, waited_ns AS gil_wait_ns,
	(SELECT coalesce(sum(w.wait_ns), 0) FROM thread_wait w JOIN lock_use u ON u.lock = w.lock
		WHERE u.use = 'lock' AND w.family <> 'gil') AS lock_wait_ns, victim, hog,
	(SELECT sum(bytes) / nullif(sum(calls - headers), 0) AS each FROM channel_part WHERE direction = 'send' AND python
		GROUP BY channel, flow ORDER BY sum(bytes) DESC LIMIT 1) AS message_bytes,
	(SELECT max(bytes) FROM machine_part WHERE kind = 'L1d') AS l1_bytes, (SELECT max(bytes) FROM machine_part WHERE kind = 'L2') AS l2_bytes
FROM reading_python
