-- title: GIL
-- question: Who has the interpreter's lock, and who waits for it?
-- columns: thread id 0 ID, pid id 3 PID, name text 1 THREAD, takes count 1 TAKEN, waits count 1 WAITS, hold_ns ns 1 HELD, hold_share share 1 OF LIFE
-- columns: wait_ns ns 1 WAITED, wait_share share 1 OF LIFE, wait_avg_ns ns 2 AVG WAIT, wait_max_ns ns 3 MAX WAIT
-- columns: hold_avg_ns ns 2 AVG HELD, hold_max_ns ns 3 MAX HELD, requests count 2 ASKED, forced count 2 GAVE WAY
-- empty: No interpreter with a GIL ran.
-- explain: All takes are counted and all holds timed. ASKED: so often it asked the holder to drop it, after one
-- explain: switch interval each (5 ms); GAVE WAY: it dropped it since it was asked.
SELECT g.thread, p.pid, t.name, g.takes, g.waits, g.hold_ns, 1.0 * g.hold_ns / nullif(t.end_ns - t.begin_ns, 0) AS hold_share,
	g.wait_ns, 1.0 * g.wait_ns / nullif(t.end_ns - t.begin_ns, 0) AS wait_share,
	g.wait_ns / nullif(g.waits, 0) AS wait_avg_ns, g.wait_max_ns, g.hold_ns / nullif(g.takes, 0) AS hold_avg_ns, g.hold_max_ns,
	g.requests, g.forced
FROM gil_thread g JOIN thread_life t USING (thread) JOIN process_summary p ON p.process = g.process
ORDER BY g.wait_ns DESC, g.hold_ns DESC
