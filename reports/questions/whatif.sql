-- title: What if
-- question: How fast would the program be if …?
-- columns: edit text 1 EDIT, leader id 0 ID, name function 0 NAME, stack id 0 STACK, factor text 0 FACTOR, threads count 0 THREADS, cores count 0 CORES
-- columns: gain_low gain 2 LOW, gain gain 1 SPEED, gain_high gain 2 HIGH, error share 3 REPLAY OFF BY
-- explain: The recording replayed with the edit, against the replay without it; LOW and HIGH over ways of
-- explain: handing locks on and of dividing work. REPLAY OFF BY: the unchanged replay against the run.
SELECT w.edit, w.leader, coalesce(w.name, l.name) AS name, w.stack, w.factor, w.threads, w.cores, w.low AS gain_low, w.gain, w.high AS gain_high, w.error
FROM reading_whatif w LEFT JOIN lock_name l ON l.lock = w.leader ORDER BY w.low DESC, w.edit
