-- title: Oddities
-- question: What is this recording unsure of?
-- columns: kind text 1 WHAT, count count 1 TIMES, example text 2 EXAMPLE
-- explain: Each was counted and left out or repaired; few among many waits do not matter.
SELECT kind, count, example FROM oddity_count ORDER BY count DESC, kind
