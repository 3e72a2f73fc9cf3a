#include "profiler/locktype.h"
#include <string.h>
#include <strings.h>

static const char *const whole_name[] = {"pthread_cond_t",
					 "pthread_barrier_t",
					 "pthread_once_t",
					 "sem_t",
					 "mtx_t",
					 "cnd_t",
					 "once_flag",
					 "__mutex_base",
					 "__recursive_mutex_base",
					 "condition_variable",
					 "condition_variable_any",
					 "Once",
					 "OnceLock",
					 "ReentrantLock",
					 "PyThread_type_lock",
					 NULL};

/* How others end, whatever the case; before a final _t. */
static const char *const ending[] = {"mutex",	  "rwlock",    "spinlock", "rw_lock",
				     "spin_lock", "semaphore", "condvar",  NULL};

static const char *const guard_ending[] = {"mutexlock",	 "mutexguard", "lockguard",
					   "lock_guard", "scopedlock", "scoped_lock",
					   "readlock",	 "writelock",  NULL};

static bool ends_in(const char *name, size_t length, const char *const *list)
{
	for (; *list; list++) {
		size_t n = strlen(*list);
		if (length >= n && !strncasecmp(name + length - n, *list, n))
			return true;
	}
	return false;
}

bool locktype_name(const char *name, size_t length)
{
	const char *template = memchr(name, '<', length);

	if (template)
		length = template - name;
	for (const char *const *w = whole_name; *w; w++)
		if (strlen(*w) == length && !strncmp(name, *w, length))
			return true;
	if (length > 2 && !strncmp(name + length - 2, "_t", 2))
		length -= 2;
	return ends_in(name, length, ending);
}

bool locktype_method(const char *function)
{
	const char *class = NULL, *part = function, *s = function;
	size_t length = 0;
	int depth = 0;

	for (; *s; s++) {
		if (*s == '<' || *s == '(' || *s == '{')
			depth++;
		else if (*s == '>' || *s == ')' || *s == '}')
			depth--;
		if (depth == 0 && s[0] == ':' && s[1] == ':') {
			class = part;
			length = s - part;
			part = s + 2;
			s++;
		}
	}
	return class && (locktype_name(class, length) || ends_in(class, length, guard_ending));
}
