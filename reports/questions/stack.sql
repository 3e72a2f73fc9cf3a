-- title: Speedup stack
-- question: Of the speedup these cores could give, what was got, and what took the rest?
-- columns: position id 0 POSITION, kind text 1 PART, leader id 0 ID, name function 1 OF, where place 3 WHERE
-- columns: lanes lanes 1 CORES, share share 1 SHARE, time_ns ns 2 TIME
-- explain: CORES adds up to what was possible: the cores, or the threads when these mostly sleep or do
-- explain: input and output. work: got. serial: one thread had work, the others none. lock: waiting for it.
-- explain: imbalance: waiting for the slowest. starvation: waiting for work. wake-up: called, but not yet running.
-- explain: runtime: in OpenMP's or TBB's own code. no-core: could have run. few-threads: nobody was there to run. overhead: of the recording.
SELECT s.position, s.kind, s.leader, coalesce(l.name, CASE WHEN s.leader IS NOT NULL THEN printf('%s %d', l.kind, s.leader) END) AS name,
	l.place AS "where", s.lanes, s.lanes / (SELECT nullif(sum(lanes), 0) FROM reading_stack) AS share, s.ns AS time_ns
FROM reading_stack s LEFT JOIN lock_name l ON l.lock = s.leader ORDER BY s.position
