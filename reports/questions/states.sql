-- title: States
-- question: How did each thread spend its life?
-- columns: thread id 0 ID, name text 1 THREAD, state text 1 STATE, time_ns ns 1 TIME, share share 1 OF LIFE
-- explain: The states of a thread add up to its life. hidden: blocked where no hook sees it.
SELECT s.thread, t.name, s.state, s.ns AS time_ns, 1.0 * s.ns / nullif(t.end_ns - t.begin_ns, 0) AS share
FROM reading_state s JOIN thread_life t ON t.thread = s.thread ORDER BY s.thread, s.ns DESC
