-- title: Laws
-- question: Which law of speedup do the points follow, and what does it promise?
-- columns: law text 1 LAW, parameter text 1 PARAMETER, value parameter 1 VALUE, low parameter_band 1 95 %
-- columns: high parameter 0 HIGH, misfit flag 0 MISFIT
-- explain: amdahl: a serial part, and the speedup it never gets past. usl: contention waits in line, coherency is what each
-- explain: core owes every other; the peak is the number with the best speedup. Misfit: the law does not describe the points.
SELECT law, parameter, coalesce(value, 9e999) AS value, coalesce(low, 9e999) AS low, coalesce(high, 9e999) AS high, misfit FROM sweep_fit WHERE sweep = ?1
ORDER BY law, CASE parameter WHEN 'limit' THEN 9 WHEN 'peak' THEN 8 WHEN 'coherency' THEN 2 ELSE 1 END
