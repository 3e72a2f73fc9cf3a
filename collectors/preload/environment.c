#include "collectors/preload/environment.h"
#include "collectors/log.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/words.h"
#include <fcntl.h>
#include <limits.h>

#define PRELOAD_ ENV_PRELOAD "="
#define ARENA_ ENV_ARENA "="

static char preload_entry[PATH_MAX + sizeof(PRELOAD_)]; /* LD_PRELOAD=library */
static char arena_entry[PATH_MAX + sizeof(ARENA_)];
static const char *library; /* its path, inside preload_entry; NULL: nothing to carry */
static size_t library_length;

static size_t length_of(const char *text)
{
	return words_length(text, SIZE_MAX);
}

static bool remember(char *entry, size_t size, const char *name, const char *value)
{
	size_t name_length = length_of(name), length = length_of(value);
	if (name_length + length >= size)
		return false;
	words_copy(entry, name, name_length);
	words_copy(entry + name_length, value, length);
	return true;
}

static const char *find(char *const envp[], const char *name)
{
	for (; envp && *envp; envp++) {
		const char *value = words_after(*envp, name);
		if (value)
			return value;
	}
	return NULL;
}

static bool is_separator(char c)
{
	return c == ':' || c == ' ';
}

/* The library's entry in a list as the loader reads it, NULL: not in there. */
static char *entry_in(const char *list)
{
	for (const char *at = list; *at; at++) {
		if (at != list && !is_separator(at[-1]))
			continue;
		const char *end = words_after(at, library);
		if (end && (!*end || is_separator(*end)))
			return (char *)at;
	}
	return NULL;
}

/* Cuts the library out of the list; false: nothing else was in it. */
static bool cut_library(char *list)
{
	char *entry = entry_in(list);
	if (!entry)
		return true;
	char *rest = entry + library_length;
	if (!*rest) {
		entry[entry == list ? 0 : -1] = 0;
		return entry != list;
	}
	words_copy(entry, rest + 1, length_of(rest + 1));
	return true;
}

/* In place: the array and LD_PRELOAD's string are ours to change, nobody else runs yet. */
static void take_out(char **envp)
{
	char **keep = envp;
	for (; envp && *envp; envp++) {
		char *list = (char *)words_after(*envp, PRELOAD_);
		if (words_after(*envp, ARENA_) || *envp == preload_entry ||
		    (list && !cut_library(list)))
			continue;
		*keep++ = *envp;
	}
	if (keep)
		*keep = NULL;
}

void environment_start(char **envp)
{
	const char *arena = find(envp, ARENA_);
	Dl_info self;
	if (library || !arena || !dladdr((void *)environment_start, &self) || !self.dli_fname)
		return;
	if (self.dli_fname[0] != '/' ||
	    !remember(preload_entry, sizeof(preload_entry), PRELOAD_, self.dli_fname) ||
	    !remember(arena_entry, sizeof(arena_entry), ARENA_, arena))
		return;
	library = preload_entry + sizeof(PRELOAD_) - 1;
	library_length = length_of(library);
	take_out(envp);
	if (environ != envp)
		take_out(environ);
}

const char *environment_arena(void)
{
	return library ? arena_entry + sizeof(ARENA_) - 1 : NULL;
}

/*
 * After chroot or a change of user the loader may not be able to open the library, and would
 * complain on stderr, or the library the arena. faccessat asks for the real user without its
 * present capabilities, as exec drops them.
 */
bool environment_can_carry(void)
{
	if (!library)
		return false;
	int error = errno;
	bool can = KERNEL(faccessat, AT_FDCWD, library, R_OK) == 0 &&
		   KERNEL(faccessat, AT_FDCWD, environment_arena(), R_OK | W_OK) == 0;
	errno = error;
	return can;
}

static size_t count_of(char *const envp[])
{
	size_t n = 0;
	while (envp && envp[n])
		n++;
	return n;
}

/* Bytes for "LD_PRELOAD=library:theirs", 0: one of the entries at hand will do. */
static size_t joined_size(const char *theirs)
{
	if (!theirs || entry_in(theirs))
		return 0;
	return sizeof(PRELOAD_) + library_length + 1 + length_of(theirs);
}

/* LD_TRACE_LOADED_OBJECTS is how ldd asks the loader what it would load, without running it. */
size_t environment_size(char *const envp[])
{
	if (!library || find(envp, ARENA_) || find(envp, "LD_TRACE_LOADED_OBJECTS="))
		return 0;
	return (count_of(envp) + 3) * sizeof(char *) + joined_size(find(envp, PRELOAD_));
}

char **environment_carry(char *const envp[], void *room)
{
	char **array = room, **next = array, *text;
	const char *theirs = find(envp, PRELOAD_);
	char *entry = preload_entry;
	size_t count = count_of(envp);
	if (joined_size(theirs)) {
		entry = text = (char *)(array + count + 3);
		text += sizeof(PRELOAD_) - 1 + library_length;
		words_copy(entry, preload_entry, (size_t)(text - entry));
		*text++ = ':';
		words_copy(text, theirs, length_of(theirs));
	} else if (theirs) {
		entry = (char *)theirs - (sizeof(PRELOAD_) - 1);
	}
	for (size_t i = 0; i < count; i++)
		*next++ = words_after(envp[i], PRELOAD_) ? entry : envp[i];
	if (!theirs)
		*next++ = entry;
	*next++ = arena_entry;
	*next = NULL;
	return array;
}

/*
 * The exposed copy of environ, one for all threads. `exposed` counts the calls that use it; BUSY
 * while the first one builds it or the last one takes it back. Never unmapped: another thread may
 * be in the middle of getenv(). A larger one leaves the smaller behind, at most as large in sum.
 */
#define BUSY 0x80000000u
static uint32_t exposed;
static char **copy, **original;
static size_t copy_size;

static bool make_copy(void)
{
	size_t size = environment_size(environ);
	if (!size)
		return false;
	if (size > copy_size) {
		size = (size * 2 + 4095) & ~(size_t)4095;
		char **page = kernel_pages(size);
		if (!page)
			return false;
		copy = page;
		copy_size = size;
	}
	original = environ;
	environ = environment_carry(original, copy);
	return true;
}

/* A signal handler may have interrupted the one who is busy: give up after a while. */
bool environment_expose(void)
{
	for (int tries = 0; tries < 1000; tries++) {
		uint32_t n = __atomic_load_n(&exposed, __ATOMIC_ACQUIRE);
		if (n == BUSY) {
			KERNEL(sched_yield, 0);
		} else if (__atomic_compare_exchange_n(&exposed, &n, n ? n + 1 : BUSY, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			if (n)
				return true;
			bool made = make_copy();
			__atomic_store_n(&exposed, made, __ATOMIC_RELEASE);
			return made;
		}
	}
	return false;
}

static void take_back(void)
{
	if (environ == copy)
		environ = original;
	else /* the program called setenv() meanwhile, which copied ours */
		take_out(environ);
}

void environment_conceal(void)
{
	uint32_t n = __atomic_load_n(&exposed, __ATOMIC_ACQUIRE);
	while (!__atomic_compare_exchange_n(&exposed, &n, n == 1 ? BUSY : n - 1, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
	if (n == 1) {
		take_back();
		__atomic_store_n(&exposed, 0, __ATOMIC_RELEASE);
	}
}

void environment_forked(void)
{
	if (!exposed)
		return;
	if (exposed != BUSY || environ == copy)
		take_back();
	exposed = 0;
}
