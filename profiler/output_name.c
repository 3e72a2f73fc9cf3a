#include "profiler/output_name.h"
#include "profiler/text.h"
#include <string.h>
#include <time.h>
#include <unistd.h>

static void add_host(struct text *t)
{
	char host[256] = "";
	gethostname(host, sizeof(host) - 1);
	text_add(t, host);
}

static void add_time(struct text *t)
{
	char buffer[32];
	time_t now = time(NULL);
	struct tm local;
	localtime_r(&now, &local);
	strftime(buffer, sizeof(buffer), "%Y%m%d-%H%M%S", &local);
	text_add(t, buffer);
}

static void add_item(struct text *t, char item, const char *program, pid_t pid)
{
	const char *slash = strrchr(program, '/');
	switch (item) {
	case 'n':
		text_add(t, slash ? slash + 1 : program);
		break;
	case 'p':
		text_format(t, "%d", (int)pid);
		break;
	case 'h':
		add_host(t);
		break;
	case 't':
		add_time(t);
		break;
	case '%':
		text_add_char(t, '%');
		break;
	default:
		text_format(t, "%%%c", item);
	}
}

char *output_name(const char *pattern, const char *program, pid_t pid)
{
	struct text t = {0};
	for (const char *at = pattern ? pattern : OUTPUT_DEFAULT; *at; at++) {
		if (*at == '%' && at[1])
			add_item(&t, *++at, program, pid);
		else
			text_add_char(&t, *at);
	}
	text_add(&t, "");
	return t.data;
}
