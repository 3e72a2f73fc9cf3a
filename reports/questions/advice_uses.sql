-- title: Shared
-- question: What do its parts use that threads would use at the same time?
-- columns: part id 0 PART, function function 1 IN, where place 3 WHERE, kind text 1 KIND, lock id 0 LOCK, name text 1 USES, place place 3 MADE, calls count 1 CALLS
-- columns: at_most flag 2 AT MOST, bytes bytes 2 BYTES, hold_share share 1 HELD, share share 2 OF ITS TIME, remedy text 3 INSTEAD
-- empty: No lock, pipe, socket, file or shared state of libc was seen to be used in its loops.
-- explain: Locks, pipes, sockets and files by calls that were counted; functions of libc with a state that all threads share (state) by samples, OF ITS TIME.
-- explain: AT MOST: some of these calls may have been made elsewhere. HELD: of the part's time, for which threads would take turns. What stdio does with a file is seen as calls of libc.
SELECT t.part, p.function,
	CASE WHEN p.file IS NOT NULL THEN p.file || coalesce(':' || p.line, '') || CASE WHEN p.line_last > p.line THEN '-' || p.line_last ELSE '' END ELSE p.place END AS "where",
	t.kind, t.lock, t.name, t.place, t.calls, t.at_most, t.bytes, t.hold_share, t.share, t.remedy
FROM reading_advice_use t JOIN reading_advice_part p ON p.part = t.part ORDER BY t.part, t.position
