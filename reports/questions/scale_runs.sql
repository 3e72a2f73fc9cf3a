-- title: Runs
-- question: What did each run take?
-- columns: n count 1 N, round count 1 ROUND, position count 1 POSITION, wall_ns ns 1 TIME, user_ns ns 1 USER
-- columns: system_ns ns 1 SYSTEM, rss_bytes bytes 1 MEMORY, voluntary count 1 SWITCHES
-- columns: involuntary count 1 PREEMPTED, others_ns ns 1 OTHERS, stolen_ns ns 1 STOLEN, status count 1 STATUS
-- explain: OTHERS: CPU time that other programs had on the cores of the point meanwhile; STOLEN: by the host of this machine.
SELECT n, round, position, wall_ns, user_ns, system_ns, rss_bytes, voluntary, involuntary, others_ns, stolen_ns, status
FROM sweep_run WHERE sweep = ?1 ORDER BY n, round
