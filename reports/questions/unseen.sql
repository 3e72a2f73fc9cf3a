-- title: Not seen
-- question: What could not be seen, and why?
-- columns: reason text 1 REASON, subject text 1 SUBJECT, count count 1 TIMES
-- explain: What happened there is missing from every other table.
SELECT reason, subject, count FROM unseen_part ORDER BY count DESC, reason, subject
