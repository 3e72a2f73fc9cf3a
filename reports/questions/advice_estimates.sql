-- title: Estimates
-- question: How fast would it be on so many cores?
-- columns: cores count 1 CORES, speedup gain 1 SPEEDUP, low gain 1 LOW, high gain 1 HIGH, efficiency share 2 OF POSSIBLE, beyond flag 2 BEYOND THIS MACHINE
-- explain: With the costs that were measured here; of more cores than it could use here, as if there were as many of the same kind and no more memory bandwidth (LOW) or as much for each (HIGH).
SELECT CAST(ceil(threads) AS INTEGER) AS cores, speedup, low, high, speedup / threads AS efficiency, beyond FROM reading_advice_estimate ORDER BY threads
