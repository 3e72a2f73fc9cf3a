-- title: Advice
-- question: What was predicted of the program before it was changed, and what was measured?
-- columns: command text 2 OF, made_unix_ns date 3 ADVISED ON, n count 1 N, predicted gain 1 PREDICTED, low gain 2 LOW, high gain 2 HIGH
-- columns: measured gain 1 MEASURED, measured_low gain 3 QUARTILE, measured_high gain 3 QUARTILE, off change 1 OFF, held flag 3 HELD, worth text 4 WORTH IT, wall_ns ns 4 IT RAN
-- explain: Both against the run that the advice was about. OFF: predicted against measured. HELD: what was measured lies from LOW to HIGH.
SELECT command, made_unix_ns, n, predicted, low, high, measured, measured_low, measured_high, off, held, worth, wall_ns
FROM advice_check WHERE sweep = ?1 ORDER BY n
