/*
 * vector_code SECONDS: passes of instructions that the kernel cannot replace by breakpoints (AVX,
 * whose opcodes are also those of jumps, push and popf); each must give what the first one gave.
 * Prints how many passes did not; "none" where the processor has no AVX.
 */
#include "known.h"
#include <stdlib.h>

#if defined(__x86_64__)
static const double numbers[8] = {0.5, 0.25, 1.5, 0.125, 3, 0.75, 2.5, 0.0625};

__attribute__((noinline, target("avx,fma"))) static double pass(void)
{
	double sum = 1;
	for (int i = 0; i < 2000; i++) {
		const double *at = &numbers[i & 7];
		__asm__ volatile("vmovq %1, %%xmm2\n\t"		   /* 7e: jle */
				 "vandnpd %2, %%xmm2, %%xmm3\n\t"  /* 55: push */
				 "vorpd %2, %%xmm3, %%xmm3\n\t"	   /* 56: push */
				 "vfnmadd132sd %1, %%xmm3, %0\n\t" /* 9d: popf */
				 "vpor %2, %%xmm3, %%xmm3\n\t"	   /* eb: jmp */
				 "vpcmpeqd %2, %%xmm3, %%xmm4\n\t" /* 76: jbe */
				 : "+x"(sum)
				 : "m"(*at), "m"(*(const double(*)[2]) & numbers[0])
				 : "xmm2", "xmm3", "xmm4");
	}
	return sum;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	if (!__builtin_cpu_supports("avx") || !__builtin_cpu_supports("fma")) {
		puts("none");
		return 0;
	}
	double right = pass();
	long bad = 0;
	for (long end = known_now() + (long)(seconds * 1e9); known_now() < end;)
		bad += pass() != right;
	printf("%ld\n", bad);
	return bad != 0;
}
#else
int main(void)
{
	puts("none");
	return 0;
}
#endif
