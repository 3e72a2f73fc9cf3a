#include "profiler/finish_channels.h"

#include "collectors/log.h"
#include "profiler/store.h"

#define CHANNEL_WORD(name) [CHANNEL_##name] = #name,
static const char *const kinds[CHANNEL_KIND_COUNT] = {CHANNEL_KINDS(CHANNEL_WORD)};

/* An end once for each inode: a process may have told less of it than another. */
static const char ends[] =
    "DELETE FROM channel_use; DELETE FROM channel;"
    "DROP TABLE IF EXISTS temp.channel_kind; DROP TABLE IF EXISTS temp.end_seen;"
    "CREATE TEMP TABLE channel_kind (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TEMP TABLE end_seen AS SELECT o.device, o.inode, max(e.kind) AS kind, "
    "nullif(max(e.peer), 0) AS peer, nullif(max(e.peer_pid), 0) AS peer_pid, "
    "nullif(max(e.address), '') AS address FROM channel_end e JOIN object o ON o.id = e.object "
    "WHERE o.inode IS NOT NULL GROUP BY 1, 2;"
    "CREATE UNIQUE INDEX temp.end_seen_inode ON end_seen (inode, device)";

/* A connection that was not accepted yet when it was looked at does not know its peer: the peer
 * knows it. Both ends of a connection over IP have the same two addresses, in turn. */
static const char pairs[] =
    "UPDATE end_seen SET peer = (SELECT p.inode FROM end_seen p WHERE p.peer = end_seen.inode AND "
    "p.device = end_seen.device) WHERE peer IS NULL AND kind > 1;"
    "UPDATE end_seen SET peer = (SELECT p.inode FROM end_seen p WHERE p.kind = end_seen.kind AND "
    "p.inode <> end_seen.inode AND p.address = substr(end_seen.address, instr(end_seen.address, ' "
    "') + 1) "
    "|| ' ' || substr(end_seen.address, 1, instr(end_seen.address, ' ') - 1)) "
    "WHERE peer IS NULL AND length(address) > 1;"
    "INSERT INTO channel (kind, device, inode, peer, peer_pid, address) "
    "SELECT k.name, e.device, min(e.inode, coalesce(e.peer, e.inode)), max(e.peer, e.inode), "
    "CASE WHEN count(*) = 1 THEN max(e.peer_pid) END, max(e.address) "
    "FROM end_seen e JOIN channel_kind k ON k.id = e.kind GROUP BY e.device, 3 ORDER BY 3";

/* A count may be under another value of the filter than the one the channel was told with. */
static const char uses[] =
    "INSERT INTO channel_use "
    "WITH seen AS (SELECT DISTINCT o.process, o.address, o.device, o.inode FROM channel_end e "
    " JOIN object o ON o.id = e.object WHERE o.inode IS NOT NULL) "
    "SELECT c.id, CASE WHEN c.kind IN ('pipe', 'fifo') THEN 0 "
    " ELSE 1 + ((s.inode <> c.inode) <> (h.mode = 'receive')) END AS flow, t.thread, h.mode, "
    "sum(t.count), sum(t.bytes), sum(t.headers), sum(t.contended), sum(t.wait_ns), "
    "coalesce((SELECT nullif(w.stack, 0) FROM wait_sum w WHERE w.object = o.id AND "
    " w.thread = t.thread AND w.hook = t.hook ORDER BY w.wait_ns DESC LIMIT 1), (SELECT x.stack "
    "FROM channel_site x WHERE x.object = o.id AND x.hook = t.hook)), "
    "min(o.first_ns) "
    "FROM seen s JOIN channel c ON c.device = s.device AND s.inode IN (c.inode, c.peer) "
    "AND c.kind <> 'file' JOIN object o ON o.process = s.process AND o.address = s.address "
    "JOIN tally t ON t.object = o.id JOIN hook h ON h.id = t.hook "
    "WHERE h.mode IN ('send', 'receive') GROUP BY c.id, flow, t.thread, h.mode;"
    "DROP TABLE temp.end_seen; DROP TABLE temp.channel_kind";

static void add_kinds(struct store *s)
{
	struct query *q = store_query(s, "INSERT INTO temp.channel_kind VALUES (?1, ?2)");

	for (int i = 0; i < CHANNEL_KIND_COUNT; i++) {
		query_bind_int(q, 1, i);
		query_bind_text(q, 2, kinds[i]);
		query_run(q);
	}
	query_close(q);
}

int channels_make(struct store *s)
{
	if (store_exec(s, ends) != 0)
		return -1;
	add_kinds(s);
	return store_exec(s, pairs) != 0 ? -1 : store_exec(s, uses);
}
