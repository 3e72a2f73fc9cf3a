-- title: Costs
-- question: What do threads, locks and messages cost on it?
-- columns: key text 0 KEY, name text 1 WHAT, median_ns ns 1 COST, low_ns ns 2 QUARTILE, high_ns ns 2 QUARTILE
-- columns: noisy flag 3 NOISY, batches count 0 BATCHES, times count 0 TIMES, method text 4 HOW
-- explain: Medians of batches. NOISY: the quartiles are more than half of it apart, as other programs ran as well.
SELECT key, name, median AS median_ns, low AS low_ns, high AS high_ns, noisy, batches, times, method
FROM machine_price WHERE unit = 'ns' ORDER BY position
