-- Tables of a parprof database, format 2. Reports read only the views of views.sql.
-- Times are integer ns since the start of the recording unless the name says otherwise.
-- The tables of stored events (wait, release, wake, poll, fork, exec, note, hold, usage, faults, progress, phase, …) are made from
-- collectors/events.def: columns process, thread, hook, weight, then the event's fields.

-- Facts of the run, one per key: schema_version, tool_version, command, directory, host, kernel,
-- libc, started_unix_ns, wall_ns, exit_status, target_pid, cores, clock, ticks_per_ns,
-- hold_interval (0: --hold=off, 1: all, 2: sampled), finished (0: the recorder did not get to its end), recorder_cpu_ns,
-- recorder_rss_bytes, recorder_pid, records, records_dropped, threads_unseen, events_guarded,
-- cost_pair_ns (what watching adds to an uncontended pair), cost_hold_ns (to a timed one),
-- cost_record_ns (to a written record), sched (how switches were seen: ring, poll, off),
-- sched_reason (why they were not),
-- sample_hertz (0: none), sample_kernel (1: also in the kernel), sample_by (kernel, signal, none),
-- samples_missed (signals that interrupted the library itself), kernel_lost (records of the rings).
-- pieces_by (how passes of loops were watched: registers; replaced code; where registers slow the program down:
-- registers, briefly; or registers, slow loops by replaced code), pieces_trap_ns.
-- cache_line_bytes; cache, cache_i1, cache_d1, cache_ll, cache_rounded,
-- cache_sizes_from of a run in simulated caches.
CREATE TABLE run (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

-- The intercepted functions, from hooks.def. kind: acquire try release wait wake init destroy born
-- dies env mark; family: mutex rwlock spin semaphore condition barrier once join child futex
-- timer io gil none.
CREATE TABLE hook (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL,
	family TEXT NOT NULL, mode TEXT NOT NULL) STRICT;

-- A process image: a fork or an exec starts a new one, so one pid may have several in a row.
CREATE TABLE process (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, parent_pid INTEGER,
	parent INTEGER REFERENCES process, -- who forked it, or the image that exec'd into it
	image INTEGER REFERENCES process,  -- whose modules and stacks it shares: itself unless forked
	origin TEXT,		-- start, fork, exec, spawn (vfork or posix_spawn, then exec)
	path TEXT, command TEXT, -- arguments separated by spaces
	begin_ns INTEGER, end_ns INTEGER,
	status INTEGER,		-- as wait(2) gives it, NULL unknown
	ended TEXT) STRICT;	-- exit, exec, killed, running (when the recording ended)

CREATE TABLE thread (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	tid INTEGER NOT NULL, parent INTEGER REFERENCES thread, name TEXT,
	named INTEGER NOT NULL DEFAULT 0, -- 2: the program's mark, 1: the name is Python's own for it, 0: the kernel's, or made
	created_ns INTEGER, -- the call that made it
	begin_ns INTEGER, end_ns INTEGER, routine INTEGER REFERENCES code,
	stack INTEGER REFERENCES stack, -- where it was created
	cpu_ns INTEGER, voluntary INTEGER, involuntary INTEGER,
	ended TEXT,		-- return, exit, process, killed
	records INTEGER, dropped INTEGER, untabled INTEGER,
	handle INTEGER) STRICT;	-- pthread_t: what a join waits for
CREATE INDEX thread_process ON thread (process, tid);

CREATE TABLE module (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	bias INTEGER NOT NULL, begin INTEGER NOT NULL, "end" INTEGER NOT NULL,
	path TEXT NOT NULL, build_id TEXT) STRICT;

-- Files that are of a runtime, not of the program, by their names (runtime.h): libc, language, team (parallel runtimes), other.
CREATE TABLE runtime_module (module INTEGER PRIMARY KEY REFERENCES module, kind TEXT NOT NULL) STRICT;

-- A code address of an image (a return address: the call is before it). Names are filled in
-- when the recording ends. depth counts inlined frames: 0 is the innermost.
CREATE TABLE code (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	address INTEGER NOT NULL, module INTEGER REFERENCES module,
	UNIQUE (process, address)) STRICT;
CREATE TABLE code_line (code INTEGER NOT NULL REFERENCES code, depth INTEGER NOT NULL,
	function TEXT, file TEXT, line INTEGER,
	runtime INTEGER NOT NULL DEFAULT 0, -- 1: of a threading or language runtime, not of the program
	PRIMARY KEY (code, depth)) STRICT, WITHOUT ROWID;

CREATE TABLE stack (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	hash INTEGER NOT NULL, depth INTEGER NOT NULL, cut INTEGER NOT NULL,
	UNIQUE (process, hash)) STRICT;
CREATE TABLE frame (stack INTEGER NOT NULL REFERENCES stack, position INTEGER NOT NULL,
	code INTEGER NOT NULL REFERENCES code, PRIMARY KEY (stack, position)) STRICT, WITHOUT ROWID;

-- A place in Python code is a row of code, too: its address has bit 63 set and bit 62 not; behind
-- them the number of the code object, as here, and 24 bits of the instruction in it.
CREATE TABLE python_code (number INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	minor INTEGER NOT NULL,	-- of the version of Python 3
	first_line INTEGER NOT NULL, file TEXT NOT NULL, function TEXT NOT NULL) STRICT; -- its qualified name
CREATE TABLE python_lines (number INTEGER NOT NULL, offset INTEGER NOT NULL, -- the table that tells its lines, in parts
	bytes BLOB NOT NULL, PRIMARY KEY (number, offset)) STRICT, WITHOUT ROWID;
-- What threads of Python are at in its standard library (python_classes.def). kind: wait, cost (only there because of
-- messages), start (of threads and processes), work. Of a stack: its class, NULL: none; where the program itself is, NULL: not in it.
CREATE TABLE python_class (class TEXT PRIMARY KEY, words TEXT NOT NULL, kind TEXT NOT NULL,
	use TEXT) STRICT, WITHOUT ROWID; -- of a semaphore waited for in it, as lock.use
CREATE TABLE python_stack (stack INTEGER PRIMARY KEY, class TEXT, function TEXT, file TEXT, line INTEGER) STRICT;

-- What a target called by one address and generation filter value. Several objects make one lock:
-- the filter is shared by many addresses, and shared memory is seen by many processes.
CREATE TABLE object (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	address INTEGER NOT NULL, generation INTEGER NOT NULL, family TEXT NOT NULL,
	lock INTEGER REFERENCES lock, -- filled in when the recording ends
	attributes INTEGER, code INTEGER REFERENCES code, stack INTEGER, -- of its first use
	first_ns INTEGER,
	device INTEGER, inode INTEGER, offset INTEGER, path TEXT, -- when it lies in shared memory
	UNIQUE (process, address, generation)) STRICT;

-- One lock, semaphore, condition …, from its init to its destroy.
CREATE TABLE lock (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process,
	address INTEGER NOT NULL, family TEXT NOT NULL, attributes INTEGER NOT NULL DEFAULT 0,
	generation INTEGER, -- the filter's value after its init, NULL: its init was not seen
	destroy_generation INTEGER,
	name TEXT,		-- cache_mu, shard[3].mu, or function of init or first use
	named_by TEXT,		-- variable, path, init, caller, call (the function waited in), interpreter, address, mark
	place TEXT,		-- file:line of the variable, the init or the first use
	stack INTEGER REFERENCES stack, -- of the init, else of the first use
	init_ns INTEGER, destroy_ns INTEGER,
	device INTEGER, inode INTEGER, offset INTEGER, path TEXT, -- when shared
	use TEXT, -- lock (mutual exclusion), idle (waiting for work or time), phase (barrier, join), timer, io
	leader INTEGER) STRICT; -- locks made in one place are a group: the first one of it
CREATE INDEX lock_address ON lock (process, address, generation);

-- In which stacks threads first used an object from a place: what of tally a call's surroundings can be told of.
CREATE TABLE call_site (code INTEGER NOT NULL REFERENCES code, stack INTEGER NOT NULL REFERENCES stack,
	PRIMARY KEY (code, stack)) STRICT, WITHOUT ROWID;

-- Exact counts of the targets' own tables.
CREATE TABLE tally (object INTEGER NOT NULL REFERENCES object, thread INTEGER NOT NULL REFERENCES thread,
	hook INTEGER NOT NULL REFERENCES hook, code INTEGER NOT NULL REFERENCES code,
	count INTEGER NOT NULL, contended INTEGER NOT NULL, failed INTEGER NOT NULL,
	wait_ns INTEGER NOT NULL, wait_max_ns INTEGER NOT NULL,
	-- holds that were timed; hold_ns: the sum over the holds they stand for, hold_weight of them
	hold_samples INTEGER NOT NULL, hold_ns INTEGER NOT NULL, hold_max_ns INTEGER NOT NULL,
	-- of the samples those after a wait, which are all timed: the others stand for the rest
	contended_holds INTEGER NOT NULL DEFAULT 0, contended_hold_ns INTEGER NOT NULL DEFAULT 0,
	hold_weight INTEGER NOT NULL DEFAULT 0,
	-- of family io: moved through this pipe or socket; calls that moved as many bytes as Python's length has
	bytes INTEGER NOT NULL DEFAULT 0, headers INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (object, thread, hook, code)) STRICT, WITHOUT ROWID;

-- The same of threads that still run, about each second. Only a recording whose recorder was killed
-- has rows here: they stand in for the counts it did not live to see.
CREATE TABLE tally_live AS SELECT * FROM tally WHERE 0;

-- What the program marked (collectors/parprof.h). The same name may lie at several addresses.
CREATE TABLE mark_name (process INTEGER NOT NULL REFERENCES process, address INTEGER NOT NULL, name TEXT NOT NULL,
	PRIMARY KEY (process, address)) STRICT, WITHOUT ROWID;
-- Exact counts of marks, by thread. kind: progress, phase, site; mark: address of its name, 0: tasks outside of any site.
CREATE TABLE mark_use (thread INTEGER NOT NULL REFERENCES thread, mark INTEGER NOT NULL,
	code INTEGER NOT NULL, -- of sites: code.id of the call that began it; else 0
	count INTEGER NOT NULL, -- times it was come by, phases, entries of a site
	ns INTEGER NOT NULL, max_ns INTEGER NOT NULL, -- of phases and entries that ended
	tasks INTEGER NOT NULL, task_ns INTEGER NOT NULL, task_max_ns INTEGER NOT NULL, -- that ended in it
	lock_ns INTEGER NOT NULL, -- of its tasks: what one at a time would have to do
	task_squares REAL NOT NULL, -- sum of squares of their ns
	kind TEXT NOT NULL, PRIMARY KEY (thread, kind, mark, code)) STRICT, WITHOUT ROWID;
CREATE TABLE mark_live AS SELECT * FROM mark_use WHERE 0; -- as tally_live

-- Histograms per object: of sampled holds, and of whole wait records.
CREATE TABLE hold_bucket (object INTEGER NOT NULL REFERENCES object, low_ns INTEGER NOT NULL,
	high_ns INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (object, low_ns)) STRICT, WITHOUT ROWID;
CREATE TABLE wait_bucket (object INTEGER NOT NULL REFERENCES object, low_ns INTEGER NOT NULL,
	high_ns INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (object, low_ns)) STRICT, WITHOUT ROWID;

-- Sums over the wait records, kept while recording so that no report has to read them all.
CREATE TABLE wait_sum (object INTEGER NOT NULL REFERENCES object, thread INTEGER NOT NULL REFERENCES thread,
	hook INTEGER NOT NULL REFERENCES hook, stack INTEGER NOT NULL, -- 0: none
	count INTEGER NOT NULL, wait_ns INTEGER NOT NULL, wait_max_ns INTEGER NOT NULL,
	timed_out INTEGER NOT NULL, PRIMARY KEY (object, thread, hook, stack)) STRICT, WITHOUT ROWID;

-- Who held what somebody waited for: each wait is divided among the holds it overlapped, so that
-- for every (object, waiter stack) the sum of ns equals the sum of the waits.
-- cause: holder; hand-over (free, but the waiter was not running yet); unknown.
CREATE TABLE blame (object INTEGER NOT NULL REFERENCES object, stack INTEGER NOT NULL, -- of the waiter
	cause TEXT NOT NULL, holder INTEGER NOT NULL, -- thread.id, 0: none
	holder_stack INTEGER NOT NULL, -- 0: none
	waits INTEGER NOT NULL, -- overlaps of a wait and a hold: a wait may have several
	ns INTEGER NOT NULL,
	PRIMARY KEY (object, stack, cause, holder, holder_stack)) STRICT, WITHOUT ROWID;

-- Pipes, sockets and files that bytes went through, each once, whoever used it; filled in when the recording ends.
CREATE TABLE channel (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, -- pipe fifo socketpair unix tcp udp socket file
	device INTEGER NOT NULL, inode INTEGER NOT NULL, -- of a socket's pair the smaller one
	peer INTEGER, -- inode of the other end; NULL: it has no other one (pipe), or was not seen
	peer_pid INTEGER, -- who made the other end that was not seen
	address TEXT) STRICT; -- of TCP and UDP
-- Where a process first called a function on one.
CREATE TABLE channel_site (object INTEGER NOT NULL REFERENCES object, hook INTEGER NOT NULL REFERENCES hook,
	stack INTEGER NOT NULL REFERENCES stack, PRIMARY KEY (object, hook)) STRICT, WITHOUT ROWID;
-- What a thread moved through one that is no file: exact. flow: what is sent on one end is received on the other: 0 of pipes;
-- 1 sent by the end `inode`, 2 by the other one.
CREATE TABLE channel_use (channel INTEGER NOT NULL REFERENCES channel, flow INTEGER NOT NULL,
	thread INTEGER NOT NULL REFERENCES thread, direction TEXT NOT NULL, -- send, receive
	calls INTEGER NOT NULL, bytes INTEGER NOT NULL, headers INTEGER NOT NULL, -- headers: see tally
	waits INTEGER NOT NULL, blocked_ns INTEGER NOT NULL, -- calls that gave up the core in it, and for how long
	stack INTEGER REFERENCES stack, first_ns INTEGER) STRICT; -- where it waited most, else where its process called that first

-- Deadlocks seen while the program ran. kind: cycle (each member waits for the next one), self (a
-- thread for what it holds itself), left (for a lock whose owner is gone), silent (all threads of a
-- process wait, and nobody is left to wake them). certain 0: likely.
CREATE TABLE deadlock (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, certain INTEGER NOT NULL,
	process INTEGER NOT NULL REFERENCES process, -- of its first member
	found_ns INTEGER NOT NULL, formed_ns INTEGER NOT NULL, -- when the last of the waits began
	behind INTEGER NOT NULL, -- more threads that wait for members
	owner_tid INTEGER NOT NULL, -- left: who had the lock
	owner_elsewhere INTEGER NOT NULL) STRICT; -- 1: it lives, in another process: forked meanwhile
CREATE TABLE deadlock_member (deadlock INTEGER NOT NULL REFERENCES deadlock, position INTEGER NOT NULL,
	thread INTEGER REFERENCES thread, object INTEGER REFERENCES object, -- waited for
	hook INTEGER NOT NULL REFERENCES hook, stack INTEGER NOT NULL, -- of the wait; 0: none
	since_ns INTEGER NOT NULL,
	held INTEGER REFERENCES object, -- what the member before it waits for; cycle and self only
	held_code INTEGER REFERENCES code, -- where it took that, when it can only be there
	PRIMARY KEY (deadlock, position)) STRICT, WITHOUT ROWID;

-- Threads as the scheduler saw them (collectors/kernel), those of programs that do not load the
-- library, too. One tid may have several in a row: after an exec, or when the number is used again.
CREATE TABLE task (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, tid INTEGER NOT NULL, name TEXT,
	begin_ns INTEGER NOT NULL, end_ns INTEGER,
	ended TEXT,		-- exit, exec, running
	maker INTEGER REFERENCES task, -- who created it
	thread INTEGER REFERENCES thread, -- filled in when the recording ends
	-- NULL: the recorder did not live to see its end
	on_ns INTEGER,	-- on a core
	blocked INTEGER, blocked_ns INTEGER,	 -- times off it: for something to come
	preempted INTEGER, preempted_ns INTEGER, -- it could have run on
	migrations INTEGER) STRICT; -- came back to another core
CREATE INDEX task_tid ON task (tid, begin_ns);
-- The times off a core that no wait of the thread's covers.
CREATE TABLE off_core (task INTEGER NOT NULL REFERENCES task, begin_ns INTEGER NOT NULL,
	end_ns INTEGER NOT NULL, preempted INTEGER NOT NULL) STRICT;
-- The same of threads that leave their cores too often to write each: how much of such a stretch.
CREATE TABLE off_stretch (task INTEGER NOT NULL REFERENCES task, begin_ns INTEGER NOT NULL,
	end_ns INTEGER NOT NULL, ready_ns INTEGER NOT NULL, blocked_ns INTEGER NOT NULL) STRICT;
-- Where the kernel tells nothing of switches: what a thread used since its birth, about 20 times a
-- second. ready_ns: it could run, but no core was free.
CREATE TABLE sched_poll (thread INTEGER NOT NULL REFERENCES thread, time INTEGER NOT NULL, -- ns
	on_ns INTEGER NOT NULL, ready_ns INTEGER NOT NULL) STRICT;
-- What ran, looked at so often a second of each running thread (run: sample_hertz).
CREATE TABLE sample (task INTEGER NOT NULL REFERENCES task, time INTEGER NOT NULL,
	stack INTEGER REFERENCES stack, -- NULL: it could not be unwound
	kernel INTEGER NOT NULL, -- 1: it was in a system call or a fault, made there
	held INTEGER REFERENCES object) STRICT; -- innermost lock it held then, of the holds that were timed
-- The same, of threads that looked at themselves, by a signal (run: sample_by).
CREATE TABLE thread_sample (thread INTEGER NOT NULL REFERENCES thread, time INTEGER NOT NULL,
	stack INTEGER REFERENCES stack, kernel INTEGER NOT NULL, held INTEGER REFERENCES object) STRICT;
-- What lies beside a lock that several threads took, in the same cache line (lock; size in bytes); and the
-- variable that a thread was given as its argument (thread).
CREATE TABLE line_part (lock INTEGER REFERENCES lock, thread INTEGER REFERENCES thread,
	address INTEGER NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL, place TEXT,
	members INTEGER NOT NULL) STRICT; -- of a thread: 0 is a plain number or text

-- Cache lines that several threads used, from samples of what runs (the operand of the instruction that
-- a thread was at) and from watchpoints (record --sharing=watch). Two touches of different threads are near when they are
-- less than 10 ms apart: apart counts those of different words, same those of one word.
CREATE TABLE line_seen (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, time_ns INTEGER NOT NULL, -- at the end of that process
	process INTEGER REFERENCES process, -- filled in when the recording ends
	address INTEGER NOT NULL, apart INTEGER NOT NULL, same INTEGER NOT NULL,
	-- watched so often for a moment, and in how many of these two threads used different words, one word
	windows INTEGER NOT NULL, windows_apart INTEGER NOT NULL, windows_same INTEGER NOT NULL) STRICT;
-- What one thread did to one word of 8 bytes.
CREATE TABLE line_touch (line INTEGER NOT NULL REFERENCES line_seen, task INTEGER NOT NULL, tid INTEGER NOT NULL, offset INTEGER NOT NULL,
	pc INTEGER NOT NULL, -- of its first write, else of its first read; 0: not known
	code INTEGER REFERENCES code, thread INTEGER REFERENCES thread, -- filled in when the recording ends
	reads INTEGER NOT NULL, writes INTEGER NOT NULL, traps INTEGER NOT NULL, -- traps: of watchpoints
	name TEXT) STRICT; -- of the variable, when it is one of a file

-- What samples were about to use (record --pieces=watch): each operand in memory of the next instructions, at most 2000
-- a second.
CREATE TABLE address_sample (task INTEGER NOT NULL, time INTEGER NOT NULL, pc INTEGER NOT NULL, address INTEGER NOT NULL,
	size INTEGER NOT NULL, reads INTEGER NOT NULL, writes INTEGER NOT NULL) STRICT;

-- Loops in the machine code of functions that samples met (collectors/kernel/code_loops.h), those around them too;
-- filled in when the recording ends. And those of Python code (profiler/python_loops.h): without module, instructions 0,
-- calls 1, carry unknown; the header, in the form of a place in Python code (python_code), only tells them apart.
CREATE TABLE code_loop (id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process, -- image, as code.process
	module INTEGER REFERENCES module,
	header INTEGER NOT NULL, -- address in the process of its first instruction, where each pass begins
	parent INTEGER REFERENCES code_loop, -- the loop around it in the same function
	function TEXT, file TEXT, line INTEGER, line_last INTEGER, -- of its lines
	instructions INTEGER NOT NULL, -- of a pass through its own body, inner loops left out
	calls INTEGER NOT NULL, -- 1: it calls functions
	-- What a pass takes from the one before in registers, or in a fixed place of memory (code_carry.h):
	-- none, induction, reduction, chase, recurrence, unknown.
	carry TEXT NOT NULL,
	recurrence REAL) STRICT; -- part of a pass's time that the next one has to wait for it, 0..1; NULL: not known (it calls, or has inner loops)
-- The innermost loop around the call that a code address of a sampled stack stands for.
CREATE TABLE code_in_loop (code INTEGER PRIMARY KEY REFERENCES code, loop INTEGER NOT NULL REFERENCES code_loop) STRICT;
-- Variables at fixed addresses that functions of sampled stacks use (code_globals.h), if any of them writes and any of them reads
-- it for more than to add to it.
CREATE TABLE code_global (code INTEGER NOT NULL REFERENCES code, -- one of the function
	address INTEGER NOT NULL, reads INTEGER NOT NULL, writes INTEGER NOT NULL, -- 1: it does
	name TEXT, PRIMARY KEY (code, address)) STRICT, WITHOUT ROWID;

-- Passes of the busiest loops, pieces of work, watched for moments (record --pieces=watch): breakpoints on the header, where
-- each begins, and on words of data that samples in the loop were about to use. Times are CPU time of the thread.
CREATE TABLE piece_watch (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, time_ns INTEGER NOT NULL, -- at the end of that process
	header INTEGER NOT NULL, -- address of the first instruction; of a function that calls itself: of the function
	process INTEGER REFERENCES process, loop INTEGER REFERENCES code_loop, -- filled in when the recording ends
	moments INTEGER NOT NULL, -- so often it was watched
	on_ns INTEGER NOT NULL, -- for so long, together, without what the breakpoints cost
	hits INTEGER NOT NULL, -- the header was come to meanwhile
	-- intervals between two hits of one moment, the cost of the breakpoints taken off: how many, their sum in ns, sum of squares in ns^2
	pieces INTEGER NOT NULL, piece_ns INTEGER NOT NULL, piece_squares REAL NOT NULL, piece_max_ns INTEGER NOT NULL,
	trap_ns INTEGER NOT NULL, -- what one breakpoint costs: pieces of about that or less were not timed well
	words INTEGER NOT NULL, words_met INTEGER NOT NULL) STRICT; -- data words that were watched along; of them used in at least two pieces
CREATE TABLE piece_word (watch INTEGER NOT NULL REFERENCES piece_watch, address INTEGER NOT NULL, pc INTEGER NOT NULL, -- of the sample that chose it
	-- unmet, read (never written), own (each piece writes it before it reads it, or only one uses it), accumulated (by one operation
	-- that can be done in any order), carried (a piece reads what another wrote)
	kind TEXT NOT NULL,
	pieces INTEGER NOT NULL, -- in which it was used
	delay REAL, -- of carried: last write in a piece minus first read in a piece, part of a piece's time; <= 0: none
	name TEXT, code INTEGER REFERENCES code) STRICT; -- variable, when it is one of a file; place of the instruction

-- What cachegrind counted in simulated caches (run key cache = simulated, sizes in cache_i1, cache_d1,
-- cache_ll), by line: instructions, reads and writes of data, and how many of each missed the first
-- level (1) and all caches (L). One cache for all threads of a process. file, function '': unknown.
CREATE TABLE cache_count (process INTEGER NOT NULL REFERENCES process, file TEXT NOT NULL, function TEXT NOT NULL,
	line INTEGER NOT NULL, ir INTEGER NOT NULL, i1mr INTEGER NOT NULL, ilmr INTEGER NOT NULL,
	dr INTEGER NOT NULL, d1mr INTEGER NOT NULL, dlmr INTEGER NOT NULL,
	dw INTEGER NOT NULL, d1mw INTEGER NOT NULL, dlmw INTEGER NOT NULL,
	PRIMARY KEY (process, file, function, line)) STRICT, WITHOUT ROWID;

-- Clock: CLOCK_MONOTONIC at a tick count, about once a second.
CREATE TABLE anchor (ticks INTEGER NOT NULL, monotonic_ns INTEGER NOT NULL) STRICT;

-- What the recording itself is unsure of: kind, how often, one example.
CREATE TABLE oddity (kind TEXT PRIMARY KEY, count INTEGER NOT NULL, example TEXT) STRICT, WITHOUT ROWID;

-- What could not be seen, in words: one row per reason and subject.
CREATE TABLE unseen (reason TEXT NOT NULL, subject TEXT NOT NULL, count INTEGER NOT NULL,
	PRIMARY KEY (reason, subject)) STRICT, WITHOUT ROWID;

-- What was to be counted (record --counters): each event with its status, counted or refused and why.
CREATE TABLE counter (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
	event TEXT,		-- as libpfm4 calls the one that was taken, NULL: refused
	unit TEXT NOT NULL, about TEXT NOT NULL,
	status TEXT NOT NULL, reason TEXT, -- counted, refused; why
	sampled INTEGER NOT NULL) STRICT; -- 1: its overflows are in counter_sample
CREATE TABLE counter_group (name TEXT PRIMARY KEY, about TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counter_member (group_name TEXT NOT NULL REFERENCES counter_group, counter INTEGER NOT NULL REFERENCES counter,
	PRIMARY KEY (group_name, counter)) STRICT, WITHOUT ROWID;
-- What can be computed of them; formula: names of counters, numbers, + - * / ( ).
CREATE TABLE counter_metric (id INTEGER PRIMARY KEY, group_name TEXT NOT NULL REFERENCES counter_group,
	name TEXT NOT NULL, unit TEXT NOT NULL, formula TEXT NOT NULL, about TEXT NOT NULL) STRICT;
-- What a thread was counted until its end, a row for each core it ran on; enabled_ns is the same in
-- all of them. pid 0: what no thread's end told, see thread. Less running than enabled: the counter
-- shared a register, its value stands for more.
CREATE TABLE counter_value (counter INTEGER NOT NULL REFERENCES counter, pid INTEGER NOT NULL, tid INTEGER NOT NULL,
	time_ns INTEGER NOT NULL,
	thread INTEGER REFERENCES thread, -- filled in when the recording ends; of pid 0: when only one thread can be meant
	value INTEGER NOT NULL, enabled_ns INTEGER NOT NULL, running_ns INTEGER NOT NULL) STRICT;
-- Moments at which a counter had counted so many (weight) more. thread, image, stack: filled in when
-- the recording ends.
CREATE TABLE counter_sample (counter INTEGER NOT NULL REFERENCES counter, pid INTEGER NOT NULL, tid INTEGER NOT NULL,
	time_ns INTEGER NOT NULL, thread INTEGER REFERENCES thread, image INTEGER REFERENCES process,
	chain INTEGER NOT NULL, stack INTEGER REFERENCES stack, weight INTEGER NOT NULL) STRICT;
-- Their call chains, as addresses; the first one, of the instruction itself, plus 1, as in code.
CREATE TABLE counter_frame (chain INTEGER NOT NULL, position INTEGER NOT NULL, address INTEGER NOT NULL,
	PRIMARY KEY (chain, position)) STRICT, WITHOUT ROWID;

-- What a process touched (record --working-set=auto) since its pages' bits were cleared at cleared_ns: a row
-- for each of two or three windows, of window_ns, in fact tau_ns. touched: data; files with code are left out.
-- cost_ns: of this reading. Sizes of caches: run.cache_l2_bytes, cache_last_bytes.
CREATE TABLE working_set (process INTEGER NOT NULL REFERENCES process, cleared_ns INTEGER NOT NULL,
	window_ns INTEGER NOT NULL, tau_ns INTEGER NOT NULL, rss_bytes INTEGER NOT NULL, pss_bytes INTEGER NOT NULL,
	touched_bytes INTEGER NOT NULL, huge_bytes INTEGER NOT NULL, threads INTEGER NOT NULL, cost_ns INTEGER NOT NULL) STRICT;
-- Where its translations were flushed after clearing: readings of other rounds are lower bounds. What a page that is
-- touched again costs the program: run.working_set_page_ns.
CREATE TABLE working_set_flush (process INTEGER NOT NULL REFERENCES process, cleared_ns INTEGER NOT NULL,
	PRIMARY KEY (process, cleared_ns)) STRICT, WITHOUT ROWID;

-- Sweeps of parprof scale: a program run alone, unwatched, with different numbers of cores or
-- threads. They may lie in a file of their own or beside a recording; a file may hold several.
CREATE TABLE sweep (id INTEGER PRIMARY KEY,
	command TEXT NOT NULL,	-- as given, with the placeholder for the number of threads
	program TEXT NOT NULL,	-- its file
	build TEXT NOT NULL,	-- build id of that, or hash:… of its bytes
	began_unix_ns INTEGER NOT NULL, host TEXT NOT NULL, directory TEXT NOT NULL,
	cores INTEGER NOT NULL, -- that could be used
	pin TEXT NOT NULL,	-- compact, scatter, none: which cores a point got
	placeholder TEXT, variable TEXT, -- how threads were set, NULL: not so
	grows INTEGER NOT NULL, -- 1: the work grows with n, 0: it is the same at every point
	rounds INTEGER NOT NULL, warmup INTEGER NOT NULL, seed INTEGER NOT NULL, -- of the order of runs
	ended TEXT NOT NULL,	-- complete, interrupted, failed
	status INTEGER NOT NULL, -- of the program
	verdict TEXT NOT NULL,	-- see reports/README.md: fine, stops, slower, none, limited; noise, crowded, few
	best INTEGER, knee INTEGER) STRICT; -- n; see there

-- What was measured with one number of cores and threads. Speedup: against the first point.
CREATE TABLE scale_point (id INTEGER PRIMARY KEY, sweep INTEGER NOT NULL REFERENCES sweep,
	n INTEGER NOT NULL,	-- threads when they were set, else cores
	cores INTEGER NOT NULL, threads INTEGER, runs INTEGER NOT NULL,
	time_ns INTEGER NOT NULL, quartile_low_ns INTEGER NOT NULL, quartile_high_ns INTEGER NOT NULL, -- time: median
	speedup REAL NOT NULL, speedup_low REAL, speedup_high REAL, -- 95 %; NULL: the first point, or fewer than 5 runs
	efficiency REAL NOT NULL, -- of the speedup that n would give at best
	serial REAL, serial_low REAL, serial_high REAL, -- Karp and Flatt's, or Gustafson's for work that grows
	cpu_ns INTEGER NOT NULL, rss_bytes INTEGER NOT NULL, -- median, maximum
	voluntary INTEGER NOT NULL, involuntary INTEGER NOT NULL, -- switches, medians
	others REAL NOT NULL,	-- part of these cores that other programs and the host took
	busy REAL NOT NULL,	-- part of these cores that was used at all
	UNIQUE (sweep, n)) STRICT;

-- Points of progress of recorded runs at two of the points.
CREATE TABLE scale_progress (sweep INTEGER NOT NULL REFERENCES sweep, n INTEGER NOT NULL, name TEXT NOT NULL,
	count INTEGER NOT NULL, wall_ns INTEGER NOT NULL, PRIMARY KEY (sweep, n, name)) STRICT, WITHOUT ROWID;

CREATE TABLE scale_run (point INTEGER NOT NULL REFERENCES scale_point, round INTEGER NOT NULL,
	position INTEGER NOT NULL, -- among all runs, in order of time
	wall_ns INTEGER NOT NULL, user_ns INTEGER NOT NULL, system_ns INTEGER NOT NULL, rss_bytes INTEGER NOT NULL,
	voluntary INTEGER NOT NULL, involuntary INTEGER NOT NULL,
	others_ns INTEGER NOT NULL, stolen_ns INTEGER NOT NULL, -- CPU time of others on these cores; taken by the host
	status INTEGER NOT NULL, PRIMARY KEY (point, round)) STRICT, WITHOUT ROWID;

-- Laws fitted to a sweep (reports/fit), with bands of 95 %. law: amdahl, usl. parameter: serial
-- (amdahl), contention, coherency, peak (n), limit (speedup). NULL: infinite.
CREATE TABLE scale_fit (sweep INTEGER NOT NULL REFERENCES sweep, law TEXT NOT NULL, parameter TEXT NOT NULL,
	value REAL, low REAL, high REAL,
	misfit INTEGER NOT NULL, -- 1: the law does not describe the points; the bands are wider for it
	PRIMARY KEY (sweep, law, parameter)) STRICT, WITHOUT ROWID;
CREATE TABLE scale_curve (sweep INTEGER NOT NULL REFERENCES sweep, law TEXT NOT NULL, n INTEGER NOT NULL,
	speedup REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, PRIMARY KEY (sweep, law, n)) STRICT, WITHOUT ROWID;

-- What a replay of a recording said a program would reach, kept to be held against measurements of
-- the same program later. Speedup: from base to n.
CREATE TABLE prediction (id INTEGER PRIMARY KEY, made_unix_ns INTEGER NOT NULL,
	command TEXT NOT NULL, build TEXT NOT NULL, -- as in sweep
	sweep INTEGER REFERENCES sweep, -- it was made for, NULL: by itself
	base INTEGER NOT NULL, n INTEGER NOT NULL, cores INTEGER NOT NULL, threads INTEGER,
	speedup REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
	error REAL) STRICT; -- of the replay on the recorded run itself

-- What parprof advise said of a run, to be set beside a later run of the changed program: in the recording itself, and in
-- files of sweeps that were made with --advice (sweep). Speedups: against that run, on so many cores.
CREATE TABLE advice (id INTEGER PRIMARY KEY, made_unix_ns INTEGER NOT NULL, sweep INTEGER REFERENCES sweep,
	command TEXT NOT NULL, wall_ns INTEGER NOT NULL, worth TEXT NOT NULL, reason TEXT NOT NULL, sentence TEXT NOT NULL) STRICT;
CREATE TABLE advice_point (advice INTEGER NOT NULL REFERENCES advice, cores REAL NOT NULL,
	speedup REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, PRIMARY KEY (advice, cores)) STRICT, WITHOUT ROWID;

-- The machine it ran on: the facts that are known, one per key, in the order of MACHINE_FACTS of
-- collectors/machine/machine.h; and `costs`: measured, remembered, or why there are none, with
-- costs_measured_unix_ns, costs_others (part of the CPUs that others took meanwhile),
-- costs_array_bytes (memory that bandwidth was measured with), costs_noisy (1: too much to rely on them). No rows: not looked at, as in what was made from a log.
CREATE TABLE machine (key TEXT PRIMARY KEY, value ANY) STRICT;
CREATE TABLE machine_part (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES machine_part, -- NULL: the machine
	kind TEXT NOT NULL,	-- machine package die group node core cpu, L1d L1i L2 L3 …
	number INTEGER,		-- the kernel's
	name TEXT,		-- model of a package; kind of a core, when there are several
	bytes INTEGER,		-- of caches and nodes
	line_bytes INTEGER, ways INTEGER, -- of caches; ways -1: any line may be anywhere
	cpus INTEGER NOT NULL, cpu_list TEXT NOT NULL) STRICT; -- that use it
-- What things cost on it: medians of batches, and their quartiles.
CREATE TABLE machine_cost (key TEXT NOT NULL, threads INTEGER NOT NULL,
	unit TEXT NOT NULL,	-- ns; B/s, 1/s: bytes, steps per second, of all these threads together
	low REAL NOT NULL, median REAL NOT NULL, high REAL NOT NULL,
	batches INTEGER NOT NULL, times INTEGER NOT NULL, -- batches of so many times
	name TEXT NOT NULL, method TEXT NOT NULL,
	PRIMARY KEY (key, threads)) STRICT;
