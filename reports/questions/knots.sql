-- title: Knots
-- question: Which threads wait for each other and for nobody else?
-- columns: knot id 1 KNOT, thread id 0 ID, name text 1 THREAD, time_ns ns 1 TIME
-- explain: In programs that never end this is the bottleneck. One thread alone is busy nearly all the time.
SELECT k.knot, k.thread, t.name, k.ns AS time_ns FROM reading_knot k JOIN thread_life t ON t.thread = k.thread ORDER BY k.knot, k.ns DESC
