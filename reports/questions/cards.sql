-- title: Lock cards
-- question: What is the matter with each lock, and what is the usual cure?
-- columns: leader id 0 ID, name function 1 LOCK, where place 3 WHERE, trait text 1 IS, weight share 0 WEIGHT
-- columns: evidence text 1 BECAUSE, cure text 1 CURE
-- explain: The heaviest first.
SELECT c.leader, l.name, l.place AS "where", c.trait, c.weight, c.evidence, c.cure
FROM reading_card c LEFT JOIN lock_name l ON l.lock = c.leader ORDER BY c.weight DESC, c.leader, c.trait
