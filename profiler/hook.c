#include "profiler/hook.h"

#define HOOK(kind, family, mode, name) {KIND_##kind, FAMILY_##family, #kind, #family, #mode, #name},
const struct hook hooks[] = {
    {KIND_none, FAMILY_none, "none", "none", "none", "none"},
#include "collectors/preload/hooks.def"
};
#undef HOOK

const unsigned hook_count = sizeof(hooks) / sizeof(hooks[0]);

#define NAME(name) #name,
const char *const family_names[FAMILY_COUNT] = {HOOK_FAMILIES(NAME)};
