-- title: Memory bandwidth
-- question: How much more memory do more threads get?
-- columns: key text 0 KEY, name text 1 WHAT, threads count 1 THREADS, median rate 1 TOGETHER, low rate 3 QUARTILE, high rate 3 QUARTILE
-- columns: gain gain 1 GAIN, noisy flag 4 NOISY, batches count 0 BATCHES, method text 5 HOW
-- explain: All threads together, over arrays of costs_array_bytes (see table machine), at least three times the largest
-- explain: cache that is known. GAIN: against one thread.
SELECT p.key, p.name, p.threads, p.median, p.low, p.high, p.median / o.median AS gain, p.noisy, p.batches, p.method
FROM machine_price p JOIN machine_price o ON o.key = p.key AND o.threads = 1 WHERE p.unit = 'B/s' ORDER BY p.key DESC, p.threads
