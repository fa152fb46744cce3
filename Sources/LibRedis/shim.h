// The system's types stay those of the system's module, and are not defined here once more: files that use
// them would have to import this module.
#if defined(__linux__)
#pragma clang module import SwiftGlibc
#endif
#include <hiredis.h>
