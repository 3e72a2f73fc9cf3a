-- title: Sweep
-- question: What was measured, how, and how did it end?
-- columns: sweep id 1 SWEEP, command text 1 COMMAND, program text 0 PROGRAM, build text 0 BUILD
-- columns: began_unix_ns id 0 BEGAN, host text 0 HOST, cores count 1 CORES, pin text 1 PIN
-- columns: placeholder text 2 PLACEHOLDER, variable text 2 VARIABLE, grows flag 2 GROWS
-- columns: rounds count 1 RUNS, warmup count 2 WARM-UP, seed id 0 SEED, ended text 1 ENDED
-- columns: status count 1 STATUS, verdict text 1 VERDICT, best count 1 BEST, knee count 1 KNEE
-- explain: Best: the fewest that are as fast as any, within 2 %. Knee: from there on all further ones gain less than 5 %.
SELECT sweep, command, program, build, began_unix_ns, host, cores, pin, placeholder, variable, grows, rounds, warmup, seed,
	ended, status, verdict, best, knee
FROM sweep_summary WHERE sweep = ?1
