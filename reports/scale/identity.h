/* What tells a program from others and from its other builds. */
#ifndef PARPROF_SCALE_IDENTITY_H
#define PARPROF_SCALE_IDENTITY_H

struct identity {
	char *command; /* as given, words with spaces between */
	char *path;    /* the file that execvp() runs; NULL: there is none */
	char *build; /* its build id in hexadecimal, or "hash:…" of its bytes when it has none */
};

void identity_find(struct identity *, char **command);
void identity_free(struct identity *);

#endif
