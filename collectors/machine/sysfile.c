#include "collectors/machine/sysfile.h"
#include <stdlib.h>
#include <string.h>

FILE *sysfile_open(const char *root, const char *path)
{
	char whole[4096];
	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", root, path) >= sizeof(whole))
		return NULL;
	return fopen(whole, "re");
}

const char *sysfile_line(const char *root, const char *path, char *buffer, size_t size)
{
	FILE *file = sysfile_open(root, path);
	buffer[0] = 0;
	if (!file)
		return buffer;
	if (!fgets(buffer, (int)size, file))
		buffer[0] = 0;
	buffer[strcspn(buffer, "\n")] = 0;
	fclose(file);
	return buffer;
}

bool sysfile_number(const char *root, const char *path, double *number)
{
	char line[64], *end;
	double value = strtod(sysfile_line(root, path, line, sizeof(line)), &end);
	if (end == line)
		return false;
	*number = value;
	return true;
}

const char *sysfile_field(const char *root, const char *path, const char *key, char *buffer,
			  size_t size)
{
	FILE *file = sysfile_open(root, path);
	size_t length = strlen(key);
	bool found = false;
	while (file && !found && fgets(buffer, (int)size, file))
		found = !strncmp(buffer, key, length) && strchr(" \t:=", buffer[length]);
	if (file)
		fclose(file);
	if (!found)
		return buffer[0] = 0, buffer;
	const char *value = buffer + length + strspn(buffer + length, " \t:=");
	memmove(buffer, value, strlen(value) + 1);
	buffer[strcspn(buffer, "\n")] = 0;
	return buffer;
}
