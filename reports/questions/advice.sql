-- title: Advice
-- question: Is it worth making the program parallel?
-- columns: worth text 1 WORTH IT, reason text 1 WHY, cpus number 2 CORES, speedup gain 1 SPEEDUP, low gain 1 LOW, high gain 1 HIGH
-- columns: ceiling gain 2 AT MOST, ceiling_low gain 4 LOW, ceiling_high gain 4 HIGH, divided_share share 1 DIVIDED
-- columns: wall_ns ns 2 RAN, run_ns ns 3 ON A CORE, waiting_ns ns 3 WAITED, several_ns ns 3 SEVERAL HAD WORK, samples count 4 SAMPLES
-- columns: dependent_share share 3 DEPENDENT, unknown_share share 4 UNKNOWN, without_memory gain 5 NO MEMORY LIMIT, without_costs gain 5 NO COSTS, without_sharing gain 5 NO SHARING
-- columns: sentence text 0 SENTENCE, numbers text 0 NUMBERS, change text 0 CHANGE
-- explain: SPEEDUP: against this run, on so many CORES of this machine; LOW to HIGH: what samples, costs and what is not known of
-- explain: the pieces leave open. AT MOST: on cores without end, for nothing. DIVIDED: of the run. UNKNOWN: of that, where nobody knows that pieces are independent.
SELECT worth, reason, cpus, speedup, low, high, nullif(ceiling, 1e6) AS ceiling, nullif(ceiling_low, 1e6) AS ceiling_low,
	nullif(ceiling_high, 1e6) AS ceiling_high, divided_share, wall_ns, run_ns, waiting_ns, several_ns, samples, dependent_share,
	unknown_share, without_memory, without_costs, without_sharing, sentence, numbers, change FROM reading_advice
