/*
 * The same work in two versions: NAME serial|parallel|both [SCALE] [THREADS]. A program defines
 * `program`; worth.c has main(). SCALE 1 is some seconds of the serial version, all work is in
 * proportion to it. Both versions give the same result, or those that draw random numbers each in
 * its own order one that differs by less than program.tolerance.
 */
#ifndef WORTH_H
#define WORTH_H

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct worth {
	void (*prepare)(double scale);
	double (*serial)(void);		 /* the result */
	double (*parallel)(int threads); /* NULL: there is no such version */
	double tolerance;		 /* of results, a part of them */
} program;

void *worth_memory(size_t count,
		   size_t size); /* filled with 0; ends the program when there is none */

static inline uint64_t worth_random(uint64_t *state) /* splitmix64 */
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline double worth_uniform(uint64_t *state) /* 0..1 */
{
	return (double)(worth_random(state) >> 11) * 0x1p-53;
}

/* English-like text of so many characters, words and lines, ends with 0. */
char *worth_text(size_t length);

/* Calls member(0..members-1, members) at the same time, each in a thread of its own, and waits for
 * all. */
void worth_team(int members, void (*member)(int number, int members));

/* The first of count things that are a member's part; it ends where that of the next begins. */
static inline long worth_part(long count, int number, int members)
{
	return count * number / members;
}

#endif
