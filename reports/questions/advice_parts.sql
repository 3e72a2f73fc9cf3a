-- title: Candidates
-- question: Which parts of it could be divided among threads, and what speaks against it?
-- columns: part id 0 ID, parent id 0 PARENT, level count 0 LEVEL, divided flag 1 DIVIDE, kind text 2 KIND, function function 1 FUNCTION, where place 1 WHERE
-- columns: file text 0 FILE, line count 0 LINE, line_last count 0 LAST LINE, share share 1 OF TIME, share_low share 4 LOW, share_high share 4 HIGH
-- columns: alone gain 1 SPEEDUP, pieces count 1 PIECES, pieces_at_least flag 3 AT LEAST, piece_ns ns 1 EACH, spread share 3 SPREAD, longest_ns ns 4 LONGEST, entries count 3 BEGUN
-- columns: least_ns ns 0 LEAST, batch count 3 BATCH, independence text 1 INDEPENDENT, reason text 3 BY, bound share 3 IN A ROW
-- columns: memory_share share 2 MEMORY, kernel_share share 4 KERNEL, watched count 5 WATCHED, met count 0 MET, words_read count 0 READ, own count 0 OWN
-- columns: accumulated count 0 SUMMED, carried count 5 HANDED ON, carried_name text 5 WORD, evidence text 0 EVIDENCE
-- columns: private_bytes size 4 OWN MEMORY, shared_bytes size 4 SHARED, overflow_cache text 3 OVERFLOWS, overflow_threads count 3 AT THREADS, overflow_need size 0 NEED
-- empty: No loop had a twentieth of the time, or there were no samples of it.
-- explain: Loops and functions that call themselves, by their place in the calls. DIVIDE: what the advice counts on. OF TIME: on cores.
-- explain: SPEEDUP: of the run, when this alone is divided. PIECES: passes, estimated from those that were watched, AT LEAST so
-- explain: many where they are too short to be timed: EACH and BATCH are bounds then, too. SPREAD: standard
-- explain: deviation of EACH. BEGUN: so often all threads would have to begin and end together. BATCH: so many passes make a piece that is worth handing
-- explain: to a thread. INDEPENDENT: seen: no pass was seen to need another; said: the program says so; dependent; unknown. IN A ROW: part of
-- explain: its time that passes spend one after the other. MEMORY: of its time, waiting for memory that several threads would have to share.
-- explain: OWN MEMORY: that each thread would use again and again; SHARED: that all would read. OVERFLOWS: the cache that is large enough for one
-- explain: thread, and not for so many, AT THREADS.
SELECT part, parent, level, divided, kind, function,
	CASE WHEN file IS NOT NULL THEN file || coalesce(':' || line, '') || CASE WHEN line_last > line THEN '-' || line_last ELSE '' END ELSE place END AS "where",
	file, line, line_last, share, share_low, share_high, alone, CAST(round(pieces) AS INTEGER) AS pieces, pieces_at_least, CAST(piece_ns AS INTEGER) AS piece_ns, spread,
	CAST(longest_ns AS INTEGER) AS longest_ns, CAST(round(entries) AS INTEGER) AS entries, CAST(least_ns AS INTEGER) AS least_ns,
	CAST(batch AS INTEGER) AS batch, independence, reason, bound, memory_share, kernel_share, watched, met, words_read, own, accumulated, carried,
	carried_name, evidence,
	private_bytes, shared_bytes, overflow_cache, overflow_threads, overflow_need
FROM reading_advice_part ORDER BY part
