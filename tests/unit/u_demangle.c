/* Readable names of linker symbols, whole and short. */
#include "profiler/demangle.h"
#include "profiler/locktype.h"
#include "profiler/runtime.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void is(char *got, const char *expected)
{
	CU_ASSERT_STRING_EQUAL(got, expected);
	if (strcmp(got, expected))
		fprintf(stderr, "got %s, expected %s\n", got, expected);
	free(got);
}

TEST(demangle, leaves_c_names_alone)
{
	is(demangle("main"), "main");
	is(demangle_short("cache_get"), "cache_get");
	is(demangle_short("_start"), "_start");
	is(demangle(""), "");
}

TEST(demangle, drops_versions_and_clones)
{
	is(demangle_short("pthread_cond_wait@@GLIBC_2.3.2"), "pthread_cond_wait");
	is(demangle_short("refill.constprop.0"), "refill");
	is(demangle_short("refill.part.3.cold"), "refill");
	is(demangle_short("_ZN5Cache3getEi.isra.0"), "Cache::get");
}

TEST(demangle, reads_cxx)
{
	is(demangle("_ZN5Cache3getEi"), "Cache::get(int)");
	is(demangle_short("_ZN5Cache3getEi"), "Cache::get");
	is(demangle_short("_ZN12_GLOBAL__N_14workEv"), "(anonymous namespace)::work");
	is(demangle_short("_ZNK5store5CacheIiE4sizeEv"), "store::Cache<int>::size");
	is(demangle_short("_ZZ4mainENKUliE_clEi"), "main::{lambda#1}::operator()");
	is(demangle_variable("_ZZ4makeiE2mu"), "make()::mu");
}

TEST(demangle, shortens_cxx)
{
	is(name_shorten("std::vector<std::string, std::allocator<std::string> >::push_back(int&&)"),
	   "std::vector<...>::push_back");
	is(name_shorten("void std::__invoke<void (*)(int), int>(void (*&&)(int), int&&)"),
	   "std::__invoke<void (*)(int), int>");
	is(name_shorten("decltype(auto) std::apply<int>(int)"), "std::apply<int>");
	is(name_shorten("std::ostream& std::operator<< <char>(std::ostream&, char)"),
	   "std::operator<<<char>");
	is(name_shorten("bool operator<(A const&, A const&)"), "operator<");
	is(name_shorten("A::operator()(int) const"), "A::operator()");
	is(name_shorten("A::operator bool() const"), "A::operator bool");
	is(name_shorten("operator new(unsigned long)"), "operator new");
	is(name_shorten("f[abi:cxx11](int)"), "f");
	is(name_shorten("main::{lambda(int, char)#2}::operator()(int, char) const"),
	   "main::{lambda#2}::operator()");
	is(name_shorten("f(int)::Local::go()"), "f::Local::go");
}

TEST(demangle, reads_rust)
{
	is(demangle_short("_ZN4demo5Cache3get17h0123456789abcdefE"), "demo::Cache::get");
	is(demangle_short("_ZN53_$LT$demo..Cache$u20$as$u20$core..ops..drop..Drop$GT$"
			  "4drop17h0123456789abcdefE"),
	   "<demo::Cache as core::ops::drop::Drop>::drop");
	is(demangle_short("_RNvCs1234_4demo4main"), "demo::main");
	is(name_shorten("demo::pick::<alloc::string::String, alloc::vec::Vec<u8>>"),
	   "demo::pick<...>");
}

TEST(demangle, reads_go)
{
	is(demangle_short("main.(*Store).Add"), "main.(*Store).Add");
	is(demangle_short("sync/atomic.(*Pointer[...]).Load"), "sync/atomic.(*Pointer[...]).Load");
	is(demangle_short("main.main.func1"), "main.main.func1");
}

TEST(demangle, survives_nonsense)
{
	is(name_shorten("((((("), "(((((");
	is(name_shorten("a<b<c"), "a<b<c");
	is(name_shorten("}])>"), "}])>");
	is(name_shorten("operator"), "operator");
	is(demangle_short("_Z"), "_Z");
	is(demangle_short("@x"), "@x");
}

TEST(runtime, tells_libraries_from_the_program)
{
	CU_ASSERT(runtime_frame("/lib/x86_64-linux-gnu/libc.so.6", "qsort", NULL));
	CU_ASSERT(runtime_frame("[vdso]", NULL, NULL));
	CU_ASSERT(runtime_frame("/opt/lib/libstdc++.so.6.0.30", "x", NULL));
	CU_ASSERT(!runtime_frame("/opt/lib/libcache.so.6", "cache_get", "/src/cache.c"));
	CU_ASSERT(!runtime_frame("/usr/bin/libcutter", "cut", NULL));
	CU_ASSERT(!runtime_frame(NULL, NULL, NULL));
}

TEST(runtime, tells_who_takes_a_lock)
{
	CU_ASSERT(locktype_takes("<std::sys::sync::mutex::futex::Mutex>::lock_contended"));
	CU_ASSERT(locktype_takes("std::sys::unix::locks::futex_rwlock::RwLock::read_contended"));
	CU_ASSERT(locktype_takes("parking_lot::raw_mutex::RawMutex::lock_slow"));
	CU_ASSERT(locktype_takes("<shop::Mutex<T> as lock_api::RawMutex>::lock"));
	CU_ASSERT(locktype_takes("QBasicMutex::lockInternal"));
	CU_ASSERT(locktype_takes("ObjectMonitor::EnterI"));
	CU_ASSERT(locktype_takes("g_mutex_lock_slowpath"));
	CU_ASSERT(locktype_takes("my_spin_lock"));
	CU_ASSERT(!locktype_takes("ObjectMonitor::wait"));
	CU_ASSERT(!locktype_takes("std::sync::poison::condvar::Condvar::wait"));
	CU_ASSERT(!locktype_takes("port::Mutex::Unlock"));
	CU_ASSERT(!locktype_takes("g_mutex_unlock"));
	CU_ASSERT(!locktype_takes("g_cond_wait"));
	CU_ASSERT(!locktype_takes("wait_for_lock"));
	CU_ASSERT(!locktype_takes("_lock"));
	CU_ASSERT(!locktype_takes("<>::"));
	CU_ASSERT(!locktype_takes("<::>::lock"));
}

TEST(runtime, tells_wrappers_inside_the_program)
{
	CU_ASSERT(runtime_frame("/bin/x", "std::mutex::lock", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "__gthread_mutex_lock", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "start_thread", NULL));
	CU_ASSERT(!runtime_frame("/bin/x", "start_threads", NULL));
	CU_ASSERT(!runtime_frame("/bin/x", "stdlib_init", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "take_gil", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "lock", "/usr/include/c++/12/bits/std_mutex.h"));
	CU_ASSERT(runtime_frame("/bin/x", "x", "/rustc/0123/library/std/src/sync/mutex.rs"));
	CU_ASSERT(!runtime_frame("/bin/x", "core::Engine::run", "/src/core.cc"));
	CU_ASSERT(runtime_frame("/bin/x", "rocksdb::port::Mutex::Mutex", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "SpinMutex<4>::lock", NULL));
	CU_ASSERT(runtime_frame("/bin/x", "util::MutexLock::MutexLock", NULL));
	CU_ASSERT(!runtime_frame("/bin/x", "Mutex", NULL));
	CU_ASSERT(!runtime_frame("/bin/x", "BlockCache::get", NULL));
	CU_ASSERT(!runtime_frame("/bin/x", "Map<Mutex::Key>::get", NULL));
}
