-- title: Predictions
-- question: What was predicted of this build of the program, and what was measured?
-- columns: prediction id 0 ID, made_unix_ns date 2 PREDICTED ON, measured_unix_ns date 3 MEASURED ON
-- columns: n count 1 N, predicted ratio 1 PREDICTED, low band 2 BAND, high ratio 0 HIGH, measured ratio 1 MEASURED
-- columns: measured_low band 3 95 %, measured_high ratio 0 HIGH, off change 1 OFF, held flag 4 HELD
-- columns: error share 5 REPLAY
-- explain: OFF: predicted against measured. HELD: the band and the interval overlap. REPLAY: its error on the recorded run itself.
SELECT prediction, made_unix_ns, measured_unix_ns, n, predicted, low, high, measured, measured_low, measured_high, off, held, error
FROM prediction_check WHERE sweep = ?1 ORDER BY made_unix_ns, n
