-- title: Stack
-- question: Which frames make up this stack?
-- columns: function function 1 FUNCTION, file place 1 FILE, line count 1 LINE, runtime flag 1 RUNTIME
-- columns: module place 1 MODULE, address id 1 ADDRESS
-- explain: Innermost first, inlined functions included; ?1 is the stack. Runtime frames belong to a
-- explain: threading or language library, not to the program.
SELECT function, file, line, coalesce(runtime, 0) AS runtime, module, address
FROM stack_line WHERE stack = ?1 ORDER BY position, depth
