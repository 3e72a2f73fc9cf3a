# Files to C strings: see embedded.h.
function flush_file() { if (open) print "\t},"; open = 0 }
BEGIN { print "#include \"profiler/embedded.h\"\nconst struct embedded embedded[] = {" }
FNR == 1 { flush_file(); printf "\t{ \"%s\",\n", FILENAME; open = 1 }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); printf "\t\"%s\\n\"\n", $0 }
END { flush_file(); print "\t{ 0, 0 }\n};" }
