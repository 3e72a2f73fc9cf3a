/*
 * How to read the tables of a report, for a page: {NAME: {title, question, explain, empty,
 * columns: [[key, unit, importance, header], …]}, …}, from the heads of questions/.
 */
#ifndef PARPROF_PAGE_META_H
#define PARPROF_PAGE_META_H

struct json;

void page_meta_write(struct json *, const char *key);

#endif
