-- title: Findings
-- question: What holds the program back most, and what would mending it gain?
-- columns: rank id 1 #, kind text 0 KIND, leader id 0 ID, name function 0 NAME, where place 2 WHERE
-- columns: gain_low gain 0 LOW, gain gain 1 GAIN, gain_high gain 0 HIGH, words text 1 WHY
-- columns: confidence text 3 CONFIDENCE, command text 4 MORE
-- explain: GAIN: how many times as fast the program would be, by replaying the recording without the
-- explain: obstacle. Ranked by the lower end of it.
SELECT f.rank, f.kind, f.leader, f.name, f.place AS "where", f.low AS gain_low, f.gain, f.high AS gain_high,
	f.words, f.confidence, f.command
FROM reading_finding f ORDER BY f.rank
