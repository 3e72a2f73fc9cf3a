/*
 * Marks: what a program tells parprof about itself. Nothing is linked: where the program is not
 * recorded each mark is a load and a branch, and so it is in static programs.
 *
 *	parprof_progress("request");              one more piece of work is done: counted, exactly
 *	parprof_phase_begin("load");              … until parprof_phase_end("load") in the same
 *thread parprof_site_begin("rows");               this loop could be parallel, each task is one
 *piece of it for (…) { parprof_task_begin(); … parprof_lock_begin();             a part that one
 *thread at a time would have to do … parprof_lock_end(); parprof_task_end();               or the
 *next task_begin, or site_end
 *	}
 *	parprof_site_end();                       in the thread that began it; sites nest
 *	parprof_name_lock(&mutex, "cache");       behind its initialisation
 *	parprof_name_thread("reader");            the calling one
 *
 * Names of points, phases and sites are string literals. PARPROF_OFF leaves all marks out. C99 and
 * C++11, gcc and clang, Linux; marks never fail, keep errno, and may stand in signal handlers.
 */
#ifndef PARPROF_H
#define PARPROF_H

#pragma GCC system_header

#ifdef PARPROF_OFF
#define PARPROF_MARK(call) ((void)0)
#else
#define PARPROF_MARK(call)                                                                         \
	(__builtin_expect(parprof_entries != 0, 0) ? parprof_entries->call : (void)0)
#endif

/* "" name "": literals only. */
#define parprof_progress(name) PARPROF_MARK(progress("" name ""))
#define parprof_phase_begin(name) PARPROF_MARK(phase_begin("" name ""))
#define parprof_phase_end(name) PARPROF_MARK(phase_end("" name ""))
#define parprof_site_begin(name) PARPROF_MARK(site_begin("" name ""))
#define parprof_site_end() PARPROF_MARK(site_end())
#define parprof_task_begin() PARPROF_MARK(task_begin())
#define parprof_task_end() PARPROF_MARK(task_end())
#define parprof_lock_begin() PARPROF_MARK(lock_begin())
#define parprof_lock_end() PARPROF_MARK(lock_end())
#define parprof_name_lock(lock, name) PARPROF_MARK(name_lock(lock, name))
#define parprof_name_thread(name) PARPROF_MARK(name_thread(name))

#ifdef __cplusplus
extern "C" {
#endif

/* What the library of a recording offers, as symbol parprof_marks_1: never changed but for entries
 * at the end. */
struct parprof_entries {
	void (*progress)(const char *name);
	void (*phase_begin)(const char *name);
	void (*phase_end)(const char *name);
	void (*site_begin)(const char *name);
	void (*site_end)(void);
	void (*task_begin)(void);
	void (*task_end)(void);
	void (*lock_begin)(void);
	void (*lock_end)(void);
	void (*name_lock)(const void *lock, const char *name);
	void (*name_thread)(const char *name);
};

#ifndef PARPROF_OFF
/* One for each program and shared object; 0: not recorded. */
extern const struct parprof_entries *parprof_entries __attribute__((weak, visibility("hidden")));
const struct parprof_entries *parprof_entries;

/* Weak: absent from static programs. By another name, so that uses of the program's own stay what
 * they are. */
static void *parprof_dlsym(void *, const char *) __attribute__((weakref("dlsym"), unused));
static char *parprof_dlerror(void) __attribute__((weakref("dlerror"), unused));

/* Ahead of the constructors of the program, so that marks may stand in those. */
static void parprof_find(void) __attribute__((constructor(101), unused));
static void parprof_find(void)
{
	if (parprof_entries || !parprof_dlsym)
		return;
	parprof_entries = (const struct parprof_entries *)parprof_dlsym(0, "parprof_marks_1");
	if (!parprof_entries && parprof_dlerror)
		parprof_dlerror(); /* no error is left behind */
}
#endif

#ifdef __cplusplus
}
#endif

#endif
