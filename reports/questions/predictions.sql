-- title: Predictions
-- question: How much faster would the program be with a change, or on another machine?
-- columns: edit text 1 WHAT IF, threads count 2 THREADS, cores count 2 CORES
-- columns: gain gain 1 SPEED, gain_low gain 1 LOW, gain_high gain 1 HIGH, error share 0 ERROR
-- columns: leader id 0 LOCK, stack id 0 STACK, factor text 0 FACTOR
-- explain: SPEED: new speed / speed now, from replays of the recording. LOW to HIGH: over the ways locks
-- explain: may be handed over, work divided among threads, what the change leaves open, and what
-- explain: differs from run to run: a tenth of the change (in logarithms), as models of known gain showed.
SELECT edit, threads, cores, gain, low AS gain_low, high AS gain_high, error, leader, nullif(stack, 0) AS stack, factor
FROM reading_whatif ORDER BY rowid
