-- title: Scheduling
-- question: How long was each thread on a core, and what took it off?
-- columns: thread id 0 ID, name text 1 THREAD, on_ns ns 1 ON CORE, share share 1 OF LIFE
-- columns: preempted count 2 PREEMPTED, preempted_ns ns 1 READY
-- columns: blocked count 2 BLOCKED, blocked_ns ns 1 FOR, unseen_ns ns 1 UNSEEN, migrations count 3 MIGRATED
-- empty: The switches were not seen: record --sched=off, or the kernel refused; see Not seen in the report.
-- explain: As the kernel saw it, exactly. READY: the core was taken away, or none was free. UNSEEN: of the time
-- explain: blocked, what no wait of the program's explains: page faults, stdio, futexes called inline.
SELECT s.thread, t.name, s.on_ns, 1.0 * s.on_ns / nullif(max(t.end_ns - t.begin_ns, s.on_ns + s.preempted_ns + s.blocked_ns), 0) AS share,
	s.preempted, s.preempted_ns, s.blocked, s.blocked_ns, s.unseen_ns, s.migrations
FROM thread_schedule s JOIN thread_life t ON t.thread = s.thread ORDER BY s.unseen_ns DESC, s.preempted_ns DESC, s.thread
