-- title: Run
-- question: What was recorded, when and where?
-- columns: key text 1 FACT, value text 1 VALUE
-- explain: Times are in ns; started_unix_ns counts from 1970.
SELECT key, value FROM run_fact ORDER BY key
