-- What reports may read. Column names carry units. All are cheap: none reads the event rows,
-- except the last group, which is for questions asked by hand.

-- Every frame of every stack with names, inlined frames in between: level 0 is the innermost.
CREATE VIEW stack_line AS
SELECT f.stack, f.position, l.depth, l.function, l.file, l.line, l.runtime, m.path AS module, c.address
FROM frame f JOIN code c ON c.id = f.code LEFT JOIN code_line l ON l.code = c.id
LEFT JOIN module m ON m.id = c.module;

-- Where a stack enters the program: its first frame that is not of a runtime library; when all
-- are, the innermost, and runtime is 1. Stacks without any name are left out.
CREATE VIEW stack_site AS
SELECT stack, function, CASE WHEN runtime = 0 THEN file END AS file, CASE WHEN runtime = 0 THEN line END AS line,
	runtime, min(runtime * 1000000 + position * 1000 + depth) AS rank
FROM stack_line WHERE function IS NOT NULL GROUP BY stack;

-- How a lock was used: see lock.use. Finished recordings only.
CREATE VIEW lock_use AS SELECT id AS lock, use FROM lock WHERE use IS NOT NULL;

-- The exact counts by lock, thread and call. acquisitions: calls that got it (condition, barrier,
-- join: calls). hold_ns: contended holds, all of them timed, and the others
-- scaled from their sample; it stands for `held` acquisitions.
CREATE VIEW lock_tally AS
SELECT o.lock, t.thread, h.name AS call, h.kind, h.family,
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
		sum(a.acquisitions) FILTER (WHERE a.family IN ('mutex', 'rwlock', 'spin', 'semaphore')) AS acquisitions
	FROM lock_tally a JOIN lock_use u ON u.lock = a.lock GROUP BY a.thread)
SELECT t.id AS thread, t.process, t.tid, i.name, t.parent, t.begin_ns, i.end_ns, t.ended,
	t.cpu_ns, t.voluntary, t.involuntary, coalesce(x.acquisitions, 0) AS acquisitions,
	coalesce(x.lock_ns, 0) AS lock_wait_ns, coalesce(x.idle_ns, 0) AS idle_wait_ns,
	coalesce(x.phase_ns, 0) AS phase_wait_ns, coalesce(x.io_ns, 0) AS io_wait_ns, coalesce(x.sleep_ns, 0) AS sleep_ns, t.routine
FROM thread t JOIN thread_life i ON i.thread = t.id LEFT JOIN x ON x.thread = t.id;

CREATE VIEW process_summary AS
WITH x AS (SELECT process, count(*) AS threads, sum(cpu_ns) AS cpu_ns FROM thread GROUP BY process)
SELECT p.id AS process, p.pid, p.parent, p.parent_pid, p.origin, p.path, p.command, p.begin_ns, p.end_ns, p.status, p.ended,
	coalesce(x.threads, 0) AS threads, x.cpu_ns
FROM process p LEFT JOIN x ON x.process = p.id;

-- What the scheduler did with each thread. unseen_ns: blocked, and no wait of the log covers it.
CREATE VIEW thread_schedule AS
SELECT k.thread, sum(k.on_ns) AS on_ns, sum(k.blocked) AS blocked, sum(k.blocked_ns) AS blocked_ns,
	sum(k.preempted) AS preempted, sum(k.preempted_ns) AS preempted_ns, sum(k.migrations) AS migrations,
	coalesce(sum(o.unseen_ns), 0) AS unseen_ns
FROM task k LEFT JOIN (SELECT task, sum(end_ns - begin_ns) AS unseen_ns FROM off_core WHERE preempted = 0 GROUP BY task) o
	ON o.task = k.id
WHERE k.thread IS NOT NULL AND k.on_ns IS NOT NULL GROUP BY k.thread;

-- Samples by what they share. kernel: made in a system call or a fault; lock: held then.
CREATE VIEW sample_count AS
SELECT k.thread, s.stack, s.kernel, o.lock, count(*) AS samples FROM sample s JOIN task k ON k.id = s.task
LEFT JOIN object o ON o.id = s.held WHERE k.thread IS NOT NULL GROUP BY 1, 2, 3, 4;

-- Functions by how often samples met them. self: it ran itself; samples: or what it called did.
-- Code without a name goes by its module.
CREATE VIEW sample_frame AS
SELECT f.stack, f.position, coalesce(l.depth, 0) AS depth,
	coalesce(l.function, '[' || replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') || ']', '[unknown]') AS function,
	l.file, l.line, coalesce(l.runtime, 1) AS runtime, m.path AS module
FROM frame f JOIN code c ON c.id = f.code LEFT JOIN code_line l ON l.code = c.id LEFT JOIN module m ON m.id = c.module;
CREATE VIEW function_sample AS
WITH s AS (SELECT stack, sum(samples) AS samples, coalesce(sum(samples) FILTER (WHERE lock IS NOT NULL), 0) AS held
	FROM sample_count WHERE stack IS NOT NULL GROUP BY stack),
x AS (SELECT stack, function, min(position * 1000 + depth) = 0 AS self, file, line, module
	FROM sample_frame GROUP BY stack, function)
SELECT x.function, x.module, max(x.file) AS file, sum(s.samples) FILTER (WHERE x.self) AS self, sum(s.samples) AS samples,
	sum(s.held) FILTER (WHERE x.self) AS held
FROM x JOIN s ON s.stack = x.stack GROUP BY x.function, x.module;

-- The run in words: its facts, what could not be seen, what the recording is unsure of.
CREATE VIEW run_fact AS SELECT key, value FROM run;
CREATE VIEW unseen_part AS SELECT reason, subject, count FROM unseen;
CREATE VIEW oddity_count AS SELECT kind, count, example FROM oddity;

-- Where a thread takes a lock: the calls, and how often.
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

-- Working sets of each process, the largest seen in a window of each length. L2 and last level cache in bytes.
CREATE VIEW working_set_summary AS
SELECT w.process, w.window_ns, count(*) AS readings, avg(w.tau_ns) AS tau_ns, max(w.rss_bytes) AS rss_bytes, max(w.pss_bytes) AS pss_bytes,
	max(w.touched_bytes) AS touched_bytes, max(w.huge_bytes) AS huge_bytes, max(w.threads) AS threads,
	max(w.touched_bytes) / max(1, max(w.threads)) AS thread_bytes, sum(w.cost_ns) AS cost_ns,
	(SELECT value FROM run WHERE key = 'cache_l2_bytes') AS l2_bytes, (SELECT value FROM run WHERE key = 'cache_last_bytes') AS last_bytes
FROM working_set w GROUP BY w.process, w.window_ns;

-- Sweeps, as parprof scale shows them.
CREATE VIEW sweep_summary AS SELECT id AS sweep, * FROM sweep;
CREATE VIEW sweep_point AS SELECT *, id AS point FROM scale_point;
CREATE VIEW sweep_run AS
SELECT p.sweep, p.n, r.* FROM scale_run r JOIN scale_point p ON p.id = r.point;
CREATE VIEW sweep_fit AS SELECT * FROM scale_fit;
CREATE VIEW sweep_curve AS SELECT * FROM scale_curve;
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
SELECT t.thread, o.begin_ns, o.end_ns, o.preempted FROM off_core o JOIN task t ON t.id = o.task WHERE t.thread IS NOT NULL;
CREATE VIEW graph_hook AS SELECT id AS hook, name, mode, family FROM hook;
CREATE VIEW graph_thread AS
SELECT t.id AS thread, t.process, t.tid, coalesce(t.name, '') AS name, t.begin_ns,
	coalesce(t.end_ns, p.end_ns, (SELECT value FROM run WHERE key = 'wall_ns')) AS end_ns, t.created_ns, t.parent,
	t.cpu_ns, t.voluntary, t.involuntary, t.routine, t.stack, t.handle,
	EXISTS (SELECT 1 FROM task k WHERE k.thread = t.id)
		AND (SELECT value FROM run WHERE key = 'sched') = 'ring' AS scheduled
FROM thread t JOIN process p ON p.id = t.process;
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
