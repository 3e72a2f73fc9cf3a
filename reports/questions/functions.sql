-- title: Functions
-- question: Which functions used the cores?
-- columns: function function 1 FUNCTION, module text 4 IN, file text 3 FILE, self_share share 1 ITSELF
-- columns: low_share share 5 LOW, high_share share 5 HIGH, share share 1 WITH CALLED, samples count 6 SAMPLES, waited_ns ns 2 WAITED
-- columns: held_share share 2 HOLDING A LOCK, untimed_share share 4 HOLDS UNSEEN
-- empty: There are no samples: the run was shorter than 4 ms, record --sample=0, or the kernel refused and record --sample-by=kernel; see Not seen in the report.
-- explain: From samples of what ran. ITSELF: not what it called; LOW to HIGH: its 95 % interval (Wilson). WAITED: all threads in it, and in what it called.
-- explain: HOLDING A LOCK: of ITSELF, while a lock was held whose hold was timed; at least that. HOLDS UNSEEN: the share of
-- explain: all holds in the run that were not timed, which no sample can know of (record --hold=all: none).
SELECT function, module, file, self_share, self_low AS low_share, self_high AS high_share, share, samples, waited_ns, held_share,
	(SELECT max(0, 1 - 1.0 * sum(c.hold_samples) / nullif(sum(c.held), 0)) FROM lock_count c) AS untimed_share
FROM function_time WHERE samples > 0 ORDER BY own DESC, samples DESC, function LIMIT 100
