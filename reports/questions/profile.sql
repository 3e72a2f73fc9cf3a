-- title: Parallelism
-- question: For how long did how many threads run at the same time?
-- columns: threads count 1 THREADS, running_ns ns 1 RUNNING, running_share share 1 SHARE
-- columns: progress_ns ns 2 GETTING ON, progress_share share 2 SHARE
-- explain: GETTING ON: running, or in input, output or sleep, which need no core.
SELECT threads, running_ns, 1.0 * running_ns / nullif(sum(running_ns) OVER (), 0) AS running_share,
	progress_ns, 1.0 * progress_ns / nullif(sum(progress_ns) OVER (), 0) AS progress_share
FROM reading_profile ORDER BY threads
