-- title: Stacks
-- question: What did threads run, wait for or not run in, with which stacks?
-- columns: thread text 1 THREAD, state text 1 STATE, lock function 1 LOCK, place place 2 PLACE
-- columns: frames text 1 FRAMES, weight count 1 WEIGHT
-- explain: FRAMES: the outermost first, with semicolons between. WEIGHT: samples while it ran, else ns. LOCK: held, or waited for.
-- explain: ?1 is a JSON list of kinds: cpu, wait, off.
WITH f AS (SELECT * FROM flame WHERE kind IN (SELECT value FROM json_each(?1)) AND weight > 0),
s AS (SELECT stack, position, depth, group_concat(replace(function, ';', ':'), ';') OVER (PARTITION BY stack
	ORDER BY position DESC, depth DESC ROWS UNBOUNDED PRECEDING) AS frames,
	row_number() OVER (PARTITION BY stack ORDER BY position, depth) AS place
	FROM sample_frame WHERE stack IN (SELECT stack FROM f))
SELECT replace(coalesce(nullif(t.name, ''), 'thread ' || t.tid), ';', ':') AS thread, f.state,
	replace(l.name, ';', ':') AS lock, l.place, coalesce(s.frames, '[no stack]') AS frames, sum(f.weight) AS weight
FROM f JOIN thread_life t ON t.thread = f.thread LEFT JOIN lock_name l ON l.lock = f.lock
LEFT JOIN s ON s.stack = f.stack AND s.place = 1
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 5
