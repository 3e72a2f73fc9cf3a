-- title: Counters
-- question: What did the processor and the kernel count?
-- columns: counter id 0 ID, name text 1 COUNTER, value quantity 1 COUNT, unit text 0 UNIT
-- columns: running_share share 4 COUNTED OF TIME, samples count 5 SAMPLES, status text 6 STATUS
-- columns: reason text 1 NOT COUNTED, event text 5 EVENT, groups text 0 GROUPS, about text 3 MEANING
-- explain: COUNTED OF TIME: less than 100 % when counters had to take turns; the count is scaled up for it.
-- explain: What a thread does in the kernel is not counted, but for migrations and context switches.
SELECT counter, name, value, unit, running_share, samples, status, reason, event, groups, about FROM counter_summary ORDER BY counter
