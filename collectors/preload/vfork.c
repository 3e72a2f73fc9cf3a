#include "collectors/preload/vfork.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"

static __thread struct {
	void *page;
	size_t size;
	uint32_t preload;
} left_by_child;

bool vfork_in_child(void)
{
	struct thread *t = thread_self;
	return t && t->vforked && process_is_same();
}

void vfork_child_execs(uint32_t preload)
{
	left_by_child.preload = preload;
}

void vfork_child_owns(void *page, size_t size)
{
	if (!vfork_in_child())
		return;
	left_by_child.page = page;
	left_by_child.size = size;
}

#ifdef __x86_64__
/*
 * The child returns first, on the same stack, and overwrites our frame: so there must be none. As
 * in glibc's own vfork the return address waits in a register the kernel keeps for the parent, and
 * the child leaves by a jump, which keeps the parent's shadow stack whole. r8 carries the time.
 */
__asm__(".text\n"
	".globl vfork\n"
	".type vfork, @function\n"
	"vfork:\n"
	".cfi_startproc\n"
	"	endbr64\n"
	"	sub $8, %rsp\n"
	".cfi_adjust_cfa_offset 8\n"
	"	call vfork_begin\n"
	"	add $8, %rsp\n"
	".cfi_adjust_cfa_offset -8\n"
	"	mov %rax, %r8\n"
	"	pop %rdi\n"
	".cfi_adjust_cfa_offset -8\n"
	".cfi_register %rip, %rdi\n"
	"	mov $58, %eax\n" /* SYS_vfork */
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jz 1f\n"
	"	push %rdi\n"
	".cfi_adjust_cfa_offset 8\n"
	".cfi_rel_offset %rip, 0\n"
	"	mov %rax, %rdi\n"
	"	mov %r8, %rsi\n"
	"	jmp vfork_end\n"
	"1:\n"
	".cfi_adjust_cfa_offset -8\n"
	".cfi_register %rip, %rdi\n"
	"	jmp *%rdi\n"
	".cfi_endproc\n"
	".size vfork, .-vfork\n");
_Static_assert(SYS_vfork == 58, "vfork's number");

__attribute__((used)) uint64_t vfork_begin(void);
__attribute__((used)) pid_t vfork_end(long result, uint64_t begin);

/* 0: not recorded. Leaves the guard set. */
uint64_t vfork_begin(void)
{
	real_ready();
	struct thread *t = thread_enter();
	if (!t)
		return 0;
	t->vforked = 1;
	left_by_child.page = NULL;
	left_by_child.preload = PRELOAD_INHERITED;
	return ticks_now();
}

/* In the parent, when the child is gone or has become another program. */
pid_t vfork_end(long result, uint64_t begin)
{
	if (begin) {
		struct thread *t = thread_self;
		int error = errno;
		t->vforked = 0;
		if (left_by_child.page)
			KERNEL(munmap, left_by_child.page, left_by_child.size);
		emit_fork(t, HOOK_vfork, begin, ticks_now(), result > 0 ? (uint32_t)result : 0,
			  left_by_child.preload);
		thread_leave(t);
		errno = error;
	}
	if (result >= 0)
		return (pid_t)result;
	errno = (int)-result;
	return -1;
}
#else
/* POSIX lets vfork be fork; only what it saves is lost. */
EXPORT pid_t vfork(void)
{
	return fork();
}
#endif
