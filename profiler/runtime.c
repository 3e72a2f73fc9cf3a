#include "profiler/runtime.h"
#include "profiler/locktype.h"
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

/* Patterns of file names: everything in them is runtime. */
static const struct {
	const char *pattern, *kind;
} modules[] = {
    {"libc.so*", "libc"},	    {"libc-[0-9]*.so", "libc"},
    {"libpthread[.-]*so*", "libc"}, {"librt[.-]*so*", "libc"},
    {"libdl[.-]*so*", "libc"},	    {"ld-linux*.so*", "libc"},
    {"ld-[0-9]*.so", "libc"},	    {"ld64.so*", "libc"},
    {"[[]vdso]", "libc"},	    {"libstdc++.so*", "language"},
    {"libgcc_s.so*", "language"},   {"libc++.so*", "language"},
    {"libc++abi.so*", "language"},  {"libstd-*.so", "language"},
    {"libgomp.so*", "team"},	    {"libomp.so*", "team"},
    {"libiomp5.so*", "team"},	    {"libtbb.so*", "team"},
    {"libtbb[0-9]*.so*", "team"},   {"libboost_thread.so*", "other"},
    {"libatomic.so*", "other"},	    {"libffi.so*", "other"}, /* what languages call C with */
    {"libparprof.so*", "other"},    {"libasan.so*", "other"},
    {"libtsan.so*", "other"},	    {"libubsan.so*", "other"},
};

/* How functions begin. "name" with a trailing '$' has to match to its end. */
static const char *const function_prefix[] = {
    /* C: wrappers that get inlined or linked statically */
    "pthread_", "__pthread_", "___pthread_", "sem_wait$", "sem_post$", "mtx_", "cnd_", "__gthread",
    "__gthr", "start_thread$", "_start$", "__libc_start", "__clone", "clone3$", "__lll_",
    "__futex_", "syscall$",
    /* C++ */
    "std::", "__gnu_cxx::", "__cxxabiv1::", "execute_native_thread_routine", "boost::mutex",
    "boost::unique_lock", "boost::shared_mutex", "boost::lock_guard", "boost::condition_variable",
    "boost::detail::", "boost::this_thread::", "boost::posix::", "boost::thread::",
    "boost::pthread::", "absl::Mutex", "absl::CondVar", "absl::MutexLock",
    "absl::ReleasableMutexLock", "absl::synchronization_internal", "absl::lts_",
    "absl::base_internal::", "QMutex", "QBasicMutex", "QReadWriteLock", "QWaitCondition",
    "QSemaphore", "tbb::", "folly::SharedMutex", "folly::detail::",
    /* Rust */
    "core::ops::", "core::sync::", "core::cell::", "core::panicking::", "core::ptr::",
    "core::iter::", "core::option::", "core::result::", "core::slice::", "core::str::",
    "core::fmt::", "core::mem::", "core::hint::", "core::panic::", "alloc::sync::", "alloc::vec::",
    "alloc::boxed::", "alloc::rc::", "alloc::string::", "alloc::raw_vec::", "alloc::collections::",
    "<std::", "<core::", "<alloc::", "<&dyn core::", "<&mut core::", "<&core::",
    "rust_begin_unwind", "rust_panic", "__rust_", "__rustc", "lang_start",
    "parking_lot::", "parking_lot_core::", "lock_api::", "<parking_lot::", "<lock_api::",
    "crossbeam_utils::", "once_cell::", "spin::mutex::", "spin::rwlock::", "spin::once::",
    /* Go */
    "runtime.", "runtime/internal/", "internal/runtime/", "internal/poll.", "sync.(",
    "sync/atomic.", "syscall.", "x_cgo_", "_cgo_",
    /* Python: its lock wrappers and the GIL */
    "PyThread_", "take_gil", "drop_gil", "create_gil", "destroy_gil", "PyMutex_", "_PyMutex_",
    "_PyParkingLot_", "_PySemaphore_", "PyEval_RestoreThread", "PyEval_SaveThread",
    "PyEval_AcquireThread", "PyGILState_", "acquire_timed", "lock_PyThread_", "PyCOND_", "PyMUTEX_",
    /* GLib, SDL, libuv, NSPR, APR: thin wrappers */
    "g_mutex_", "g_rw_lock_", "g_rec_mutex_", "g_cond_", "g_thread_proxy", "SDL_LockMutex",
    "SDL_UnlockMutex", "SDL_CondWait", "SDL_SemWait", "uv_mutex_", "uv_rwlock_", "uv_cond_",
    "uv_sem_", "uv_barrier_", "PR_Lock", "PR_Unlock", "PR_Wait", "apr_thread_mutex_",
    "apr_thread_cond_", NULL};

/* Where headers and sources of runtimes lie: what is inlined from them is theirs. */
static const char *const file_prefix[] = {"/usr/include/c++/",
					  "/usr/include/x86_64-linux-gnu/c++/",
					  "/usr/include/aarch64-linux-gnu/c++/",
					  "/rustc/",
					  "library/std/",
					  "library/core/",
					  "library/alloc/",
					  "/usr/lib/gcc/",
					  "/usr/lib/llvm-",
					  "/usr/include/boost/thread",
					  NULL};

static bool runtime_file(const char *file)
{
	for (const char *const *p = file_prefix; *p; p++)
		if (!strncmp(file, *p, strlen(*p)))
			return true;
	return false;
}

const char *runtime_module(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		if (!fnmatch(modules[i].pattern, name, 0))
			return modules[i].kind;
	return NULL;
}

static bool runtime_function(const char *function)
{
	for (const char *const *p = function_prefix; *p; p++) {
		size_t n = strlen(*p);
		bool whole = (*p)[n - 1] == '$';
		if (whole && strlen(function) == n - 1 && !strncmp(function, *p, n - 1))
			return true;
		if (!whole && !strncmp(function, *p, n))
			return true;
	}
	return false;
}

bool runtime_frame(const char *module, const char *function, const char *file)
{
	return (module && runtime_module(module)) || (file && runtime_file(file)) ||
	       (function && (runtime_function(function) || locktype_method(function)));
}
