-- title: Overhead
-- question: What did the recording itself cost?
-- columns: cost_ns ns 1 ADDED, cost_share share 1 OF CPU, pairs count 1 LOCK PAIRS, pairs_ns ns 1 COST
-- columns: holds_timed count 1 HOLDS TIMED, holds_ns ns 1 COST, records count 1 RECORDS, records_ns ns 1 COST
-- columns: marks count 2 MARKS, marks_ns ns 2 COST
-- columns: recorder_cpu_ns ns 2 RECORDER CPU, recorder_rss_bytes bytes 3 RECORDER MEMORY
-- columns: records_dropped count 1 DROPPED, threads_unseen count 1 THREADS UNSEEN, events_guarded count 1 GUARDED
-- explain: An estimate: what each kind of event costs on this machine (measured when the recording
-- explain: began) times how many there were; a point of progress as a pair, marks that are timed as a record. The recorder runs beside the program, on its own CPU time.
WITH n AS (
	SELECT coalesce(sum(acquisitions), 0) AS pairs, coalesce(sum(hold_samples), 0) AS holds
	FROM lock_tally WHERE family IN (SELECT family FROM family_use WHERE excludes)),
k AS (
	SELECT coalesce(sum(CASE WHEN kind = 'progress' THEN count ELSE count + tasks END), 0) AS marks,
		coalesce(sum(count) FILTER (WHERE kind = 'progress'), 0) AS counted, coalesce(sum(count + tasks) FILTER (WHERE kind <> 'progress'), 0) AS timed
	FROM mark_count),
f AS (
	SELECT max(value) FILTER (WHERE key = 'cost_pair_ns') AS pair_ns, max(value) FILTER (WHERE key = 'cost_hold_ns') AS hold_ns,
		max(value) FILTER (WHERE key = 'cost_record_ns') AS record_ns, max(value) FILTER (WHERE key = 'records') AS records,
		max(value) FILTER (WHERE key = 'recorder_cpu_ns') AS cpu_ns, max(value) FILTER (WHERE key = 'recorder_rss_bytes') AS rss,
		max(value) FILTER (WHERE key = 'records_dropped') AS dropped, max(value) FILTER (WHERE key = 'threads_unseen') AS unseen,
		max(value) FILTER (WHERE key = 'events_guarded') AS guarded
	FROM run_fact),
c AS (
	SELECT cast(n.pairs * f.pair_ns AS INTEGER) AS pairs_ns, cast(n.holds * f.hold_ns AS INTEGER) AS holds_ns,
		cast(f.records * f.record_ns AS INTEGER) AS records_ns,
		cast(coalesce(k.counted * f.pair_ns + k.timed * f.record_ns, 0) AS INTEGER) AS marks_ns FROM n, f, k)
SELECT c.pairs_ns + c.holds_ns + c.records_ns + c.marks_ns AS cost_ns,
	1.0 * (c.pairs_ns + c.holds_ns + c.records_ns + c.marks_ns) / (SELECT nullif(sum(cpu_ns), 0) FROM thread_life) AS cost_share,
	n.pairs, c.pairs_ns, n.holds AS holds_timed, c.holds_ns, f.records, c.records_ns, k.marks, c.marks_ns,
	f.cpu_ns AS recorder_cpu_ns, f.rss AS recorder_rss_bytes, coalesce(f.dropped, 0) AS records_dropped,
	coalesce(f.unseen, 0) AS threads_unseen, coalesce(f.guarded, 0) AS events_guarded
FROM n, f, k, c
