-- What the readings of the graph say, in temporary tables of the report's connection. Each is filled
-- by the maker of that name (readings.h); questions/*.sql read them like views.
-- Times are ns. leader: lock.id of the first of the locks made in one place, NULL: of none.
-- thread: thread.id; stack: stack.id, 0: none. Gains: new speed / speed now, 1.0: none.

-- Single figures, one per key.
-- Of the sweep (reports/sweep/account.h): lanes, lanes_are (cores, threads), speedup (lanes got, less the overhead);
-- wall_ns (from the first thread's begin to the last one's end), life_ns (of all threads together), and what it was: run_ns ready_ns lock_ns idle_ns phase_ns spin_ns io_ns
-- timer_ns hidden_ns; progress_ns (run, io, timer), serial_ns (wall time), peak_threads (alive at once),
-- ready_share (of the time threads could run), average_running, average_progress (threads).
CREATE TEMP TABLE reading (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

-- Every thread's life by state (graph.h): sums to the lives.
CREATE TEMP TABLE reading_state (thread INTEGER NOT NULL, state TEXT NOT NULL, ns INTEGER NOT NULL,
	PRIMARY KEY (thread, state)) STRICT, WITHOUT ROWID;

-- The speedup stack: what of the lanes (see key lanes of reading) was got, and what each loss took.
-- lanes sums to the lanes over all parts; ns = lanes × wall time.
-- kind: work; serial, lock, imbalance, starvation, spin, runtime (of the work, by samples; of what is blocked unseen, by threads), no-core, io, timer, hidden, wake-up, few-threads, overhead.
CREATE TEMP TABLE reading_stack (position INTEGER PRIMARY KEY, kind TEXT NOT NULL, leader INTEGER,
	lanes REAL NOT NULL, ns INTEGER NOT NULL) STRICT;

-- Wall time with so many threads running, and making progress (running, input, output, sleep).
CREATE TEMP TABLE reading_profile (threads INTEGER PRIMARY KEY, running_ns INTEGER NOT NULL,
	progress_ns INTEGER NOT NULL) STRICT;

-- Criticality (bottle graphs): a thread's part of the running, dt / number of running threads, summed; and with how
-- many it shared its time on average: its running time / that.
CREATE TEMP TABLE reading_criticality (thread INTEGER PRIMARY KEY, ns INTEGER NOT NULL, parallelism REAL NOT NULL) STRICT;

-- Serial phases: one thread made progress while all others waited for work, for it, or did not
-- exist. By what ran in them: the site where the thread was for longest; of what ran, where that ended.
CREATE TEMP TABLE reading_serial (thread INTEGER NOT NULL, stack INTEGER NOT NULL, count INTEGER NOT NULL,
	ns INTEGER NOT NULL, longest_ns INTEGER NOT NULL, begin_ns INTEGER NOT NULL, -- of the longest
	PRIMARY KEY (thread, stack)) STRICT, WITHOUT ROWID;

-- Critical paths, summed: path 1 is the longest, its parts sum to the wall time. 2 and 3 would be
-- the longest if those before were mended; they may share parts with them. slack_ns of
-- reading_path_length: how much a path is shorter than the first.
-- what: run, ready, io, timer, hidden, spin as a tile's state; wake-up; creation (of a thread);
-- unknown: a wait that nobody is known to have ended, or no thread. stack of run: where its part
-- ends: what let the next thread go on, or its next wait; 0: its end.
CREATE TEMP TABLE reading_path (path INTEGER NOT NULL, what TEXT NOT NULL, leader INTEGER, thread INTEGER NOT NULL,
	stack INTEGER NOT NULL, count INTEGER NOT NULL, ns INTEGER NOT NULL) STRICT;
CREATE TEMP TABLE reading_path_length (path INTEGER PRIMARY KEY, ns INTEGER NOT NULL, slack_ns INTEGER NOT NULL) STRICT;
-- Path 1 by lock: time on it spent holding (inclusive: any; innermost: this one was taken last),
-- and handing over; acquisitions on it and how many of them had waited. without_ns: the longest of
-- the paths if the lock cost nothing on them: the run cannot get shorter by it, so that wall time /
-- without_ns bounds the gain of any cure. slack_ns: how much longer its sections may take before
-- the run does; NULL: nobody waited for it.
CREATE TEMP TABLE reading_path_lock (leader INTEGER PRIMARY KEY, inclusive_ns INTEGER NOT NULL,
	innermost_ns INTEGER NOT NULL, wake_ns INTEGER NOT NULL, acquisitions INTEGER NOT NULL,
	contended INTEGER NOT NULL, without_ns INTEGER NOT NULL, slack_ns INTEGER) STRICT;

-- Blame with cascade: who held up the waits for leader, at the root: a holder that waits itself
-- passes it on. Sums to the waits and polls. cause: run (of culprit, at stack, holding culprit_leader or not),
-- io, timer, ready, hidden, wake-up, unknown. direct: the holder did it itself.
CREATE TEMP TABLE reading_blame (leader INTEGER, cause TEXT NOT NULL, culprit INTEGER, culprit_leader INTEGER,
	stack INTEGER NOT NULL, direct INTEGER NOT NULL, ns INTEGER NOT NULL) STRICT;
-- Knots: groups of threads that wait for each other and for nobody else. ns: it waited in the knot. A thread that
-- is busy nearly all the time is a knot of its own; ns: it was busy.
CREATE TEMP TABLE reading_knot (knot INTEGER NOT NULL, thread INTEGER NOT NULL, ns INTEGER NOT NULL,
	PRIMARY KEY (knot, thread)) STRICT, WITHOUT ROWID;
-- Barriers and joins of thread groups: how unevenly the work was divided. late: who came last most often;
-- stack: where that one was for longest, when it was worst.
CREATE TEMP TABLE reading_imbalance (leader INTEGER PRIMARY KEY, generations INTEGER NOT NULL, threads INTEGER NOT NULL,
	wait_ns INTEGER NOT NULL, mean_ns INTEGER NOT NULL, -- of a share of work, on average over threads
	max_ns INTEGER NOT NULL,   -- of the slowest share, on average over generations
	late INTEGER, late_count INTEGER NOT NULL, stack INTEGER NOT NULL) STRICT;

-- What would be if: an edit of the program, replayed. low .. high: over hand-over policies and
-- divisions of work. error: replay of the run as it was, against the run.
-- name: of the function that an edit without a lock is about.
CREATE TEMP TABLE reading_whatif (edit TEXT NOT NULL, name TEXT, leader INTEGER, stack INTEGER NOT NULL, factor REAL, threads INTEGER, cores INTEGER,
	low REAL NOT NULL, gain REAL NOT NULL, high REAL NOT NULL, error REAL NOT NULL) STRICT;
-- Closed-form ceilings: speedup against one thread when n threads did the same mix, queueing only for
-- the locks. bound: the least that no number of threads gets past.
CREATE TEMP TABLE reading_ceiling (threads INTEGER PRIMARY KEY, speedup REAL NOT NULL, bound REAL NOT NULL, leader INTEGER) STRICT;

-- Phases that the program marked, of those that were written: wall time while a thread was in one; what all threads ran then.
CREATE TEMP TABLE reading_phase (name TEXT PRIMARY KEY, wall_ns INTEGER NOT NULL, running_ns INTEGER NOT NULL) STRICT;

-- The card of a lock: what is the matter with it, in the order of weight. evidence and cure: sentences.
-- trait: hot, over-held, over-fine, convoy, ping-pong, reader-starved, herd, polling, unnecessary.
CREATE TEMP TABLE reading_card (leader INTEGER NOT NULL, trait TEXT NOT NULL, weight REAL NOT NULL,
	evidence TEXT NOT NULL, cure TEXT NOT NULL, PRIMARY KEY (leader, trait)) STRICT, WITHOUT ROWID;
-- Locks that were taken in both orders: a deadlock may follow. Same inversion: the edges of one cycle.
CREATE TEMP TABLE reading_inversion (inversion INTEGER NOT NULL, position INTEGER NOT NULL, lock INTEGER NOT NULL,
	next_lock INTEGER NOT NULL, thread INTEGER NOT NULL, held_stack INTEGER NOT NULL, stack INTEGER NOT NULL,
	count INTEGER NOT NULL, PRIMARY KEY (inversion, position)) STRICT, WITHOUT ROWID;

-- Formulas of counters, worked out for the run (process and thread NULL), each process and each thread.
-- value NULL: a counter that it needs was refused, or nothing was counted.
CREATE TEMP TABLE reading_metric (metric INTEGER NOT NULL, process INTEGER, thread INTEGER, value REAL) STRICT;
-- Overflows of counters while a lock was held: weight of those that lie in a timed hold, each hold
-- standing for as many as were not timed. object NULL: outside all of them.
CREATE TEMP TABLE reading_counter_lock (counter INTEGER NOT NULL, object INTEGER, weight REAL NOT NULL) STRICT;

-- The answer: at most three findings, by the lower end of what mending them would gain. kind: as in
-- reading_stack, or stage (others starve because this one is slow). Written by findings_make(), of the
-- report's own tables. confidence: high, medium, low. command: what shows more.
CREATE TEMP TABLE reading_finding (rank INTEGER PRIMARY KEY, kind TEXT NOT NULL, leader INTEGER, name TEXT, stack INTEGER NOT NULL,
	low REAL NOT NULL, gain REAL NOT NULL, high REAL NOT NULL, words TEXT NOT NULL, place TEXT,
	confidence TEXT NOT NULL, command TEXT NOT NULL) STRICT;

-- Suspects of false sharing (reports/sharing/sharing.h). kind: locks, data, arguments, words. line: its address. moves: of
-- the line between cores, at most, 0: not known. confidence: high (seen), medium, low.
CREATE TEMP TABLE reading_sharing (suspect INTEGER PRIMARY KEY, kind TEXT NOT NULL, process INTEGER NOT NULL, line INTEGER NOT NULL,
	threads INTEGER NOT NULL, moves INTEGER NOT NULL, confidence TEXT NOT NULL, evidence TEXT NOT NULL, cure TEXT NOT NULL) STRICT;
-- What lies in it: a lock and who took it, the argument of a thread, or a variable (name); offset: from the line's begin.
CREATE TEMP TABLE reading_sharing_part (suspect INTEGER NOT NULL, offset INTEGER NOT NULL, lock INTEGER, thread INTEGER, name TEXT) STRICT;

-- Threads of Python processes. work_ns: on cores, but for cost_ns, what is there for messages and processes;
-- start_ns: to start threads and processes, and to be started;
-- input_ns: input, output, sleep of their own; serial_ns: of it and of work_ns, while no other thread had work. faults: new pages touched at work; doubt_ns: of work_ns,
-- but for these: more than one thread would take for it.
-- in_worker: of a process that was started to work for another one; first: where the program began.
CREATE TEMP TABLE reading_python_thread (thread INTEGER PRIMARY KEY, process INTEGER NOT NULL, work_ns INTEGER NOT NULL,
	cost_ns INTEGER NOT NULL, start_ns INTEGER NOT NULL, input_ns INTEGER NOT NULL, serial_ns INTEGER NOT NULL,
	faults INTEGER NOT NULL, doubt_ns INTEGER NOT NULL, in_worker INTEGER NOT NULL, first INTEGER NOT NULL, worker INTEGER NOT NULL) STRICT;
-- One row when the run has Python processes. kind: gil, convoy, transfer, tasks; NULL: what holds it back is not of Python's
-- making. victim, hog: threads, of a convoy. Speedups are against the same work in one thread.
CREATE TEMP TABLE reading_python (kind TEXT, victim INTEGER, hog INTEGER, processes INTEGER NOT NULL, workers INTEGER NOT NULL, computing INTEGER NOT NULL,
	wall_ns INTEGER NOT NULL, alone_ns INTEGER NOT NULL, serial_ns INTEGER NOT NULL, work_ns INTEGER NOT NULL, input_ns INTEGER NOT NULL, cost_ns INTEGER NOT NULL,
	held_ns INTEGER NOT NULL, waited_ns INTEGER NOT NULL, start_ns INTEGER NOT NULL, doubt_ns INTEGER NOT NULL,
	now REAL NOT NULL, now_low REAL NOT NULL, now_high REAL NOT NULL, best REAL NOT NULL, best_low REAL NOT NULL, best_high REAL NOT NULL,
	processes_x REAL NOT NULL, processes_low REAL NOT NULL, processes_high REAL NOT NULL,
	free REAL NOT NULL, free_low REAL NOT NULL, free_high REAL NOT NULL, even REAL NOT NULL, even_low REAL NOT NULL, even_high REAL NOT NULL) STRICT;

-- Is it worth making it parallel? Written by advice_make() (reports/advise/), one row. worth, reason: words of
-- reports/advise/advice.h. Speedups are against the run. waiting_ns: one thread alone was blocked; several_ns: two or more
-- had work; dependent_share: of the run, in regions whose pieces need each other. sentence, numbers, change: what is said.
CREATE TEMP TABLE reading_advice (worth TEXT NOT NULL, reason TEXT NOT NULL, cpus REAL NOT NULL,
	low REAL NOT NULL, speedup REAL NOT NULL, high REAL NOT NULL,
	ceiling_low REAL NOT NULL, ceiling REAL NOT NULL, ceiling_high REAL NOT NULL,
	wall_ns INTEGER NOT NULL, run_ns INTEGER NOT NULL, waiting_ns INTEGER NOT NULL, several_ns INTEGER NOT NULL,
	samples INTEGER NOT NULL, divided_share REAL NOT NULL, dependent_share REAL NOT NULL, unknown_share REAL NOT NULL,
	without_memory REAL NOT NULL, without_costs REAL NOT NULL, without_sharing REAL NOT NULL,
	sentence TEXT NOT NULL, numbers TEXT NOT NULL, change TEXT NOT NULL) STRICT;
-- The speedup on so many cores. beyond: more than the program could use here.
CREATE TEMP TABLE reading_advice_estimate (threads REAL PRIMARY KEY, beyond INTEGER NOT NULL,
	low REAL NOT NULL, speedup REAL NOT NULL, high REAL NOT NULL) STRICT;
-- What a region uses that threads would use at the same time (reports/advise/uses.h). lock NULL: a function of libc.
CREATE TEMP TABLE reading_advice_use (part INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, lock INTEGER, name TEXT, place TEXT,
	at_most INTEGER NOT NULL, calls INTEGER, hold_share REAL, bytes INTEGER, share REAL, remedy TEXT, PRIMARY KEY (part, position)) STRICT;
-- The regions of the run (reports/advise/region.h) that are large enough to matter. share: of the time on cores.
-- pieces NULL: nobody counted. entries: so often it is begun, NULL: not known. alone: the speedup when this is all that is
-- divided. independence, reason: words of reports/advise/judge.h. bound: part of it that pieces spend one after the
-- other. least_ns: a piece should take that long; batch: so many pieces do.
-- place: of a loop whose lines are not known. private_bytes, shared_bytes: its footprint (reports/advise/footprint.h), NULL: not known. overflow_cache: what it fits alone,
-- and so many threads, overflow_threads, do not: those that share one need overflow_need bytes.
CREATE TEMP TABLE reading_advice_part (part INTEGER PRIMARY KEY, parent INTEGER NOT NULL, level INTEGER NOT NULL, kind TEXT NOT NULL,
	divided INTEGER NOT NULL, function TEXT, file TEXT, line INTEGER, line_last INTEGER, place TEXT,
	share REAL NOT NULL, share_low REAL NOT NULL, share_high REAL NOT NULL, kernel_share REAL NOT NULL,
	pieces REAL, pieces_at_least INTEGER NOT NULL, piece_ns REAL, spread REAL, longest_ns REAL, entries REAL, alone REAL NOT NULL,
	independence TEXT NOT NULL, reason TEXT NOT NULL, bound REAL NOT NULL, memory_share REAL NOT NULL,
	least_ns REAL NOT NULL, batch REAL, watched INTEGER NOT NULL, met INTEGER NOT NULL, words_read INTEGER NOT NULL,
	own INTEGER NOT NULL, accumulated INTEGER NOT NULL, carried INTEGER NOT NULL, carried_name TEXT, evidence TEXT NOT NULL,
	private_bytes INTEGER, shared_bytes INTEGER, overflow_cache TEXT, overflow_threads INTEGER, overflow_need INTEGER) STRICT;
-- What the run waited for (reports/advise/waiting.h). ns: nobody needed a core; thread_ns: of all threads together, whoever
-- needed one; what: call of object in function, place; meanwhile: the first thread, where another one was in it.
CREATE TEMP TABLE reading_advice_waiting (kind TEXT PRIMARY KEY, words TEXT NOT NULL, ns INTEGER NOT NULL, share REAL NOT NULL,
	thread_ns INTEGER NOT NULL, what TEXT, call TEXT, object TEXT, function TEXT, place TEXT, process TEXT, meanwhile TEXT) STRICT;
-- Children that a process ran one after the other (reports/advise/children.h), at most one row. at_once: the speedup, had all run at once.
CREATE TEMP TABLE reading_advice_children (parent INTEGER PRIMARY KEY, children INTEGER NOT NULL, ns INTEGER NOT NULL,
	longest_ns INTEGER NOT NULL, at_once REAL NOT NULL) STRICT;

-- Threads of parallel runtimes (OpenMP's, TBB), whose code is where they start, and who made them. module: of the runtime.
CREATE TEMP TABLE reading_team AS
WITH member AS (SELECT t.id AS thread, t.process, t.parent, r.module FROM thread t JOIN code c ON c.id = t.routine
	JOIN runtime_module r ON r.module = c.module AND r.kind = 'team')
SELECT thread, process, module FROM member UNION SELECT parent, process, module FROM member WHERE parent IS NOT NULL;
