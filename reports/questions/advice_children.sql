-- title: Children
-- question: Which children were run one after the other?
-- columns: parent id 0 ID, process text 1 CHILDREN OF, command text 2 COMMAND, children count 1 CHILDREN, serial_ns ns 1 RAN, share share 1 OF RUN
-- columns: longest_ns ns 1 LONGEST, at_once gain 1 AT ONCE AT MOST
-- empty: No process ran several children one after the other.
-- explain: Of the process whose children would save the most. RAN: without what they shared with each other, and without the time in which several
-- explain: threads of the run had work. AT ONCE AT MOST: the speedup, had all of them run at once, on as many cores, none needing another.
SELECT c.parent, l.label AS process, p.command, c.children, c.ns AS serial_ns, 1.0 * c.ns / max(1, (SELECT wall_ns FROM reading_advice)) AS share,
	c.longest_ns, c.at_once
FROM reading_advice_children c LEFT JOIN process_label l ON l.process = c.parent LEFT JOIN process_summary p ON p.process = c.parent
