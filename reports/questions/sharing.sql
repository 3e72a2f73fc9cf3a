-- title: False sharing, seen or suspected
-- question: Which threads may take a cache line from each other, though they use different parts of it?
-- columns: suspect id 0 ID, kind text 3 KIND, line text 5 LINE, parts text 1 IN ONE LINE, threads count 3 THREADS, users text 4 USED BY
-- columns: moves count 3 MOVES, confidence text 2 SURE, evidence text 1 BECAUSE, cure text 2 CURE
-- explain: SURE high: seen, by samples of what threads read and write. Else suspects, from addresses alone.
-- explain: What it costs was not measured: at most the time spent where the line is used. +n: bytes from the
-- explain: begin of the line. MOVES: of the line between cores, at most. KIND locks: of different threads;
-- explain: data: variables beside a lock that several threads take; arguments: what threads of one routine
-- explain: were given; words: none of these, but seen. LINE: its address.
-- empty: No locks of different threads, no arguments of threads and no words that different threads write were seen in one cache line.
WITH part AS MATERIALIZED (
	SELECT DISTINCT p.suspect, p.offset, coalesce(l.name, p.name, a.name, 'argument') AS name
	FROM reading_sharing_part p LEFT JOIN lock_name l ON l.lock = p.lock LEFT JOIN line_argument a ON a.thread = p.thread AND p.lock IS NULL
	ORDER BY p.suspect, p.offset),
place AS MATERIALIZED (
	SELECT p.suspect, min(p.offset) AS offset, CASE WHEN s.kind <> 'arguments' THEN p.name || ' +' || p.offset
		WHEN count(*) > 1 THEN CASE p.name WHEN 'argument' THEN 'arguments' ELSE p.name END || ' of ' || count(*) || ' threads' ELSE p.name END AS words
	FROM part p JOIN reading_sharing s ON s.suspect = p.suspect
	GROUP BY p.suspect, p.name, CASE WHEN s.kind <> 'arguments' THEN p.offset END),
user AS MATERIALIZED (
	SELECT DISTINCT p.suspect, p.thread, coalesce(nullif(nullif(t.name, ''), substr(replace(o.path, rtrim(o.path, replace(o.path, '/', '')), ''), 1, 15)),
		r.function || ' ' || t.tid, CASE WHEN t.tid = o.pid THEN 'main' END, 'thread ' || t.tid) AS name
	FROM reading_sharing_part p JOIN thread_summary t ON t.thread = p.thread JOIN process_summary o ON o.process = t.process
	LEFT JOIN code_name r ON r.code = t.routine ORDER BY p.suspect, p.thread)
SELECT s.suspect, s.kind, printf('0x%x', s.line) AS line,
	(SELECT group_concat(words, ', ') FROM (SELECT words FROM place WHERE suspect = s.suspect ORDER BY offset)) AS parts,
	s.threads, (SELECT group_concat(name, ', ') FROM (SELECT name FROM user WHERE suspect = s.suspect ORDER BY thread)) AS users,
	nullif(s.moves, 0) AS moves, s.confidence, s.evidence, s.cure
FROM reading_sharing s ORDER BY CASE s.confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, s.moves DESC, s.suspect
