-- title: Figures
-- question: Which single figures do the readings rest on?
-- columns: key text 1 FIGURE, value text 1 VALUE
-- explain: lanes: the speedup that was possible; speedup: what was got. Times are in ns.
SELECT key, value FROM reading ORDER BY key
