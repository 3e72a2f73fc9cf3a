/* Locks taken on stacks of its own (swapcontext), left by longjmp while held, and taken in one
 * coroutine and released in another. */
#include "known.h"
#include <setjmp.h>
#include <ucontext.h>

pthread_mutex_t step_mu = PTHREAD_MUTEX_INITIALIZER, jump_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t across_mu = PTHREAD_MUTEX_INITIALIZER;
static ucontext_t scheduler, one, two;
static char stack_one[64 << 10], stack_two[64 << 10];
static jmp_buf back;

static void run_one(void)
{
	for (int i = 0; i < 100; i++) {
		IS(pthread_mutex_lock(&step_mu), 0);
		IS(pthread_mutex_unlock(&step_mu), 0);
		IS(pthread_mutex_lock(&across_mu), 0);
		swapcontext(&one, &two);
	}
}

static void run_two(void)
{
	for (int i = 0; i < 100; i++) {
		IS(pthread_mutex_unlock(&across_mu), 0);
		swapcontext(&two, &one);
	}
}

static void make(ucontext_t *context, char *stack, size_t size, void (*routine)(void))
{
	IS(getcontext(context), 0);
	context->uc_stack.ss_sp = stack;
	context->uc_stack.ss_size = size;
	context->uc_link = &scheduler;
	makecontext(context, routine, 0);
}

NOINLINE void jump_out(void)
{
	IS(pthread_mutex_lock(&jump_mu), 0);
	longjmp(back, 1);
}

int main(void)
{
	make(&one, stack_one, sizeof(stack_one), run_one);
	make(&two, stack_two, sizeof(stack_two), run_two);
	swapcontext(&scheduler, &one);
	for (volatile int i = 0; i < 50; i++) {
		if (!setjmp(back))
			jump_out();
		IS(pthread_mutex_unlock(&jump_mu), 0);
	}
	puts("returned");
	return 0;
}
