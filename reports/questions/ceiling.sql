-- title: Ceilings
-- question: Where would locks stop it if there were more threads and cores?
-- columns: threads count 1 THREADS, speedup gain 1 SPEEDUP, bound gain 1 AT MOST, leader id 0 ID, name function 1 LIMIT, where place 3 WHERE
-- explain: SPEEDUP against one thread, from how often and how long locks are held, though nobody may have
-- explain: waited here. AT MOST: what this lock alone allows.
SELECT c.threads, c.speedup, c.bound, c.leader, l.name, l.place AS "where"
FROM reading_ceiling c LEFT JOIN lock_name l ON l.lock = c.leader ORDER BY c.threads
