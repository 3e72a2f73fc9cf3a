-- title: Caches
-- question: Which caches are there, and who shares them?
-- columns: kind text 1 CACHE, instances count 1 HOW MANY, bytes size 1 SIZE, shared_by count 1 CPUS EACH
-- columns: line_bytes count 1 LINE, ways count 2 WAYS
-- explain: CPUS EACH: hardware threads that share one. WAYS -1: any line may be anywhere.
SELECT kind, instances, bytes, shared_by, line_bytes, nullif(ways, 0) AS ways FROM machine_cache ORDER BY kind, bytes DESC
