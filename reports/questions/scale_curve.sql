-- title: Curves
-- question: What speedup do the laws give at each point?
-- columns: law text 1 LAW, n count 1 N, speedup ratio 1 SPEEDUP, low band 1 95 %, high ratio 0 HIGH
-- explain: Speedup against the first point, within the bands of the fitted parameters.
SELECT law, n, speedup, low, high FROM sweep_curve WHERE sweep = ?1 ORDER BY law, n
