-- title: Machine
-- question: What did it run on, and how much of that was allowed?
-- columns: key text 1 FACT, value text 1 VALUE
-- explain: What is not known here is not listed; `missing` says why. quota_cpus: CPU time per time that control groups allow.
SELECT key, value FROM machine_fact ORDER BY position
