-- title: Parts
-- question: What shares what?
-- columns: id id 0 ID, parent id 0 PARENT, level level 0 LEVEL, kind tree 1 PART, number count 1 NUMBER, name text 3 NAME
-- columns: bytes size 1 SIZE, line_bytes count 0 LINE, ways count 0 WAYS, cpus count 2 CPUS, cpu_list text 1 ITS CPUS
-- explain: A part lies in the one above it that is further to the left. PART L1d, L1i, L2 …: caches; cpu: a hardware thread.
SELECT id, parent, level, kind, number, name, bytes, line_bytes, ways, cpus, cpu_list FROM machine_tree ORDER BY id
