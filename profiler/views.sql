-- What reports may read. Column names carry units. All are cheap: none reads the event rows,
-- except the last group, which is for questions asked by hand.

-- Every frame of every stack with names, inlined frames in between: level 0 is the innermost. call: where in its file it is.
CREATE VIEW stack_line AS
SELECT f.stack, f.position, l.depth, l.function, l.file, l.line, l.runtime,
	CASE WHEN c.address < -0x4000000000000000 THEN 'python' ELSE m.path END AS module, c.address,
	replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') || printf('+0x%x', c.address - 1 - m.bias) AS call
FROM frame f JOIN code c ON c.id = f.code LEFT JOIN code_line l ON l.code = c.id
LEFT JOIN module m ON m.id = c.module;

-- Where a stack enters the program: its first frame that is not of a runtime library; when all
-- are, the innermost of Python's own library; else the innermost, and runtime is 1. Stacks without
-- any name are left out.
CREATE VIEW stack_site AS
SELECT stack, function, CASE WHEN runtime = 0 OR module = 'python' THEN file END AS file,
	CASE WHEN runtime = 0 OR module = 'python' THEN line END AS line,
	runtime AND module IS NOT 'python' AS runtime,
	min((runtime + (runtime AND module IS NOT 'python')) * 10000000 + position * 1000 + depth) AS rank
FROM stack_line WHERE function IS NOT NULL GROUP BY stack;

-- How a lock was used: see lock.use. Finished recordings only.
CREATE VIEW lock_use AS SELECT id AS lock, use FROM lock WHERE use IS NOT NULL;

-- The exact counts by lock, thread and call. acquisitions: calls that got it (condition, barrier,
-- join: calls). hold_ns: contended holds, all of them timed, and the others
-- scaled from their sample; it stands for `held` acquisitions.
CREATE VIEW lock_tally AS
SELECT o.lock, t.thread, t.code, h.name AS call, h.kind, h.family, h.mode, t.bytes,
	CASE WHEN h.kind IN ('acquire', 'try', 'wait') THEN t.count ELSE 0 END AS acquisitions,
	t.contended, t.failed, t.wait_ns, t.wait_max_ns, t.hold_samples, t.hold_max_ns,
	t.contended_hold_ns + CASE WHEN t.hold_samples > t.contended_holds THEN 1.0 * (t.hold_ns - t.contended_hold_ns)
		/ (max(t.hold_weight, t.hold_samples) - t.contended_holds) * (max(t.count, t.hold_samples) - t.contended_holds) ELSE 0 END AS hold_ns,
	CASE WHEN t.hold_samples > t.contended_holds THEN max(t.count, t.hold_samples) ELSE t.contended_holds END AS held,
	CASE WHEN h.kind IN ('acquire', 'try', 'wait') THEN t.thread END AS user
FROM tally t JOIN object o ON o.id = t.object JOIN hook h ON h.id = t.hook;
CREATE VIEW lock_count AS
SELECT lock, sum(acquisitions) AS acquisitions, sum(contended) AS contended, sum(failed) AS failed,
	sum(wait_ns) AS wait_ns, max(wait_max_ns) AS wait_max_ns,
	sum(hold_samples) AS hold_samples, sum(held) AS held,
	max(hold_max_ns) AS hold_max_ns, cast(sum(hold_ns) AS INTEGER) AS hold_ns, count(DISTINCT user) AS threads
FROM lock_tally GROUP BY lock;

-- Percentiles, interpolated inside a bucket.
CREATE VIEW wait_percentile AS
WITH b AS (SELECT o.lock, w.low_ns, w.high_ns, sum(w.count) AS n FROM wait_bucket w JOIN object o ON o.id = w.object GROUP BY o.lock, w.low_ns),
c AS (SELECT lock, low_ns, high_ns, n, sum(n) OVER (PARTITION BY lock ORDER BY low_ns) AS upto, sum(n) OVER (PARTITION BY lock) AS total FROM b)
SELECT lock, min(CASE WHEN upto >= 0.5 * total AND upto - n < 0.5 * total THEN low_ns + (high_ns - low_ns) * (0.5 * total - (upto - n)) / n END) AS p50_ns,
	min(CASE WHEN upto >= 0.99 * total AND upto - n < 0.99 * total THEN low_ns + (high_ns - low_ns) * (0.99 * total - (upto - n)) / n END) AS p99_ns, total
FROM c GROUP BY lock;
CREATE VIEW hold_percentile AS
WITH b AS (SELECT o.lock, w.low_ns, w.high_ns, sum(w.count) AS n FROM hold_bucket w JOIN object o ON o.id = w.object GROUP BY o.lock, w.low_ns),
c AS (SELECT lock, low_ns, high_ns, n, sum(n) OVER (PARTITION BY lock ORDER BY low_ns) AS upto, sum(n) OVER (PARTITION BY lock) AS total FROM b)
SELECT lock, min(CASE WHEN upto >= 0.5 * total AND upto - n < 0.5 * total THEN low_ns + (high_ns - low_ns) * (0.5 * total - (upto - n)) / n END) AS p50_ns,
	min(CASE WHEN upto >= 0.99 * total AND upto - n < 0.99 * total THEN low_ns + (high_ns - low_ns) * (0.99 * total - (upto - n)) / n END) AS p99_ns, total
FROM c GROUP BY lock;

-- The lock table of the report.
CREATE VIEW lock_summary AS
SELECT l.id AS lock, l.name, l.named_by, l.family AS kind, u.use, l.place, l.process, l.address, l.attributes,
	c.acquisitions, c.contended, c.failed, c.wait_ns,
	CASE WHEN c.contended > 0 THEN c.wait_ns / c.contended END AS wait_avg_ns,
	cast(w.p50_ns AS INTEGER) AS wait_p50_ns, cast(min(w.p99_ns, c.wait_max_ns) AS INTEGER) AS wait_p99_ns, c.wait_max_ns,
	c.hold_samples, CASE WHEN c.held > 0 THEN c.hold_ns / c.held END AS hold_avg_ns,
	cast(min(p.p99_ns, c.hold_max_ns) AS INTEGER) AS hold_p99_ns, c.hold_max_ns, c.hold_ns, c.threads
FROM lock l JOIN lock_count c ON c.lock = l.id JOIN lock_use u ON u.lock = l.id
LEFT JOIN wait_percentile w ON w.lock = l.id LEFT JOIN hold_percentile p ON p.lock = l.id;

-- Where threads waited for a lock, and whom they waited for. stack 0: none was taken.
CREATE VIEW lock_waiter AS
SELECT o.lock, w.stack, h.name AS call, count(DISTINCT w.thread) AS threads, sum(w.count) AS waits,
	sum(w.wait_ns) AS wait_ns, max(w.wait_max_ns) AS wait_max_ns, sum(w.timed_out) AS timed_out
FROM wait_sum w JOIN object o ON o.id = w.object JOIN hook h ON h.id = w.hook GROUP BY o.lock, w.stack, w.hook;
CREATE VIEW lock_holder AS
SELECT o.lock, b.cause, b.holder AS thread, b.holder_stack AS stack, sum(b.waits) AS waits, sum(b.ns) AS blame_ns
FROM blame b JOIN object o ON o.id = b.object GROUP BY o.lock, b.cause, b.holder, b.holder_stack;
CREATE VIEW lock_blame AS -- waiter stack against holder stack
SELECT o.lock, b.stack AS waiter_stack, b.cause, b.holder AS thread, b.holder_stack, sum(b.waits) AS waits, sum(b.ns) AS blame_ns
FROM blame b JOIN object o ON o.id = b.object GROUP BY o.lock, b.stack, b.cause, b.holder, b.holder_stack;

-- Locks that a program made in one place are one row of a report, told apart by their first one.
CREATE VIEW lock_group AS SELECT id AS lock, use, coalesce(leader, id) AS leader FROM lock;
CREATE VIEW histogram AS
SELECT o.lock, 'wait' AS what, w.low_ns, w.high_ns, w.count FROM wait_bucket w JOIN object o ON o.id = w.object
UNION ALL
SELECT o.lock, 'hold', b.low_ns, b.high_ns, b.count FROM hold_bucket b JOIN object o ON o.id = b.object;
CREATE VIEW group_percentile AS
WITH b AS (SELECT g.leader, h.what, h.low_ns, h.high_ns, sum(h.count) AS n
	FROM histogram h JOIN lock_group g ON g.lock = h.lock GROUP BY g.leader, h.what, h.low_ns),
c AS (SELECT *, sum(n) OVER (PARTITION BY leader, what ORDER BY low_ns) AS upto, sum(n) OVER (PARTITION BY leader, what) AS total FROM b),
q AS (SELECT leader, what, min(CASE WHEN upto >= 0.5 * total AND upto - n < 0.5 * total THEN low_ns + (high_ns - low_ns) * (0.5 * total - (upto - n)) / n END) AS p50_ns,
	min(CASE WHEN upto >= 0.99 * total AND upto - n < 0.99 * total THEN low_ns + (high_ns - low_ns) * (0.99 * total - (upto - n)) / n END) AS p99_ns
	FROM c GROUP BY leader, what)
SELECT leader, max(p50_ns) FILTER (WHERE what = 'wait') AS wait_p50_ns, max(p99_ns) FILTER (WHERE what = 'wait') AS wait_p99_ns,
	max(p50_ns) FILTER (WHERE what = 'hold') AS hold_p50_ns, max(p99_ns) FILTER (WHERE what = 'hold') AS hold_p99_ns
FROM q GROUP BY leader;
CREATE VIEW group_summary AS
WITH n AS (SELECT g.leader, g.use, count(DISTINCT g.lock) AS instances, sum(acquisitions) AS acquisitions,
		sum(contended) AS contended, sum(failed) AS failed, sum(wait_ns) AS wait_ns, max(wait_max_ns) AS wait_max_ns,
		sum(hold_samples) AS hold_samples, sum(held) AS held, max(hold_max_ns) AS hold_max_ns,
		cast(sum(hold_ns) AS INTEGER) AS hold_ns, count(DISTINCT user) AS threads
	FROM lock_tally t JOIN lock_group g ON g.lock = t.lock GROUP BY g.leader, g.use)
SELECT n.leader, l.name, l.named_by, l.family AS kind, n.use, l.place, pr.path, l.attributes, n.instances, n.acquisitions,
	n.contended, n.failed, n.wait_ns, CASE WHEN n.contended > 0 THEN n.wait_ns / n.contended END AS wait_avg_ns,
	cast(min(p.wait_p50_ns, n.wait_max_ns) AS INTEGER) AS wait_p50_ns, cast(min(p.wait_p99_ns, n.wait_max_ns) AS INTEGER) AS wait_p99_ns,
	n.wait_max_ns, n.hold_samples, CASE WHEN n.held > 0 THEN n.hold_ns / n.held END AS hold_avg_ns,
	cast(min(p.hold_p99_ns, n.hold_max_ns) AS INTEGER) AS hold_p99_ns, n.hold_max_ns, n.hold_ns, n.threads
FROM n JOIN lock l ON l.id = n.leader JOIN process pr ON pr.id = l.process
LEFT JOIN group_percentile p ON p.leader = n.leader;

CREATE VIEW lock_name AS SELECT id AS lock, name, family AS kind, place FROM lock;
CREATE VIEW thread_lock AS
SELECT t.thread, g.leader, g.use, sum(t.acquisitions) AS acquisitions, sum(t.contended) AS contended,
	sum(t.wait_ns) AS wait_ns, max(t.wait_max_ns) AS wait_max_ns
FROM lock_tally t JOIN lock_group g ON g.lock = t.lock GROUP BY t.thread, g.leader, g.use;
CREATE VIEW group_waiter AS
SELECT g.leader, w.stack, h.name AS call, count(DISTINCT w.thread) AS threads, sum(w.count) AS waits,
	sum(w.wait_ns) AS wait_ns, max(w.wait_max_ns) AS wait_max_ns, sum(w.timed_out) AS timed_out
FROM wait_sum w JOIN object o ON o.id = w.object JOIN lock_group g ON g.lock = o.lock JOIN hook h ON h.id = w.hook
GROUP BY g.leader, w.stack, w.hook;
CREATE VIEW group_holder AS
SELECT g.leader, b.cause, b.holder AS thread, b.holder_stack AS stack, sum(b.waits) AS waits, sum(b.ns) AS blame_ns
FROM blame b JOIN object o ON o.id = b.object JOIN lock_group g ON g.lock = o.lock
GROUP BY g.leader, b.cause, b.holder, b.holder_stack;

-- What objects of a family are for, and whether somebody holds them while others wait. A semaphore
-- may be both: see lock_use.
CREATE VIEW family_use (family, use, excludes) AS VALUES ('mutex', 'lock', 1), ('rwlock', 'lock', 1), ('spin', 'lock', 1),
	('gil', 'lock', 1), ('semaphore', 'idle', 1), ('once', 'phase', 1), ('barrier', 'phase', 0), ('join', 'phase', 0),
	('child', 'phase', 0), ('timer', 'timer', 0), ('io', 'io', 0), ('condition', 'idle', 0), ('futex', 'idle', 0);

-- What was called on a group: readers and writers apart, tries apart.
CREATE VIEW group_call AS
SELECT g.leader, h.kind, h.mode, sum(t.count) AS acquisitions, sum(t.contended) AS contended, sum(t.failed) AS failed,
	sum(t.wait_ns) AS wait_ns
FROM tally t JOIN object o ON o.id = t.object JOIN lock_group g ON g.lock = o.lock JOIN hook h ON h.id = t.hook
GROUP BY g.leader, h.kind, h.mode;
-- Who took it where; code: the return address of the call.
CREATE VIEW group_place AS
SELECT g.leader, t.thread, t.code, sum(t.count) AS acquisitions
FROM tally t JOIN object o ON o.id = t.object JOIN lock_group g ON g.lock = o.lock JOIN hook h ON h.id = t.hook
WHERE h.kind IN ('acquire', 'try') GROUP BY g.leader, t.thread, t.code;
CREATE VIEW lock_threads AS
SELECT g.leader, o.lock, count(DISTINCT t.thread) AS threads, sum(t.count) AS acquisitions
FROM tally t JOIN object o ON o.id = t.object JOIN lock_group g ON g.lock = o.lock JOIN hook h ON h.id = t.hook
WHERE h.kind IN ('acquire', 'try') GROUP BY o.lock;

-- Name of a code address: of the function itself, not of what was inlined into it.
CREATE VIEW code_name AS
SELECT code, function, file, line, max(depth) AS depth FROM code_line GROUP BY code;

-- Threads with their life and their waits. Only those for locks are contention.
CREATE VIEW thread_life AS
SELECT t.id AS thread, t.process, t.tid, coalesce(t.name, '') AS name, t.begin_ns, t.cpu_ns,
	coalesce(t.end_ns, (SELECT value FROM run WHERE key = 'wall_ns')) AS end_ns FROM thread t;
CREATE VIEW thread_summary AS
WITH x AS (SELECT a.thread, sum(a.wait_ns) FILTER (WHERE u.use = 'lock') AS lock_ns,
		sum(a.wait_ns) FILTER (WHERE u.use = 'idle') AS idle_ns, sum(a.wait_ns) FILTER (WHERE u.use = 'phase') AS phase_ns,
		sum(a.wait_ns) FILTER (WHERE u.use = 'io') AS io_ns, sum(a.wait_ns) FILTER (WHERE u.use = 'timer') AS sleep_ns,
		sum(a.acquisitions) FILTER (WHERE f.excludes AND a.family <> 'once') AS acquisitions
	FROM lock_tally a JOIN lock_use u ON u.lock = a.lock JOIN family_use f ON f.family = a.family GROUP BY a.thread)
SELECT t.id AS thread, t.process, t.tid, i.name, t.parent, t.begin_ns, i.end_ns, t.ended,
	t.cpu_ns, t.voluntary, t.involuntary, coalesce(x.acquisitions, 0) AS acquisitions,
	coalesce(x.lock_ns, 0) AS lock_wait_ns, coalesce(x.idle_ns, 0) AS idle_wait_ns,
	coalesce(x.phase_ns, 0) AS phase_wait_ns, coalesce(x.io_ns, 0) AS io_wait_ns, coalesce(x.sleep_ns, 0) AS sleep_ns, t.routine
FROM thread t JOIN thread_life i ON i.thread = t.id LEFT JOIN x ON x.thread = t.id;

-- Who took an interpreter's lock. forced: drops that others had asked for; requests: so often this
-- thread asked the holder to drop it.
CREATE VIEW gil_thread AS
SELECT l.process, o.lock, t.thread, sum(t.count) FILTER (WHERE h.kind = 'acquire') AS takes, sum(t.contended) AS waits,
	coalesce(sum(t.count) FILTER (WHERE h.name = 'gil_forced'), 0) AS forced,
	(SELECT coalesce(sum(w.other), 0) FROM wait w JOIN object x ON x.id = w.object WHERE w.thread = t.thread AND x.lock = o.lock) AS requests,
	sum(t.hold_ns) AS hold_ns, max(t.hold_max_ns) AS hold_max_ns, sum(t.wait_ns) AS wait_ns, max(t.wait_max_ns) AS wait_max_ns
FROM tally t JOIN object o ON o.id = t.object JOIN lock l ON l.id = o.lock JOIN hook h ON h.id = t.hook
WHERE o.family = 'gil' GROUP BY o.lock, t.thread;
-- Processes that Python runs in.
CREATE VIEW python_process AS SELECT DISTINCT process FROM lock WHERE family = 'gil';
-- Those whose interpreter is built without GIL: there it is held as the program begins, and when asked for.
CREATE VIEW python_without_gil AS SELECT DISTINCT process FROM note WHERE code = 6 AND text = 'free-threaded';
-- What stacks of Python are at; function, file, line: where the program itself is.
CREATE VIEW python_at AS SELECT stack, class, function, file, line FROM python_stack;
CREATE VIEW python_kind AS SELECT class, words, kind FROM python_class;
-- What threads waited for, and where.
CREATE VIEW thread_wait AS
SELECT w.thread, w.stack, o.family, o.lock, sum(w.count) AS waits, sum(w.wait_ns) AS wait_ns
FROM wait_sum w JOIN object o ON o.id = w.object GROUP BY w.thread, w.stack, o.family, o.lock;

-- What processes of Python's multiprocessing are for, by their command.
CREATE VIEW process_command_role (role, pattern) AS VALUES ('resource tracker', '*multiprocessing.resource_tracker import main*'),
	('forkserver', '*multiprocessing.forkserver import main*'), ('worker', '*multiprocessing.spawn import spawn_main*');
-- A forked child has its parent's command; with an interpreter it is a worker, whoever forked it.
CREATE VIEW process_role AS
SELECT p.id AS process, CASE WHEN p.origin <> 'fork' THEN (SELECT r.role FROM process_command_role r WHERE p.command GLOB r.pattern)
	WHEN EXISTS (SELECT 1 FROM object o WHERE o.process = p.id AND o.family = 'gil') THEN 'worker' END AS role
FROM process p;
CREATE VIEW process_summary AS
WITH x AS (SELECT process, count(*) AS threads, sum(cpu_ns) AS cpu_ns FROM thread GROUP BY process)
SELECT p.id AS process, p.pid, p.parent, p.parent_pid, p.origin, p.path, p.command, p.begin_ns, p.end_ns, p.status, p.ended,
	coalesce(x.threads, 0) AS threads, x.cpu_ns
FROM process p LEFT JOIN x ON x.process = p.id;

-- Who is whose child, and from when to when: through all programs that it became by exec.
CREATE VIEW process_child AS
WITH RECURSIVE image (process, child) AS (SELECT id, id FROM process WHERE origin IS NOT 'exec' OR parent IS NULL
	UNION ALL SELECT p.id, i.child FROM image i JOIN process p ON p.parent = i.process WHERE p.origin = 'exec')
SELECT i.child, m.child AS parent, min(p.begin_ns) AS begin_ns, max(coalesce(p.end_ns, (SELECT value FROM run WHERE key = 'wall_ns'))) AS end_ns
FROM image i JOIN process p ON p.id = i.process JOIN process c ON c.id = i.child JOIN image m ON m.process = c.parent
GROUP BY i.child, m.child;

-- Processes that say nothing of a program in Python, and why. around: a shell's, say, that led to it: not started by
-- it, no message to or from it, one thread, 100 ms or 5 % of its CPU time at most. plumbing: multiprocessing's own.
CREATE VIEW process_fold AS
WITH RECURSIVE inside (process) AS (SELECT process FROM python_process UNION SELECT p.id FROM process p JOIN inside i ON p.parent = i.process),
end_of AS (SELECT DISTINCT u.channel, u.flow, u.direction, t.process, t.process IN inside AS within
	FROM channel_use u JOIN thread t ON t.id = u.thread WHERE EXISTS (SELECT 1 FROM inside)),
speaks AS (SELECT a.process FROM end_of a JOIN end_of b ON b.channel = a.channel AND b.flow = a.flow AND b.direction <> a.direction
	WHERE b.within AND NOT a.within),
most AS (SELECT max(100000000, sum(cpu_ns) / 20) AS cpu_ns FROM thread WHERE process IN inside)
SELECT s.process, 'around' AS fold FROM process_summary s, most
WHERE EXISTS (SELECT 1 FROM inside) AND s.process NOT IN inside AND s.process NOT IN speaks AND s.threads <= 1 AND coalesce(s.cpu_ns, 0) <= most.cpu_ns
UNION ALL SELECT process, 'plumbing' FROM process_role WHERE role = 'resource tracker';

-- Whom a process works for: a child of the forkserver for the process whose pipe it read first, others for their
-- parent. stack: where that one wrote into the pipe.
CREATE VIEW process_master AS
WITH pipe AS (SELECT a.process, b.process AS master, b.stack, min(a.first_ns) FROM channel_part a JOIN process p ON p.id = a.process
		JOIN process_role r ON r.process = p.parent AND r.role = 'forkserver'
		JOIN channel_part b ON b.channel = a.channel AND b.flow = a.flow AND b.direction = 'send' AND b.process NOT IN (p.id, p.parent)
	WHERE a.direction = 'receive' GROUP BY a.process)
SELECT p.id AS process, coalesce(pipe.master, p.parent) AS master, pipe.stack FROM process p LEFT JOIN pipe ON pipe.process = p.id;
-- Workers. ready_ns: when it first used what it shares with others, a lock or messages: it had started. received: messages,
-- each a length and the rest, which may come in pieces, or be as short as a length. stack: where it was started.
CREATE VIEW worker AS
WITH w AS (SELECT process FROM process_role WHERE role = 'worker'),
lock_use AS (SELECT process, min(first_ns) AS ns FROM object WHERE family = 'semaphore' AND inode IS NOT NULL GROUP BY process),
message_use AS (SELECT process, min(first_ns) AS ns, sum(min(headers, calls / 2)) FILTER (WHERE direction = 'receive') AS received FROM channel_part
	WHERE headers > 0 GROUP BY process)
SELECT s.process, m.master, s.begin_ns, s.end_ns, s.cpu_ns, coalesce(b.received, 0) AS received,
	min(coalesce(a.ns, b.ns), coalesce(b.ns, a.ns)) AS ready_ns, coalesce(m.stack,
	(SELECT f.stack FROM fork f WHERE f.child = s.pid AND f."begin" <= s.begin_ns ORDER BY f."begin" DESC LIMIT 1)) AS stack
FROM w JOIN process_summary s ON s.process = w.process JOIN process_master m ON m.process = w.process
LEFT JOIN lock_use a ON a.process = w.process LEFT JOIN message_use b ON b.process = w.process;

-- What to call a process in a row.
CREATE VIEW process_label AS
SELECT p.id AS process, coalesce(r.role, replace(i.path, rtrim(i.path, replace(i.path, '/', '')), '')) || ' ' || p.pid AS label
FROM process p JOIN process_role r ON r.process = p.id LEFT JOIN process i ON i.id = coalesce(p.image, p.id);

-- Who moved how much through which pipe or socket. python: that process has an interpreter.
CREATE VIEW channel_part AS
SELECT u.channel, u.flow, c.kind, c.inode, c.peer, c.peer_pid, c.address, t.process, u.thread, u.direction,
	u.calls, u.bytes, u.headers, u.waits, u.blocked_ns, u.stack, u.first_ns,
	EXISTS (SELECT 1 FROM object o WHERE o.process = t.process AND o.family = 'gil') AS python
FROM channel_use u JOIN channel c ON c.id = u.channel JOIN thread t ON t.id = u.thread;

-- Which pipe or socket a call for input or output was about; polled: that its process received from most often, for calls
-- that wait for one of many.
CREATE VIEW io_channel AS
WITH e AS (SELECT device, inode, kind, address FROM channel
	UNION ALL SELECT device, peer, kind, address FROM channel WHERE peer <> inode)
SELECT l.id AS lock, l.name, e.kind, e.address, (SELECT p.kind FROM channel_part p WHERE p.process = l.process AND p.direction = 'receive'
	GROUP BY p.kind ORDER BY sum(p.calls) DESC LIMIT 1) AS polled
FROM lock l LEFT JOIN e ON e.device = l.device AND e.inode = l.inode WHERE l.family = 'io';

-- Pipes and sockets whose other end another thread of Python in the recording uses: who waits there
-- waits for that one. What other programs send is input, also those that it started.
CREATE VIEW channel_inside AS
SELECT l.id AS lock, c.id AS channel FROM channel c JOIN lock l ON l.device = c.device AND l.inode IN (c.inode, c.peer)
WHERE c.id IN (SELECT u.channel FROM channel_use u JOIN thread t ON t.id = u.thread GROUP BY u.channel, u.flow
	HAVING count(DISTINCT u.direction) = 2 AND count(DISTINCT u.thread) > 1
	AND min(EXISTS (SELECT 1 FROM object o WHERE o.process = t.process AND o.family = 'gil')));

-- What the scheduler did with each thread. unseen_ns: blocked, and no wait of the log covers it.
-- Off a core, where no wait explains it; ready_ns + blocked_ns are less than it is long where a row is of many.
CREATE VIEW off_time AS
SELECT task, begin_ns, end_ns, preempted * (end_ns - begin_ns) AS ready_ns, (1 - preempted) * (end_ns - begin_ns) AS blocked_ns FROM off_core
UNION ALL SELECT task, begin_ns, end_ns, ready_ns, blocked_ns FROM off_stretch;
CREATE VIEW thread_schedule AS
SELECT k.thread, sum(k.on_ns) AS on_ns, sum(k.blocked) AS blocked, sum(k.blocked_ns) AS blocked_ns,
	sum(k.preempted) AS preempted, sum(k.preempted_ns) AS preempted_ns, sum(k.migrations) AS migrations,
	coalesce(sum(o.unseen_ns), 0) AS unseen_ns
FROM task k LEFT JOIN (SELECT task, sum(blocked_ns) AS unseen_ns FROM off_time GROUP BY task) o
	ON o.task = k.id
WHERE k.thread IS NOT NULL AND k.on_ns IS NOT NULL GROUP BY k.thread;

-- Samples by what they share. kernel: made in a system call or a fault; lock: held then.
CREATE VIEW sample_all AS -- the kernel's, and those that threads took by a signal
SELECT k.thread, s.time, s.stack, s.kernel, s.held FROM sample s JOIN task k ON k.id = s.task WHERE k.thread IS NOT NULL
UNION ALL SELECT thread, time, stack, kernel, held FROM thread_sample;
CREATE VIEW sample_count AS
SELECT s.thread, s.stack, s.kernel, o.lock, count(*) AS samples FROM sample_all s
LEFT JOIN object o ON o.id = s.held GROUP BY 1, 2, 3, 4;

-- Functions by how often samples met them. self: it ran itself; samples: or what it called did.
-- Code without a name goes by its module.
CREATE VIEW sample_frame AS
SELECT f.stack, f.position, coalesce(l.depth, 0) AS depth,
	coalesce(l.function, '[' || replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') || ']', '[unknown]') AS function,
	l.file, l.line, coalesce(l.runtime, 1) AS runtime, m.path AS module
FROM frame f JOIN code c ON c.id = f.code LEFT JOIN code_line l ON l.code = c.id LEFT JOIN module m ON m.id = c.module;
-- Samples in code of parallel runtimes, or of libc called from there: their threads spin for work, or for each other.
CREATE VIEW team_sample AS
WITH x AS (SELECT f.stack, min(f.position) AS position, c.module FROM sampled_frame f JOIN code c ON c.id = f.code
	LEFT JOIN runtime_module r ON r.module = c.module AND r.kind = 'libc' WHERE EXISTS (SELECT 1 FROM runtime_module WHERE kind = 'team') AND r.module IS NULL GROUP BY f.stack)
SELECT s.stack, x.module, sum(s.samples) AS samples FROM x JOIN runtime_module r ON r.module = x.module AND r.kind = 'team'
JOIN sample_count s ON s.stack = x.stack GROUP BY s.stack, x.module;
CREATE VIEW function_sample AS
WITH s AS (SELECT stack, sum(samples) AS samples, coalesce(sum(samples) FILTER (WHERE lock IS NOT NULL), 0) AS held
	FROM sample_count WHERE stack IS NOT NULL GROUP BY stack),
x AS (SELECT stack, function, min(position * 1000 + depth) = 0 AS self, file, line, module
	FROM sample_frame WHERE stack IN (SELECT stack FROM s) GROUP BY stack, function)
SELECT x.function, x.module, max(x.file) AS file, sum(s.samples) FILTER (WHERE x.self) AS self, sum(s.samples) AS samples,
	sum(s.held) FILTER (WHERE x.self) AS held
FROM x JOIN s ON s.stack = x.stack GROUP BY x.function, x.module;
-- The same in parts of all samples, with 95 % intervals (Wilson; a share of 1 must not lie above them by a rounding), and what threads waited in it or in what it called: of
-- waits that were written.
CREATE VIEW function_wait AS
WITH w AS (SELECT stack, sum(wait_ns) AS ns FROM wait_sum WHERE stack > 0 GROUP BY stack),
x AS (SELECT DISTINCT stack, function, module, file FROM sample_frame WHERE stack IN (SELECT stack FROM w))
SELECT x.function, x.module, max(x.file) AS file, sum(w.ns) AS waited_ns FROM x JOIN w ON w.stack = x.stack GROUP BY x.function, x.module;
CREATE VIEW function_time AS
WITH t AS (SELECT 1.0 * sum(samples) AS n, 3.8416 / sum(samples) AS z FROM sample_count WHERE stack IS NOT NULL),
f AS (SELECT function, module, file, coalesce(self, 0) AS own, samples, coalesce(held, 0) AS held, NULL AS waited_ns FROM function_sample
	UNION ALL SELECT function, module, file, 0, 0, 0, waited_ns FROM function_wait),
g AS (SELECT function, module, max(file) AS file, sum(own) AS own, sum(samples) AS samples, sum(held) AS held, sum(waited_ns) AS waited_ns
	FROM f GROUP BY function, module),
p AS (SELECT g.*, own / n AS self_share, samples / n AS share, z FROM g, t)
SELECT function, module, file, own, samples, 1.0 * held / nullif(own, 0) AS held_share, waited_ns, self_share, share,
	max(0, min(self_share, (self_share + z / 2 - sqrt(z * (self_share * (1 - self_share) + z / 4))) / (1 + z))) AS self_low,
	max(self_share, (self_share + z / 2 + sqrt(z * (self_share * (1 - self_share) + z / 4))) / (1 + z)) AS self_high,
	max(0, min(share, (share + z / 2 - sqrt(z * (share * (1 - share) + z / 4))) / (1 + z))) AS low,
	max(share, (share + z / 2 + sqrt(z * (share * (1 - share) + z / 4))) / (1 + z)) AS high
FROM p;

-- The frames of sampled stacks, and the code they are at: the function that was compiled (others may be inlined in it), and
-- the innermost loop of it.
CREATE VIEW sampled_frame AS SELECT stack, position, code FROM frame WHERE stack IN (SELECT stack FROM sample_all);
CREATE VIEW site_frame AS SELECT stack, position, code FROM frame WHERE stack IN (SELECT stack FROM call_site);
CREATE VIEW placed_code AS -- of both
SELECT c.id AS code, c.address, n.function, m.path AS module, n.file, n.line, coalesce(n.runtime, 0) AS runtime, i.loop
FROM code c LEFT JOIN (SELECT code, function, file, line, runtime, max(depth) FROM code_line GROUP BY code) n ON n.code = c.id
LEFT JOIN module m ON m.id = c.module LEFT JOIN code_in_loop i ON i.code = c.id WHERE c.id IN (SELECT code FROM sampled_frame UNION SELECT code FROM site_frame);
-- Loops with what was seen of their passes (record --pieces): how many were timed, ns in all; trap_ns: shorter ones were not
-- timed well; place: where each pass begins, when no line is known. And words of memory that were watched over several passes, by what passes did with them.
CREATE VIEW loop_fact AS
SELECT l.id, l.parent, l.function, l.file, l.line, l.line_last, l.calls, l.carry, l.recurrence, coalesce(sum(p.pieces), 0) AS pieces,
	CASE WHEN l.file IS NULL THEN replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') || printf('+0x%x', l.header - m.bias) END AS place,
	coalesce(sum(p.piece_ns), 0) AS piece_ns, coalesce(sum(p.piece_squares), 0) AS piece_squares,
	coalesce(max(p.piece_max_ns), 0) AS piece_max_ns, coalesce(max(p.trap_ns), 0) AS trap_ns
FROM code_loop l LEFT JOIN piece_watch p ON p.loop = l.id LEFT JOIN module m ON m.id = l.module GROUP BY l.id;
CREATE VIEW code_variable AS SELECT code, address, reads, writes, name FROM code_global;
CREATE VIEW loop_word_sum AS
SELECT p.loop, count(*) AS watched, sum(w.kind <> 'unmet') AS met, sum(w.kind = 'read') AS read, sum(w.kind = 'own') AS own,
	sum(w.kind = 'accumulated') AS accumulated, sum(w.kind = 'carried') AS carried,
	count(DISTINCT CASE WHEN w.kind = 'carried' THEN w.address END) AS carried_apart,
	max(w.delay) FILTER (WHERE w.kind = 'carried') AS delay, max(w.name) FILTER (WHERE w.kind = 'carried') AS carried_name
FROM piece_word w JOIN piece_watch p ON p.id = w.watch WHERE p.loop IS NOT NULL GROUP BY p.loop;

-- The run in words: its facts, what could not be seen, what the recording is unsure of.
CREATE VIEW run_fact AS SELECT key, value FROM run;
CREATE VIEW unseen_part AS SELECT reason, subject, count FROM unseen;
CREATE VIEW oddity_count AS SELECT kind, count, example FROM oddity;

-- Where a thread takes a lock: the calls, and how often.
-- What calls at a place of code did to which lock, pipe or socket: calls that got it, or moved bytes.
CREATE VIEW code_use AS
SELECT t.code, g.leader AS lock, n.name, n.place, coalesce(c.kind, t.family) AS kind, t.mode, sum(t.acquisitions) AS calls,
	cast(sum(t.hold_ns) AS INTEGER) AS hold_ns, sum(t.bytes) AS bytes
FROM lock_tally t JOIN lock_group g ON g.lock = t.lock JOIN lock_name n ON n.lock = g.leader JOIN lock l ON l.id = t.lock
LEFT JOIN channel c ON t.family = 'io' AND c.device = l.device AND l.inode IN (c.inode, c.peer)
WHERE t.family IN ('mutex', 'rwlock', 'spin', 'semaphore') OR c.id IS NOT NULL
GROUP BY t.code, g.leader, coalesce(c.kind, t.family), t.mode HAVING sum(t.acquisitions) > 0;
CREATE VIEW code_stack AS SELECT code, stack FROM call_site;

CREATE VIEW lock_site AS
SELECT o.lock, t.thread, t.code, h.name AS call, sum(t.count) AS count FROM tally t JOIN object o ON o.id = t.object
JOIN hook h ON h.id = t.hook WHERE h.kind IN ('acquire', 'try') AND t.count > 0 GROUP BY o.lock, t.thread, t.code, h.name;

-- How often each thread took a lock, and where that lies; what threads were given; and what is beside them.
CREATE VIEW line_use AS
SELECT l.process, l.address, l.id AS lock, t.thread, sum(t.count) AS count
FROM tally t JOIN object o ON o.id = t.object JOIN lock l ON l.id = o.lock JOIN hook h ON h.id = t.hook
WHERE h.kind IN ('acquire', 'try') AND h.family IN ('mutex', 'rwlock', 'spin', 'semaphore') AND t.count > 0 GROUP BY l.id, t.thread;
CREATE VIEW argument_use AS
SELECT a.process, coalesce(t.parent, 0) AS parent, coalesce(t.routine, 0) AS routine, a.argument, a.thread, t.begin_ns,
	coalesce(t.end_ns, (SELECT value FROM run WHERE key = 'wall_ns')) AS end_ns,
	EXISTS (SELECT 1 FROM line_part p WHERE p.thread = a.thread AND p.members = 0) AS plain
FROM thread_argument a JOIN thread t ON t.id = a.thread;
CREATE VIEW line_beside AS SELECT lock, address, size, name, place FROM line_part WHERE lock IS NOT NULL;
CREATE VIEW line_argument AS SELECT thread, address, name, place FROM line_part WHERE thread IS NOT NULL;

-- Lines that several threads were seen to use, and what each thread did to each word of them. samples: of
-- the process's tasks, all that were taken in the program.
CREATE VIEW line_summary AS
SELECT l.id AS line, l.process, l.address, l.apart, l.same, l.windows, l.windows_apart, l.windows_same,
	(SELECT count(*) FROM sample s JOIN task t ON t.id = s.task WHERE t.pid = l.pid AND s.kernel = 0) AS samples,
	(SELECT sum(max(0, max(reads, writes) - traps)) FROM line_touch w WHERE w.line = l.id) AS touches
FROM line_seen l WHERE l.process IS NOT NULL;
CREATE VIEW line_word AS
SELECT w.line, w.offset, coalesce(w.thread, -w.tid) AS user, w.thread, w.reads, w.writes, w.traps, w.name, c.function, c.file, c.line AS number
FROM line_touch w LEFT JOIN code_name c ON c.code = w.code;

-- Loops of the program's code, and in which one a frame of a sampled stack was: the innermost.
CREATE VIEW loop_place AS
SELECT id, process, module, header, parent, function, file, line, line_last, instructions, calls, carry, recurrence FROM code_loop;
CREATE VIEW frame_loop AS
SELECT f.stack, f.position, l.loop FROM frame f JOIN code_in_loop l ON l.code = f.code;

-- What samples were about to use, by thread and place.
CREATE VIEW address_use AS
SELECT a.task, t.thread, h.process, a.time AS time_ns, a.pc, a.address, a.size, a.reads, a.writes
FROM address_sample a JOIN task t ON t.id = a.task LEFT JOIN thread h ON h.id = t.thread;
-- Passes of loops that were watched, and the words of data that were watched along.
CREATE VIEW loop_pieces AS
SELECT id AS watch, process, loop, header, moments, on_ns, hits, pieces, piece_ns, piece_squares, piece_max_ns,
	piece_ns * 1.0 / nullif(pieces, 0) AS piece_mean_ns, hits * 1e9 / nullif(on_ns, 0) AS hits_per_second, trap_ns, words, words_met
FROM piece_watch WHERE process IS NOT NULL;
CREATE VIEW loop_word AS
SELECT w.watch, p.process, p.loop, w.address, w.pc, w.kind, w.pieces, w.delay, w.name, c.function, c.file, c.line
FROM piece_word w JOIN piece_watch p ON p.id = w.watch LEFT JOIN code_name c ON c.code = w.code;

-- Cache misses that cachegrind counted in simulated caches, by line, and by function: file and line of
-- that are where most of its misses are. refs: reads and writes of data; misses: of data and of
-- instructions, in the first level and in all levels.
CREATE VIEW cache_line AS
SELECT process, file, function, line, ir AS instructions, dr + dw AS refs, d1mr + d1mw AS data_misses,
	i1mr + d1mr + d1mw AS l1_misses, ilmr + dlmr + dlmw AS ll_misses
FROM cache_count;
CREATE VIEW cache_function AS
SELECT process, file, function, line, sum(instructions) AS instructions, sum(refs) AS refs, sum(data_misses) AS data_misses,
	sum(l1_misses) AS l1_misses, sum(ll_misses) AS ll_misses, max(ll_misses * 1000000000 + l1_misses) AS weight
FROM cache_line GROUP BY process, file, function;

-- Deadlocks seen while the program ran, a row per member. lock: what it waits for; held_lock: what
-- it holds and the member before it waits for; held_code: where it took that.
CREATE VIEW deadlock_part AS
SELECT m.deadlock, m.position, d.kind, d.certain, d.found_ns, d.formed_ns, d.behind, d.owner_tid, d.owner_elsewhere,
	m.thread, o.lock, h.name AS call, h.family, m.stack, m.since_ns, g.lock AS held_lock, m.held_code
FROM deadlock_member m JOIN deadlock d ON d.id = m.deadlock JOIN hook h ON h.id = m.hook
LEFT JOIN object o ON o.id = m.object LEFT JOIN object g ON g.id = m.held;

-- By hand: single waits and releases with their lock.
CREATE VIEW waits AS
SELECT w.rowid AS id, o.lock, w.process, w.thread, h.name AS call, w.begin AS begin_ns, w.end AS end_ns,
	w.end - w.begin AS wait_ns, w.holder, w.stack, w.result, w.flags, w.weight, w.other
FROM wait w JOIN object o ON o.id = w.object JOIN hook h ON h.id = w.hook;
-- Holds that were timed; waiters > 0: with somebody waiting at the release. weight: acquisitions it stands for.
CREATE VIEW holds AS
SELECT r.rowid AS id, o.lock, r.process, r.thread, r.acquired AS begin_ns, r.released AS end_ns,
	CASE WHEN r.acquired > 0 THEN r.released - r.acquired END AS hold_ns, r.waiters, r.stack, r.weight, r.flags
FROM release r JOIN object o ON o.id = r.object
UNION ALL
SELECT h.rowid, o.lock, h.process, h.thread, h.acquired, h.released, h.released - h.acquired, 0, h.stack, h.weight, h.flags
FROM hold h JOIN object o ON o.id = h.object;
-- What the kernel said of threads while they ran: sums since the thread began.
CREATE VIEW usages AS
SELECT u.process, u.thread, u.time AS time_ns, u.cpu_ns, u.voluntary, u.involuntary FROM usage u;
-- Pages that each thread was the first to touch, or to write after a fork. Known to 64 of them where a thread had no end.
CREATE VIEW thread_faults AS SELECT thread, max(faults) AS faults FROM faults GROUP BY thread;

-- What was counted of each thread, scaled up when the counter had to share a register (running less
-- than enabled). pid 0, without a thread: of all that no thread's end told, together.
CREATE VIEW counter_amount AS
SELECT v.counter, v.thread, t.process, coalesce(nullif(v.pid, 0), p.pid, 0) AS pid, coalesce(nullif(v.tid, 0), t.tid, 0) AS tid, sum(v.value) AS counted, max(v.enabled_ns) AS enabled_ns, sum(v.running_ns) AS running_ns,
	cast(round(sum(v.value) * CASE WHEN sum(v.running_ns) > 0 THEN max(1.0, 1.0 * max(v.enabled_ns) / sum(v.running_ns)) ELSE 1 END) AS INTEGER) AS value
FROM counter_value v LEFT JOIN thread t ON t.id = v.thread LEFT JOIN process p ON p.id = t.process
GROUP BY v.counter, v.thread, CASE WHEN v.thread IS NULL THEN v.pid END, CASE WHEN v.thread IS NULL THEN v.tid END;
-- Each event that was asked for, and its sum over the run. running_share: of the time it was meant to count.
CREATE VIEW counter_summary AS
WITH a AS (SELECT counter, sum(value) AS value, sum(enabled_ns) AS enabled_ns, sum(running_ns) AS running_ns FROM counter_amount GROUP BY counter),
w AS (SELECT counter, count(*) AS samples, sum(weight) AS weight FROM counter_sample GROUP BY counter)
SELECT c.id AS counter, c.name, c.event, c.unit, c.about, c.status, c.reason, a.value,
	CASE WHEN a.enabled_ns > 0 THEN min(1.0, 1.0 * a.running_ns / a.enabled_ns) END AS running_share,
	coalesce(w.samples, 0) AS samples, w.weight,
	(SELECT group_concat(m.group_name, ' ') FROM counter_member m WHERE m.counter = c.id) AS groups
FROM counter c LEFT JOIN a ON a.counter = c.id LEFT JOIN w ON w.counter = c.id;
CREATE VIEW counter_formula AS SELECT id AS metric, group_name, name, unit, formula, about FROM counter_metric;
CREATE VIEW counter_overflow AS SELECT counter, thread, time_ns, stack, weight FROM counter_sample;

-- Readings, whether they are more than a lower bound, and how long the program was at touching small pages again that
-- were cleared: of a window that was spent on little else, how much was touched tells nothing.
CREATE VIEW working_set_reading AS
SELECT w.*, EXISTS (SELECT 1 FROM working_set_flush f WHERE f.process = w.process AND f.cleared_ns = w.cleared_ns) AS flushed,
	a.again_ns, a.again_ns * 1.0 / (w.tau_ns * max(1, w.threads)) AS again_share
FROM working_set w JOIN (SELECT rowid AS reading, max(0, touched_bytes - huge_bytes) / 4096 *
	coalesce((SELECT value FROM run WHERE key = 'working_set_page_ns'), 0) AS again_ns FROM working_set) a ON a.reading = w.rowid;

-- Working sets of each process, the largest seen in a window of each length. at_least: more may have been touched. L2 and last level cache in bytes.
CREATE VIEW working_set_summary AS
SELECT w.process, w.window_ns, count(*) AS readings, avg(w.tau_ns) AS tau_ns, max(w.rss_bytes) AS rss_bytes, max(w.pss_bytes) AS pss_bytes,
	max(w.touched_bytes) AS touched_bytes, max(w.huge_bytes) AS huge_bytes, max(w.threads) AS threads,
	max(w.touched_bytes) / max(1, max(w.threads)) AS thread_bytes, sum(w.cost_ns) AS cost_ns,
	(SELECT value FROM run WHERE key = 'cache_l2_bytes') AS l2_bytes, (SELECT value FROM run WHERE key = 'cache_last_bytes') AS last_bytes,
	max(w.flushed) AS flushed, min(1.0, max(w.again_share)) AS again_share, max(w.flushed) = 0 OR max(w.again_share) > 0.5 AS at_least
FROM working_set_reading w WHERE w.flushed OR w.process NOT IN (SELECT process FROM working_set_flush)
GROUP BY w.process, w.window_ns;

-- Phases of a process: rounds of readings whose threads touched about as much, within a factor of two from one to
-- the next. What the most of one touched, and in the shortest window that shows nearly all of it.
-- Only of rounds that were flushed: others are lower bounds, which tell nothing by changing.
CREATE VIEW working_set_phase AS
WITH round AS (SELECT process, cleared_ns, max(cleared_ns + tau_ns) AS end_ns, max(touched_bytes) AS touched_bytes, max(threads) AS threads,
	max(rss_bytes) AS rss_bytes, max(touched_bytes / max(1, threads)) AS each FROM working_set_reading
	WHERE flushed GROUP BY process, cleared_ns HAVING max(window_ns) >= 100000000),
pair AS (SELECT *, lag(each) OVER (PARTITION BY process ORDER BY cleared_ns) AS before FROM round),
cut AS (SELECT *, sum(before IS NULL OR each > 2 * before OR 2 * each < before) OVER (PARTITION BY process ORDER BY cleared_ns) AS phase FROM pair),
phase AS (SELECT process, phase, min(cleared_ns) AS begin_ns, max(end_ns) AS end_ns, count(*) AS readings, max(touched_bytes) AS touched_bytes,
	max(threads) AS threads, max(each) AS thread_bytes, max(rss_bytes) AS rss_bytes FROM cut GROUP BY process, phase)
SELECT p.*, (SELECT min(w.window_ns) FROM working_set_reading w WHERE w.process = p.process AND w.cleared_ns BETWEEN p.begin_ns AND p.end_ns
		AND w.flushed AND w.window_ns >= 100000000 AND w.touched_bytes >= 0.9 * p.touched_bytes) AS window_ns,
	(SELECT value FROM run WHERE key = 'cache_l2_bytes') AS l2_bytes, (SELECT value FROM run WHERE key = 'cache_last_bytes') AS last_bytes
FROM phase p;

-- What the program marked (collectors/parprof.h): exact counts. Names at several addresses are one.
CREATE VIEW mark_count AS
SELECT t.process, u.thread, u.kind, coalesce(n.name, CASE WHEN u.mark <> 0 THEN printf('0x%x', u.mark) END) AS name, u.mark, nullif(u.code, 0) AS code, u.count,
	u.ns, u.max_ns, u.tasks, u.task_ns, u.task_max_ns, u.lock_ns, u.task_squares
FROM mark_use u JOIN thread t ON t.id = u.thread LEFT JOIN mark_name n ON n.process = t.process AND n.address = u.mark;
-- Points of progress: how often each thread came by, and when first and last, as far as it was timed.
CREATE VIEW mark_progress AS
WITH p AS (SELECT thread, name AS mark, min(time) AS first_ns, max(time) AS last_ns FROM progress GROUP BY thread, name)
SELECT c.process, c.thread, c.name, sum(c.count) AS count, min(p.first_ns) AS first_ns, max(p.last_ns) AS last_ns
FROM mark_count c LEFT JOIN p ON p.thread = c.thread AND p.mark = c.mark WHERE c.kind = 'progress' GROUP BY c.thread, c.name;
-- So often since the last row of that thread and name, or since the first time; the last few are in mark_progress only.
CREATE VIEW mark_progress_slice AS
SELECT p.process, p.thread, n.name, p.time AS end_ns,
	coalesce(lag(p.time) OVER (PARTITION BY p.thread, p.name ORDER BY p.time), p.time) AS begin_ns, p.count
FROM progress p JOIN mark_name n ON n.process = p.process AND n.address = p.name;
-- Phases: exact sums by thread; and of seldom ones each, of others some.
CREATE VIEW mark_phase AS
SELECT process, thread, name, sum(count) AS count, sum(ns) AS ns, max(max_ns) AS max_ns FROM mark_count WHERE kind = 'phase' GROUP BY thread, name;
CREATE VIEW mark_phase_part AS
SELECT p.process, p.thread, n.name, p."begin" AS begin_ns, p."end" AS end_ns FROM phase p JOIN mark_name n ON n.process = p.process AND n.address = p.name;
-- Loops of which the user said that their passes, the tasks, may run at the same time; code: of the call that began it
-- (of tasks outside of any site, without a name: of the task). Tasks of what was in them run, too: sites nest.
CREATE VIEW site_mark AS
SELECT c.process, c.name, c.code, l.function, l.file, l.line, sum(c.count) AS entries, sum(c.ns) AS site_ns, sum(c.tasks) AS tasks, sum(c.task_ns) AS task_ns,
	sum(c.task_squares) AS task_squares, max(c.task_max_ns) AS task_max_ns, sum(c.lock_ns) AS lock_ns
FROM mark_count c LEFT JOIN code_line l ON l.code = c.code AND l.depth = 0
WHERE c.kind = 'site' GROUP BY c.process, c.name, c.code;
CREATE VIEW site_mark_task AS -- of seldom ones each, of others some
SELECT t.process, t.thread, n.name, c.id AS code, t."begin" AS begin_ns, t."end" AS end_ns
FROM mark_task t JOIN process p ON p.id = t.process LEFT JOIN code c ON c.process = p.image AND c.address = t.code
LEFT JOIN mark_name n ON n.process = t.process AND n.address = t.name;

-- Sweeps, as parprof scale shows them.
CREATE VIEW sweep_summary AS SELECT id AS sweep, * FROM sweep;
CREATE VIEW sweep_point AS SELECT *, id AS point FROM scale_point;
CREATE VIEW sweep_run AS
SELECT p.sweep, p.n, r.* FROM scale_run r JOIN scale_point p ON p.id = r.point;
CREATE VIEW sweep_progress AS SELECT * FROM scale_progress;
CREATE VIEW sweep_fit AS SELECT * FROM scale_fit;
CREATE VIEW sweep_curve AS SELECT * FROM scale_curve;
-- The last advice of a recording, and of a sweep; and what it said of a number of cores beside what was measured.
CREATE VIEW advice_last AS SELECT *, max(id) FROM advice GROUP BY sweep;
CREATE VIEW advice_check AS
SELECT s.sweep, a.command, a.made_unix_ns, a.wall_ns, a.worth, p.n, k.speedup AS predicted, k.low, k.high,
	1.0 * a.wall_ns / p.time_ns AS measured, 1.0 * a.wall_ns / p.quartile_high_ns AS measured_low, 1.0 * a.wall_ns / p.quartile_low_ns AS measured_high,
	k.speedup * p.time_ns / a.wall_ns - 1 AS off, 1.0 * a.wall_ns / p.time_ns BETWEEN k.low AND k.high AS held
FROM (SELECT id AS sweep FROM sweep) s JOIN advice_last a ON a.sweep = s.sweep JOIN scale_point p ON p.sweep = s.sweep
JOIN advice_point k ON k.advice = a.id AND k.cores = p.n;
-- Each prediction beside what the same build of the program was measured to reach, then or later.
CREATE VIEW prediction_check AS
SELECT p.id AS prediction, p.made_unix_ns, s.began_unix_ns AS measured_unix_ns, p.sweep AS made_for, s.id AS sweep,
	p.n, p.speedup AS predicted, p.low, p.high, p.error, q.speedup AS measured, q.speedup_low AS measured_low,
	q.speedup_high AS measured_high, p.speedup / q.speedup - 1 AS off,
	coalesce(q.speedup_high, q.speedup) >= p.low AND coalesce(q.speedup_low, q.speedup) <= p.high AS held
FROM prediction p JOIN sweep s ON s.command = p.command AND s.build = p.build AND (p.sweep IS NULL OR p.sweep <= s.id)
JOIN scale_point q ON q.sweep = s.id AND q.n = p.n AND q.cores = p.cores
WHERE p.n > p.base AND p.base = (SELECT min(n) FROM scale_point WHERE sweep = s.id);

-- The events as they are, by ids of threads and objects, for the graph: it reads them all.
CREATE VIEW graph_wait AS SELECT thread, object, "begin" AS begin_ns, "end" AS end_ns, holder, stack, flags, weight, hook, other FROM wait;
CREATE VIEW graph_release AS SELECT thread, object, acquired AS acquired_ns, released AS released_ns, stack, weight, flags, waiters FROM release;
CREATE VIEW graph_hold AS SELECT thread, object, acquired AS acquired_ns, released AS released_ns, stack, weight, flags FROM hold;
CREATE VIEW graph_size AS -- at most so many
SELECT (SELECT coalesce(max(rowid), 0) FROM wait) AS waits,
	(SELECT coalesce(max(rowid), 0) FROM release) + (SELECT coalesce(max(rowid), 0) FROM hold) AS holds,
	(SELECT coalesce(max(rowid), 0) FROM usage) AS usages;
CREATE VIEW graph_wake AS SELECT thread, object, time AS time_ns, stack, waiters, hook FROM wake;
CREATE VIEW graph_poll AS SELECT thread, object, first AS first_ns, last AS last_ns, stack, count FROM poll;
-- What a thread used until a time. ready_ns: without a core, -1: not known.
CREATE VIEW graph_usage AS
SELECT thread, time AS time_ns, cpu_ns, voluntary, involuntary, -1 AS ready_ns FROM usage
WHERE NOT EXISTS (SELECT 1 FROM sched_poll)
UNION ALL SELECT thread, time, on_ns, 0, 0, ready_ns FROM sched_poll;
CREATE VIEW graph_off AS
SELECT t.thread, o.begin_ns, o.end_ns, o.ready_ns, o.blocked_ns FROM off_time o JOIN task t ON t.id = o.task WHERE t.thread IS NOT NULL;
CREATE VIEW graph_hook AS SELECT id AS hook, name, mode, family FROM hook;
CREATE VIEW graph_thread AS
SELECT t.id AS thread, t.process, t.tid, coalesce(t.name, '') AS name, t.begin_ns,
	coalesce(t.end_ns, p.end_ns, (SELECT value FROM run WHERE key = 'wall_ns')) AS end_ns, t.created_ns, t.parent,
	t.cpu_ns, t.voluntary, t.involuntary, t.routine, t.stack, t.handle,
	EXISTS (SELECT 1 FROM task k WHERE k.thread = t.id)
		AND (SELECT value FROM run WHERE key = 'sched') = 'ring' AS scheduled
FROM thread t JOIN process p ON p.id = t.process WHERE t.process NOT IN (SELECT process FROM process_fold WHERE fold = 'around');
CREATE VIEW graph_process AS SELECT id AS process, pid, parent, begin_ns, origin = 'exec' AS execed FROM process;
CREATE VIEW graph_birth AS -- who forked, spawned or became another process
SELECT thread, process, child AS pid, "begin" AS time_ns, stack FROM fork WHERE child > 0
UNION ALL SELECT x.thread, x.process, p.pid, x.time, NULL FROM exec x JOIN process p ON p.id = x.process WHERE x.failed = 0;
CREATE VIEW graph_object AS SELECT id AS object, process, address, family, lock FROM object;
CREATE VIEW graph_lock AS SELECT id AS lock, coalesce(name, '') AS name, family, use, coalesce(leader, id) AS leader, init_ns FROM lock WHERE use IS NOT NULL;
CREATE VIEW graph_tally AS
SELECT thread, lock, sum(acquisitions) AS acquisitions, sum(contended) AS contended, cast(sum(hold_ns) AS INTEGER) AS hold_ns, sum(wait_ns) AS wait_ns
FROM lock_tally GROUP BY lock, thread;

-- The machine it ran on, see machine in schema.sql.
CREATE VIEW machine_fact AS SELECT rowid AS position, key, value FROM machine;
CREATE VIEW machine_tree AS
WITH RECURSIVE t AS (
	SELECT id, parent, 0 AS level, kind, number, name, bytes, line_bytes, ways, cpus, cpu_list FROM machine_part WHERE parent IS NULL
	UNION ALL SELECT p.id, p.parent, t.level + 1, p.kind, p.number, p.name, p.bytes, p.line_bytes, p.ways, p.cpus, p.cpu_list
	FROM t JOIN machine_part p ON p.parent = t.id)
SELECT * FROM t;
CREATE VIEW machine_cache AS
SELECT kind, bytes, line_bytes, ways, cpus AS shared_by, count(*) AS instances FROM machine_part WHERE kind GLOB 'L[0-9]*'
GROUP BY kind, bytes, line_bytes, ways, cpus;
-- noisy: the quartiles are far apart, other programs had the CPUs as well.
CREATE VIEW machine_price AS
SELECT rowid AS position, *, (high - low) / median AS spread, high - low > 0.5 * median AS noisy FROM machine_cost WHERE median > 0;

-- Stacks with weights. kind cpu: samples, lock: held then; wait: ns, lock: waited for; off: ns off a core that
-- no wait explains, without a stack. stack 0: none was taken.
CREATE VIEW flame AS
SELECT 'cpu' AS kind, thread, 'running' AS state, lock, coalesce(stack, 0) AS stack, sum(samples) AS weight
FROM sample_count GROUP BY thread, lock, stack
UNION ALL
SELECT 'wait', w.thread, coalesce(l.use, 'lock'), o.lock, w.stack, sum(w.wait_ns)
FROM wait_sum w JOIN object o ON o.id = w.object LEFT JOIN lock l ON l.id = o.lock GROUP BY w.thread, l.use, o.lock, w.stack
UNION ALL
SELECT 'off', t.thread, 'ready', NULL, 0, sum(o.ready_ns)
FROM off_time o JOIN task t ON t.id = o.task WHERE t.thread IS NOT NULL AND o.ready_ns > 0 GROUP BY t.thread
UNION ALL
SELECT 'off', t.thread, 'blocked', NULL, 0, sum(o.blocked_ns)
FROM off_time o JOIN task t ON t.id = o.task WHERE t.thread IS NOT NULL AND o.blocked_ns > 0 GROUP BY t.thread;
