-- title: Deadlocks
-- question: Which threads waited for each other and could not go on?
-- columns: deadlock id 1 DEADLOCK, kind text 3 KIND, certain flag 2 CERTAIN, position id 0 POSITION
-- columns: thread id 0 ID, pid id 6 PID, tid id 4 TID, name text 1 THREAD, holds function 1 HOLDS
-- columns: got_in function 5 GOT IN, got_at place 3 GOT AT, waits_for function 1 WAITS FOR, waits_kind text 0 KIND
-- columns: call text 5 CALL, function function 2 IN, where place 1 AT, since_ns ns 4 SINCE, formed_ns ns 0 FORMED
-- columns: found_ns ns 0 FOUND, stack id 0 STACK, behind count 0 BEHIND, owner_tid id 0 OWNER, elsewhere flag 0 ELSEWHERE
-- explain: Kind cycle: each thread waits for what the next row's holds, the last one for the first's. Self:
-- explain: a thread waits for what it holds. Left: for a lock whose owner has ended, or is of another
-- explain: process. Silent: all threads of a process wait, and nobody is left to wake them. Certain:
-- explain: the locks themselves said who owned them.
SELECT d.deadlock, d.kind, d.certain, d.position, d.thread, p.pid, t.tid,
	coalesce(nullif(nullif(t.name, ''), substr(replace(p.path, rtrim(p.path, replace(p.path, '/', '')), ''), 1, 15)), r.function, CASE WHEN t.tid = p.pid THEN 'main' END, 'thread ' || t.tid) AS name, h.name AS holds, cn.function AS got_in, cn.file || ':' || cn.line AS got_at,
	coalesce(l.name, d.family) AS waits_for, d.family AS waits_kind, d.call, s.function, s.file || ':' || s.line AS "where",
	d.since_ns, d.formed_ns, d.found_ns, d.stack, d.behind, nullif(d.owner_tid, 0) AS owner_tid, d.owner_elsewhere AS elsewhere
FROM deadlock_part d LEFT JOIN thread_life t ON t.thread = d.thread LEFT JOIN process_summary p ON p.process = t.process
LEFT JOIN thread_summary u ON u.thread = d.thread LEFT JOIN code_name r ON r.code = u.routine
LEFT JOIN lock_name l ON l.lock = d.lock LEFT JOIN lock_name h ON h.lock = d.held_lock
LEFT JOIN stack_site s ON s.stack = d.stack LEFT JOIN code_name cn ON cn.code = d.held_code
ORDER BY d.deadlock, d.position
