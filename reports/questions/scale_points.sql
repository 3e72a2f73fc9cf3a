-- title: Points
-- question: How fast is the program with how many cores or threads?
-- columns: n count 0 N, cores count 1 CORES, threads count 1 THREADS, runs count 0 RUNS, time_ns ns 1 TIME
-- columns: quartile_low_ns ns 0 QUARTILE, quartile_high_ns ns 0 QUARTILE, speedup ratio 1 SPEEDUP
-- columns: speedup_low band 2 95 %, speedup_high ratio 0 HIGH, predicted ratio 3 PREDICTED
-- columns: efficiency share 1 EFFICIENCY, serial share 3 SERIAL, serial_low share_band 5 95 %
-- columns: serial_high share 0 HIGH, cpu_ns ns 4 CPU, rss_bytes bytes 6 MEMORY
-- columns: voluntary count 0 SWITCHES, involuntary count 7 PREEMPTED, spread share 6 SPREAD
-- columns: others share 6 OTHERS, busy share 0 BUSY
-- explain: TIME: the median. SPEEDUP: against the first line, with an interval of 95 %. EFFICIENCY: part of what so many would
-- explain: give at best. SERIAL: the serial part that explains the speedup (Karp and Flatt); growing, it is overhead.
-- explain: SPREAD: between the quartiles, of the median. OTHERS: part of the cores that other programs took.
SELECT n, cores, threads, runs, time_ns, quartile_low_ns, quartile_high_ns, speedup, speedup_low, speedup_high,
	(SELECT c.predicted FROM prediction_check c WHERE c.sweep = p.sweep AND c.n = p.n ORDER BY c.prediction DESC LIMIT 1) AS predicted,
	efficiency, serial, serial_low, serial_high, cpu_ns, rss_bytes, voluntary, involuntary,
	1.0 * (quartile_high_ns - quartile_low_ns) / time_ns AS spread, others, busy
FROM sweep_point p WHERE sweep = ?1 ORDER BY n
