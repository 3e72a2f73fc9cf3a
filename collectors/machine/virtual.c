#include "collectors/machine/virtual.h"
#include "collectors/machine/machine.h"
#include "collectors/machine/sysfile.h"
#include <cpuid.h>
#include <stdbool.h>
#include <string.h>

struct known {
	const char *mark, *name;
};

/* What leaf 0x40000000 of CPUID says in 12 letters. */
static const struct known signatures[] = {
    {"KVMKVMKVM", "KVM"},	  {"TCGTCGTCGTCG", "QEMU without KVM"},
    {"VMwareVMware", "VMware"},	  {"Microsoft Hv", "Hyper-V"},
    {"XenVMMXenVMM", "Xen"},	  {"VBoxVBoxVBox", "VirtualBox"},
    {" lrpepyh vr", "Parallels"}, {"prl hyperv", "Parallels"},
    {"bhyve bhyve", "bhyve"},	  {"ACRNACRNACRN", "ACRN"},
    {"QNXQVMBSQG", "QNX"},	  {NULL, NULL},
};

/* What firmware says of its maker. */
static const struct known makers[] = {
    {"KVM", "KVM"},
    {"Amazon EC2", "Amazon EC2"},
    {"QEMU", "QEMU"},
    {"VMware", "VMware"},
    {"VMW", "VMware"},
    {"innotek GmbH", "VirtualBox"},
    {"VirtualBox", "VirtualBox"},
    {"Xen", "Xen"},
    {"Bochs", "Bochs"},
    {"Parallels", "Parallels"},
    {"BHYVE", "bhyve"},
    {"Hyper-V", "Hyper-V"},
    {"OpenStack", "OpenStack"},
    {"Google Compute Engine", "Google Compute Engine"},
    {NULL, NULL},
};

static const char *known_name(const struct known *list, const char *words)
{
	for (; list->mark; list++)
		if (!strncmp(words, list->mark, strlen(list->mark)))
			return list->name;
	return NULL;
}

static const char *signature(unsigned leaf, char *words)
{
	unsigned a, b, c, d;
	__cpuid(leaf, a, b, c, d);
	memcpy(words, &b, 4);
	memcpy(words + 4, &c, 4);
	memcpy(words + 8, &d, 4);
	words[12] = 0;
	return known_name(signatures, words);
}

/* The flag that a hypervisor sets, and what it calls itself: the second name, where there is one,
 * is of one that imitates the first. */
static const char *asked_processor(char *words)
{
	unsigned a, b, c, d;
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 31)))
		return NULL;
	const char *name = signature(0x40000100, words);
	if (!name)
		name = signature(0x40000000, words);
	return name ? name : "a hypervisor";
}

static const char *asked_firmware(const char *root, char *words, size_t size)
{
	static const char *const files[] = {
	    "/sys/class/dmi/id/product_name", "/sys/class/dmi/id/sys_vendor",
	    "/sys/class/dmi/id/board_vendor", "/sys/class/dmi/id/bios_vendor",
	    "/sys/class/dmi/id/product_version"};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *name = known_name(makers, sysfile_line(root, files[i], words, size));
		if (name)
			return name;
	}
	return NULL;
}

static const char *asked_kernel(const char *root, char *words, size_t size)
{
	if (*sysfile_line(root, "/sys/hypervisor/type", words, size))
		return !strcmp(words, "xen") ? "Xen" : words;
	const char *flags = sysfile_field(root, "/proc/cpuinfo", "flags", words, size);
	return strstr(flags, " hypervisor") ? "a hypervisor" : NULL;
}

static bool is_there(const char *root, const char *path)
{
	FILE *file = sysfile_open(root, path);
	if (file)
		fclose(file);
	return file != NULL;
}

static const char *container(const char *root, char *words, size_t size)
{
	if (*sysfile_line(root, "/run/systemd/container", words, size))
		return words;
	if (is_there(root, "/run/.containerenv"))
		return "podman";
	if (is_there(root, "/.dockerenv"))
		return "docker";
	if (is_there(root, "/run/secrets/kubernetes.io/serviceaccount/namespace"))
		return "kubernetes";
	return NULL;
}

void virtual_read(struct machine *m, const char *root)
{
	char words[4096];
	const char *name = *root ? NULL : asked_processor(words);
	if (!name)
		name = asked_firmware(root, words, sizeof(words));
	if (!name)
		name = asked_kernel(root, words, sizeof(words));
	m->virtual_machine = name ? strdup(name) : NULL;
	name = container(root, words, sizeof(words));
	m->container = name ? strdup(name) : NULL;
}
