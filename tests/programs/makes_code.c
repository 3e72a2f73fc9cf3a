/* Makes a function at run time, spins in it for half a second of CPU time, and leaves a map of it
 * for profilers. */
#include "known.h"
#include <stdint.h>
#include <sys/mman.h>

int main(void)
{
	/* push rbp; mov rbp, rsp; mov eax, edi; 1: dec eax; jnz 1b; pop rbp; ret */
	static const uint8_t code[] = {0x55, 0x48, 0x89, 0xe5, 0x89, 0xf8,
				       0xff, 0xc8, 0x75, 0xfc, 0x5d, 0xc3};
	char path[64];
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	IS(at == MAP_FAILED, 0);
	memcpy(at, code, sizeof(code));
	IS(mprotect(at, 4096, PROT_READ | PROT_EXEC), 0);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	FILE *map = fopen(path, "w");
	IS(map == NULL, 0);
	fprintf(map, "%lx %zx made by hand\n", (unsigned long)at, sizeof(code));
	fclose(map);
	while (known_cpu() < 500000000)
		((void (*)(int))at)(1000000);
	puts(path);
	return 0;
}
