/*
 * Readable names from linker symbols: C++ and Rust (legacy and v0), without Rust's hashes, symbol
 * versions and the suffixes of compiler made clones. Names of other languages stay as they are.
 * All results are to be freed and never NULL.
 */
#ifndef PARPROF_DEMANGLE_H
#define PARPROF_DEMANGLE_H

/* Whole: std::vector<int, std::allocator<int> >::push_back(int const&). */
char *demangle(const char *symbol);

/* For tables: std::vector<...>::push_back. No parameters, return types and qualifiers; template
 * arguments only while they are short. */
char *demangle_short(const char *symbol);

/* The same for variables: parentheses of a function around them stay, f()::mu. */
char *demangle_variable(const char *symbol);

/* What demangle_short does, to a name that is readable already. */
char *name_shorten(const char *name);

#endif
