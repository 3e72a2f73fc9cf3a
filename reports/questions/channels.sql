-- title: Messages between processes
-- question: Who sends whom how much, through pipes and sockets, and who waits for it?
-- columns: channel id 0 ID, kind text 3 THROUGH, from text 1 FROM, to text 1 TO, messages count 1 SENT
-- columns: of text 2 OF, bytes bytes 1 BYTES, message_bytes bytes 2 EACH, send_ns ns 1 BLOCKED WRITING, receive_ns ns 1 BLOCKED READING
-- columns: function function 2 SENT BY, where place 4 WHERE, calls_sent count 0 WRITES, calls_received count 0 READS, received_bytes bytes 0 BYTES READ
-- columns: senders count 0 WRITERS, receivers count 0 READERS, between flag 0 BETWEEN PROCESSES
-- explain: Exact counts of calls that moved bytes. OF messages: of Python's multiprocessing, which sends the length first;
-- explain: OF calls: what one call wrote is one. Blocked: in calls of this pipe or socket that gave up the core; waits in
-- explain: poll are not told apart by pipe. Outside: no watched process was seen at that end.
-- empty: No pipe and no socket was used by the processes of the run.
WITH flow AS MATERIALIZED (
	SELECT channel, flow, kind, max(peer_pid) AS peer_pid, min(python) AS python,
		sum(calls) FILTER (WHERE direction = 'send') AS sends, sum(headers) FILTER (WHERE direction = 'send') AS lengths_apart,
		sum(bytes) FILTER (WHERE direction = 'send') AS sent, sum(blocked_ns) FILTER (WHERE direction = 'send') AS send_ns,
		sum(calls) FILTER (WHERE direction = 'receive') AS receives, sum(headers) FILTER (WHERE direction = 'receive') AS lengths,
		sum(bytes) FILTER (WHERE direction = 'receive') AS received, sum(blocked_ns) FILTER (WHERE direction = 'receive') AS receive_ns,
		count(DISTINCT process) FILTER (WHERE direction = 'send') AS senders, max(process) FILTER (WHERE direction = 'send') AS sender,
		count(DISTINCT process) FILTER (WHERE direction = 'receive') AS receivers, max(process) FILTER (WHERE direction = 'receive') AS receiver
	FROM channel_part GROUP BY channel, flow),
message AS MATERIALIZED (
	SELECT *, python AND sends > 0 AND lengths >= 0.9 * (sends - lengths_apart) AND receives >= 1.9 * (sends - lengths_apart) AS framed FROM flow)
SELECT m.channel, m.kind,
	CASE m.senders WHEN 0 THEN 'outside' WHEN 1 THEN f.label ELSE m.senders || ' processes' END AS "from",
	CASE m.receivers WHEN 0 THEN 'outside' WHEN 1 THEN t.label ELSE m.receivers || ' processes' END AS "to",
	CASE WHEN m.framed THEN m.sends - m.lengths_apart ELSE coalesce(m.sends, m.receives) END AS messages,
	CASE WHEN m.framed THEN 'messages' ELSE 'calls' END AS "of",
	coalesce(m.sent, m.received) AS bytes,
	coalesce(m.sent, m.received) / max(1, CASE WHEN m.framed THEN m.sends - m.lengths_apart ELSE coalesce(m.sends, m.receives) END) AS message_bytes,
	m.send_ns, m.receive_ns, s.function, s.file || ':' || s.line AS "where", m.sends AS calls_sent, m.receives AS calls_received, m.received AS received_bytes,
	m.senders, m.receivers, m.senders > 0 AND m.receivers > 0 AND (m.senders + m.receivers > 2 OR m.sender <> m.receiver) AS "between"
FROM message m LEFT JOIN process_label f ON f.process = m.sender LEFT JOIN process_label t ON t.process = m.receiver
LEFT JOIN stack_site s ON s.stack = (SELECT p.stack FROM channel_part p WHERE p.channel = m.channel AND p.flow = m.flow
	ORDER BY p.direction = 'send' DESC, p.bytes DESC LIMIT 1)
ORDER BY "between" DESC, coalesce(m.send_ns, 0) + coalesce(m.receive_ns, 0) DESC, bytes DESC, m.channel, m.flow
