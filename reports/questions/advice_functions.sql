-- title: Functions
-- question: Where did its time go?
-- columns: function function 1 FUNCTION, module text 4 IN, file text 4 FILE, self_share share 1 ITSELF, self_low share 3 LOW, self_high share 3 HIGH
-- columns: share share 1 WITH CALLED, low share 3 LOW, high share 3 HIGH, waited_ns ns 1 WAITED
-- empty: There are no samples, and nothing waited.
-- explain: Of samples of what ran, in all of its threads and processes; LOW to HIGH: 95 % intervals (Wilson). WAITED: in it and in what it called.
SELECT function, module, file, self_share, self_low, self_high, share, low, high, waited_ns FROM function_time
WHERE self_share >= 0.01 OR (file IS NOT NULL AND waited_ns >= 0.01 * (SELECT value FROM run_fact WHERE key = 'wall_ns'))
ORDER BY own DESC, waited_ns DESC, function LIMIT 12
