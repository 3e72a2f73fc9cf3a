#include "collectors/preload/peer.h"
#include "collectors/log.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/words.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>

static int option_of(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);
	long failed = KERNEL(getsockopt, (long)fd, (long)SOL_SOCKET, (long)name, &value, &size);
	return failed ? -1 : value;
}

/* The peer's inode in the kernel's answer, 0: none. */
static uint64_t read_answer(const char *answer, long size)
{
	const struct nlmsghdr *head = (const void *)answer;
	if (size < (long)NLMSG_LENGTH(sizeof(struct unix_diag_msg)) ||
	    head->nlmsg_type != SOCK_DIAG_BY_FAMILY || head->nlmsg_len > size)
		return 0;
	const struct unix_diag_msg *body = NLMSG_DATA(head);
	long left = (long)head->nlmsg_len - (long)NLMSG_LENGTH(sizeof(*body));
	for (const struct rtattr *a = (const void *)(body + 1); RTA_OK(a, left);
	     a = RTA_NEXT(a, left))
		if (a->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(a) >= sizeof(uint32_t))
			return *(const uint32_t *)RTA_DATA(a);
	return 0;
}

static uint64_t unix_peer(uint64_t inode)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req body;
	} request = {{sizeof(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 1, 0},
		     {.sdiag_family = AF_UNIX,
		      .udiag_states = ~0u,
		      .udiag_ino = (uint32_t)inode,
		      .udiag_show = UDIAG_SHOW_PEER,
		      .udiag_cookie = {~0u, ~0u}}};
	char answer[256] __attribute__((aligned(8)));
	long peer = 0, size;
	long fd = KERNEL(socket, (long)AF_NETLINK, (long)(SOCK_RAW | SOCK_CLOEXEC),
			 (long)NETLINK_SOCK_DIAG);
	if (fd < 0)
		return 0;
	if (KERNEL(sendto, fd, &request, sizeof(request), 0L, 0L, 0L) == (long)sizeof(request)) {
		size = KERNEL(recvfrom, fd, answer, sizeof(answer), (long)MSG_DONTWAIT, 0L, 0L);
		peer = (long)read_answer(answer, size);
	}
	KERNEL(close, fd);
	return (uint64_t)peer;
}

static char *add_port(char *to, const void *port)
{
	*to++ = ':';
	return to + words_decimal(to, ntohs(*(const uint16_t *)port));
}

static char *add_v4(char *to, const uint8_t *part)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to += words_decimal(to, part[i]);
	}
	return to;
}

static char *add_v6(char *to, const uint8_t *part)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const char digit[] = "0123456789abcdef";
	if (words_equal((const char *)part, (const char *)mapped, sizeof(mapped)))
		return add_v4(to, part + sizeof(mapped));
	for (int i = 0; i < 16; i++) {
		if (i && i % 2 == 0)
			*to++ = ':';
		*to++ = digit[part[i] >> 4];
		*to++ = digit[part[i] & 15];
	}
	return to;
}

/* Neither end of what socketpair() made has a name, one of what was connected has. */
static bool has_name(int fd, long name)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);
	return REAL(syscall)(name, (long)fd, &at, &size) == 0 && size > sizeof(sa_family_t);
}

static void ask_unix(struct peer *p, int fd, uint64_t inode)
{
	struct ucred made = {0};
	socklen_t size = sizeof(made);
	bool named = has_name(fd, SYS_getsockname) || has_name(fd, SYS_getpeername);
	p->kind = named ? CHANNEL_unix : CHANNEL_socketpair;
	p->inode = unix_peer(inode);
	long failed =
	    KERNEL(getsockopt, (long)fd, (long)SOL_SOCKET, (long)SO_PEERCRED, &made, &size);
	if (!failed && made.pid > 0)
		p->pid = (uint64_t)made.pid;
}

/* name: getsockname or getpeername. Appends where it is, nothing of an end that is not bound. */
static char *add_address(char *to, int fd, long name)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {.v6 = {0}};
	socklen_t size = sizeof(at);
	if (REAL(syscall)(name, (long)fd, &at, &size) != 0)
		return to;
	if (at.any.sa_family == AF_INET)
		return add_port(add_v4(to, (const void *)&at.v4.sin_addr), &at.v4.sin_port);
	if (at.any.sa_family == AF_INET6)
		return add_port(add_v6(to, (const void *)&at.v6.sin6_addr), &at.v6.sin6_port);
	return to;
}

void peer_ask(struct peer *p, int fd, uint64_t inode)
{
	int domain = option_of(fd, SO_DOMAIN), type = option_of(fd, SO_TYPE);
	p->kind = CHANNEL_socket;
	if (domain == AF_UNIX) {
		ask_unix(p, fd, inode);
	} else if (domain == AF_INET || domain == AF_INET6) {
		p->kind = type == SOCK_STREAM ? CHANNEL_tcp : CHANNEL_udp;
		char *end = add_address(p->address, fd, SYS_getsockname);
		*end++ = ' ';
		*add_address(end, fd, SYS_getpeername) = 0;
	}
}
