-- title: Lock order
-- question: Which locks are taken in both orders, so that a deadlock is possible?
-- columns: inversion id 1 CYCLE, position id 0 POSITION, thread id 0 ID, name text 3 THREAD
-- columns: holds function 1 HOLDS, held_kind text 0 KIND, got_in function 3 GOT IN, got_at place 2 GOT AT
-- columns: wants function 1 WANTS, wanted_kind text 0 KIND, function function 3 IN, where place 2 AT, count count 4 TIMES
-- columns: lock id 0 LOCK, next_lock id 0 NEXT, held_stack id 0 HELD STACK, stack id 0 STACK
-- explain: Each row of a cycle takes a lock while it holds another one, the one that the row before wants; when
-- explain: threads do so at the same time, none of them can go on. Possible, not certain: it did not
-- explain: happen in this run, and data may keep the threads apart. A thread without a name of its own goes by
-- explain: the function it runs. Left out are cycles of one thread,
-- explain: under a lock that all of them hold, of readers only, of calls that give up, and of threads
-- explain: that births, joins or barriers keep from running at the same time.
WITH site AS (
	SELECT i.*, hs.function AS held_function, hs.file AS held_file, hs.line AS held_line, ws.function AS want_function,
		ws.file AS want_file, ws.line AS want_line,
		(SELECT code FROM (SELECT s.code, s.count, c.line = hs.line AS same FROM lock_site s JOIN code_name c ON c.code = s.code
			WHERE s.lock = i.lock AND s.thread = i.thread AND c.function = hs.function) ORDER BY same DESC, count DESC LIMIT 1) AS held_code,
		(SELECT code FROM (SELECT s.code, s.count, c.line = ws.line AS same FROM lock_site s JOIN code_name c ON c.code = s.code
			WHERE s.lock = i.next_lock AND s.thread = i.thread AND c.function = ws.function) ORDER BY same DESC, count DESC LIMIT 1) AS want_code
	FROM reading_inversion i LEFT JOIN stack_site hs ON hs.stack = i.held_stack LEFT JOIN stack_site ws ON ws.stack = i.stack)
SELECT i.inversion, i.position, i.thread,
	coalesce(nullif(nullif(t.name, ''), substr(replace(p.path, rtrim(p.path, replace(p.path, '/', '')), ''), 1, 15)), r.function, CASE WHEN t.tid = p.pid THEN 'main' END, 'thread ' || t.tid) AS name,
	h.name AS holds, h.kind AS held_kind, i.held_function AS got_in,
	coalesce(hc.file || ':' || hc.line, i.held_file || ':' || i.held_line) AS got_at,
	w.name AS wants, w.kind AS wanted_kind, i.want_function AS function,
	coalesce(wc.file || ':' || wc.line, i.want_file || ':' || i.want_line) AS "where", i.count,
	i.lock, i.next_lock, i.held_stack, i.stack
FROM site i LEFT JOIN thread_summary t ON t.thread = i.thread LEFT JOIN process_summary p ON p.process = t.process
LEFT JOIN code_name r ON r.code = t.routine LEFT JOIN lock_name h ON h.lock = i.lock LEFT JOIN lock_name w ON w.lock = i.next_lock
LEFT JOIN code_name hc ON hc.code = i.held_code LEFT JOIN code_name wc ON wc.code = i.want_code
ORDER BY i.inversion, i.position
