-- title: Computing
-- question: How much more do more threads compute?
-- columns: key text 0 KEY, name text 1 WHAT, threads count 1 THREADS, gain gain 1 GAIN, low gain 2 QUARTILE, high gain 2 QUARTILE
-- columns: noisy flag 4 NOISY, batches count 0 BATCHES, method text 5 HOW
-- explain: All threads together, against one: less than THREADS where hardware threads share a core, where clocks slow down
-- explain: when more cores are busy, or where the host gives a virtual machine less.
SELECT p.key, p.name, p.threads, p.median / o.median AS gain, p.low / o.median AS low, p.high / o.median AS high, p.noisy, p.batches, p.method
FROM machine_price p JOIN machine_price o ON o.key = p.key AND o.threads = 1 WHERE p.unit = '1/s' AND p.threads > 1 ORDER BY p.threads
