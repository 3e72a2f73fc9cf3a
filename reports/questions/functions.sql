-- title: Functions
-- question: Which functions used the cores?
-- columns: function function 1 FUNCTION, module text 4 IN, file text 3 FILE, self_share share 1 ITSELF
-- columns: low_share share 5 LOW, high_share share 5 HIGH, share share 1 WITH CALLED, samples count 6 SAMPLES
-- columns: held_share share 2 HOLDING A LOCK
-- empty: There are no samples: the run was shorter than 4 ms, record --sample=0, or the kernel refused; see Not seen in the report.
-- explain: From samples of what ran. ITSELF: not what it called; LOW to HIGH: its 95 % interval (Wilson).
-- explain: HOLDING A LOCK: of ITSELF, while a lock was held whose hold was timed.
WITH t AS (SELECT sum(samples) AS n FROM sample_count WHERE stack IS NOT NULL),
f AS (SELECT f.*, coalesce(self, 0) AS own, t.n, 1.0 * coalesce(self, 0) / t.n AS p, 3.8416 / t.n AS z FROM function_sample f, t)
SELECT function, module, file, p AS self_share,
	max(0, (p + z / 2 - sqrt(z * (p * (1 - p) + z / 4))) / (1 + z)) AS low_share,
	(p + z / 2 + sqrt(z * (p * (1 - p) + z / 4))) / (1 + z) AS high_share,
	1.0 * samples / n AS share, samples, 1.0 * coalesce(held, 0) / nullif(own, 0) AS held_share
FROM f ORDER BY own DESC, samples DESC, function LIMIT 100
