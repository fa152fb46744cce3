// The files of the server's page, inside the program.
#ifndef CORRAL_CDASHBOARD_H
#define CORRAL_CDASHBOARD_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// One file of the page.
typedef struct cd_file {
  /// Its path under the server's root, without the slash.
  const char *name;
  const unsigned char *bytes;
  size_t count;
} cd_file;

/// How many files there are.
size_t cd_file_count(void);

/// The file with a number below the count.
cd_file cd_file_at(size_t number);

#pragma clang assume_nonnull end

#endif
