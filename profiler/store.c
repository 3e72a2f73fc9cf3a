#include "profiler/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profiler/message.h"
#include "profiler/schema.h"
#include "profiler/store_internal.h"
#include "profiler/text.h"

#define BUSY_MS 3000 /* for a reader to get out of the way */

/* No fsync while recording: it protects from a crash of the machine only, and costs the program
 * its disk. Eight KiB pages: fewer splits for rows that only append. */
static const char settings_writing[] = "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
				       "PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
				       "PRAGMA wal_autocheckpoint=2000;";
static const char settings_reading[] = "PRAGMA cache_size=-64000;";

bool store_is_fatal(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_NOMEM:
		return true;
	}
	return false;
}

static const char *advice(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return "the disk is full; what was stored before is kept";
	case SQLITE_IOERR:
		return "what was stored before is kept; is the disk full or gone?";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "the file is damaged; `sqlite3 FILE .recover` may save a part";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds the file; close it and try again";
	case SQLITE_READONLY:
		return "the file or its directory is not writable";
	}
	return NULL;
}

int store_problem(struct store *s, int code, const char *sql)
{
	const char *what = sqlite3_errmsg(s->db), *help = advice(code);

	if (store_is_fatal(code) && s->failed)
		return -1;
	if (store_is_fatal(code))
		s->failed = true;
	if (help)
		error("%s: %s: %s", s->path, what, help);
	else
		error("%s: %s%s%.300s", s->path, what, sql ? " in: " : "", sql ? sql : "");
	return -1;
}

int store_exec(struct store *s, const char *sql)
{
	int code;

	if (s->failed && s->writing)
		return -1;
	code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : store_problem(s, code, sql);
}

int store_begin(struct store *s)
{
	return sqlite3_get_autocommit(s->db) ? store_exec(s, "BEGIN") : 0;
}

int store_commit(struct store *s)
{
	return sqlite3_get_autocommit(s->db) ? 0 : store_exec(s, "COMMIT");
}

int64_t store_last_id(struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int64_t store_changes(struct store *s)
{
	return sqlite3_changes(s->db);
}

bool store_failed(const struct store *s)
{
	return s->failed;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

static struct store *store_free(struct store *s)
{
	sqlite3_close_v2(s->db);
	free(s->path);
	free(s);
	return NULL;
}

/* SQLite's own mutexes are not needed: a store belongs to one thread. */
static struct store *store_connect(const char *path, int flags)
{
	struct store *s = memory_new(1, sizeof(*s));

	s->path = memory_copy(path);
	if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
			    NULL) != SQLITE_OK) {
		error("cannot open %s: %s", path, s->db ? sqlite3_errmsg(s->db) : "no memory");
		return store_free(s);
	}
	sqlite3_busy_timeout(s->db, BUSY_MS);
	s->writing = flags & SQLITE_OPEN_READWRITE;
	return s;
}

static void remove_beside(const char *path, const char *suffix)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof(name), "%s%s", path, suffix) < sizeof(name))
		unlink(name);
}

/* An empty file of ours at path, so that what is wrong with the place has an errno. */
static int file_make(const char *path, bool force)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) == 0) {
		if (!force)
			return error("%s exists already; -f replaces it, -o names another file",
				     path);
		if (!S_ISREG(st.st_mode))
			return error("%s is not a plain file; -o names another one", path);
		if (unlink(path) != 0)
			return error("cannot replace %s: %s", path, strerror(errno));
	}
	remove_beside(path, "-wal");
	remove_beside(path, "-shm");
	remove_beside(path, "-journal");
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error("cannot write %s: %s; -o names another file", path, strerror(errno));
	close(fd);
	return 0;
}

static int schema_make(struct store *s)
{
	struct text sql = {0};
	int result;

	schema_write(&sql);
	result = store_exec(s, settings_writing);
	if (result == 0)
		result = store_exec(s, text_string(&sql));
	text_free(&sql);
	return result == 0 ? schema_fill(s) : result;
}

struct store *store_create(const char *path, bool force)
{
	struct store *s;

	if (file_make(path, force) != 0)
		return NULL;
	s = store_connect(path, SQLITE_OPEN_READWRITE);
	if (s && schema_make(s) != 0) {
		store_free(s);
		unlink(path);
		remove_beside(path, "-wal");
		remove_beside(path, "-shm");
		return NULL;
	}
	return s;
}

struct store *store_memory(void)
{
	struct store *s = store_connect(":memory:", SQLITE_OPEN_READWRITE);

	return s && schema_make(s) != 0 ? store_free(s) : s;
}

/* What can be said about a file before SQLite sees it. */
static int file_check(const char *path)
{
	static const char sqlite_magic[16] = "SQLite format 3";
	static const char log_magic[] = "PPRFRAW1";
	char head[16] = {0};
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error("cannot open %s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return error("%s is not a plain file; a recording is wanted", path);
	}
	n = read(fd, head, sizeof(head));
	close(fd);
	if (n == 0)
		return error("%s is empty: its recording did not begin", path);
	if (memcmp(head, log_magic, strlen(log_magic)) == 0)
		return error("%s is a raw log; `parprof ingest %s -o FILE` makes a recording of it",
			     path, path);
	if (memcmp(head, sqlite_magic, sizeof(sqlite_magic)) != 0)
		return error("%s is not a recording of parprof", path);
	return 0;
}

static int version_check(struct store *s, unsigned flags)
{
	int64_t id = store_value(s, "PRAGMA application_id", -1);
	int64_t version = store_value(s, "PRAGMA user_version", -1);

	if (id < 0)
		return -1;
	if (id != SCHEMA_APPLICATION_ID)
		return error("%s is a database, but not a recording of parprof", s->path);
	if (version > SCHEMA_VERSION)
		return error("%s was made by a newer parprof (format %d, this one reads up to %d)",
			     s->path, (int)version, SCHEMA_VERSION);
	if (version < SCHEMA_VERSION && !(flags & STORE_OLDER))
		return error("%s was made by an older parprof (format %d, this one reads %d); "
			     "record again",
			     s->path, (int)version, SCHEMA_VERSION);
	return 0;
}

/* A recording in WAL mode cannot be read where no files can be made beside it, unless SQLite is
 * told that nobody writes. */
static struct store *connect_read_only(const char *path)
{
	struct store *s = store_connect(path, SQLITE_OPEN_READONLY);
	char *uri;

	if (!s || sqlite3_exec(s->db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL) !=
		      SQLITE_CANTOPEN)
		return s;
	store_free(s);
	uri = sqlite3_mprintf("file:%w?immutable=1", path);
	s = store_connect(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	sqlite3_free(uri);
	return s;
}

struct store *store_open(const char *path, unsigned flags)
{
	struct store *s;

	if (file_check(path) != 0)
		return NULL;
	s = flags & STORE_WRITE ? store_connect(path, SQLITE_OPEN_READWRITE)
				: connect_read_only(path);
	if (!s)
		return NULL;
	if (version_check(s, flags) != 0)
		return store_free(s);
	sqlite3_exec(s->db, s->writing ? settings_writing : settings_reading, NULL, NULL, NULL);
	if (!(flags & STORE_OLDER))
		store_complete(s);
	return s;
}

struct store *store_again(const struct store *from)
{
	struct store *s = connect_read_only(from->path);

	if (!s)
		return NULL;
	sqlite3_exec(s->db, settings_reading, NULL, NULL, NULL);
	if (from->completed)
		store_complete(s);
	return s;
}

/* A reader that has the file open keeps it in WAL mode, with a second file beside it: no harm. */
static void leave_wal(struct store *s)
{
	int code = sqlite3_exec(
	    s->db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE", NULL, NULL, NULL);

	if (store_is_fatal(code))
		store_problem(s, code, NULL);
}

int store_close(struct store *s)
{
	int result;

	if (!s)
		return 0;
	store_commit(s);
	query_close(s->oddity);
	query_close(s->unseen);
	if (s->writing && !s->failed)
		leave_wal(s);
	result = s->failed ? -1 : 0;
	store_free(s);
	return result;
}
