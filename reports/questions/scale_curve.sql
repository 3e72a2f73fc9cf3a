-- title: Curves
-- question: What speedup do the laws give at each point?
-- columns: law text 1 LAW, n count 1 N, speedup ratio 1 SPEEDUP, low band 1 95 %, high ratio 0 HIGH
SELECT law, n, speedup, low, high FROM sweep_curve WHERE sweep = ?1 ORDER BY law, n
