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

/* The last name in a path, and the one before: a member function and its class. */
struct member {
	const char *class, *name;
	size_t class_length; /* 0: of no class */
};

/* <std::sync::Mutex as Trait>: what it is of. */
static void look_inside(struct member *m)
{
	const char *class = m->class + 1, *as = memmem(class, m->class_length - 1, " as ", 4);
	size_t length = as ? (size_t)(as - class) : m->class_length - 2;

	for (size_t i = 0; i + 2 < length && class[i] != '<'; i++)
		if (class[i] == ':' && class[i + 1] == ':') {
			class += i + 2;
			length -= i + 2;
			i = (size_t)-1;
		}
	m->class = class;
	m->class_length = length;
}

static struct member member_of(const char *function)
{
	struct member m = {.name = function};
	const char *s = function;
	int depth = 0;

	for (; *s; s++) {
		if (*s == '<' || *s == '(' || *s == '{')
			depth++;
		else if (*s == '>' || *s == ')' || *s == '}')
			depth--;
		if (depth == 0 && s[0] == ':' && s[1] == ':') {
			m.class = m.name;
			m.class_length = s - m.name;
			m.name = s + 2;
			s++;
		}
	}
	if (m.class_length > 2 && *m.class == '<' && m.class[m.class_length - 1] == '>')
		look_inside(&m);
	return m;
}

bool locktype_method(const char *function)
{
	struct member m = member_of(function);

	return m.class && (locktype_name(m.class, m.class_length) ||
			   ends_in(m.class, m.class_length, guard_ending));
}

/* monitor: an object's of the Java virtual machine. */
static const char *const excluding_ending[] = {
    "mutex", "rwlock", "spinlock", "rw_lock", "spin_lock", "reentrantlock", "objectmonitor", NULL};

/* How the names of others than member functions go, up to "_lock". */
static const char *const taking_function[] = {"mutex_lock", "spin_lock", "spinlock_lock", NULL};

/* How member functions that take it begin. */
static const char *const taking[] = {"lock",   "slowlock", "read",    "write", "exclusive",
				     "shared", "enter",	   "reenter", NULL};

static bool takes(const char *name)
{
	for (const char *const *t = taking; *t; t++)
		if (!strncasecmp(name, *t, strlen(*t)))
			return true;
	return false;
}

bool locktype_takes(const char *function)
{
	struct member m = member_of(function);
	const char *lock = strstr(m.name, "_lock");

	if (!m.class)
		return lock && ends_in(m.name, (size_t)(lock - m.name) + 5, taking_function);
	const char *template = memchr(m.class, '<', m.class_length);
	size_t length = template ? (size_t)(template - m.class) : m.class_length;
	return ends_in(m.class, length, excluding_ending) && takes(m.name);
}
