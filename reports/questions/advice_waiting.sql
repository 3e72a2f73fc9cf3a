-- title: Waiting
-- question: What does it wait for while nobody of it needs a core?
-- columns: kind text 1 KIND, words text 0 FOR, wait_ns ns 1 WAITED, share share 1 OF RUN, thread_ns ns 3 ALL THREADS, what text 1 MOST OF IT
-- columns: call function 0 CALL, object text 0 OBJECT, function function 0 FUNCTION, where place 0 WHERE, process text 0 PROCESS
-- columns: meanwhile text 2 MEANWHILE THE PROGRAM
-- empty: There was nothing that it waited for.
-- explain: Who waits for a thread or a child of the run waits for what that one waits for. ALL THREADS: their own waits of that kind, also
-- explain: while others needed a core. Processes: what comes through pipes and sockets; events: of several at once; unseen: blocked, and no hook tells why.
SELECT kind, words, ns AS wait_ns, share, thread_ns, what, call, object, function, place AS "where", process, meanwhile
FROM reading_advice_waiting WHERE share >= 0.001 OR thread_ns >= 0.001 * (SELECT wall_ns FROM reading_advice)
ORDER BY ns DESC, thread_ns DESC
