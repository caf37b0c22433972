/* Files that stand for a device's flash and counter. */
#ifndef EXAMPLE_FILES_H
#define EXAMPLE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of a file's content; −1 when it cannot be read, or is longer than `size`. `folder` may be NULL. */
long read_file(const char *folder, const char *name, uint8_t *buffer, size_t size);

/* All of it or nothing, also when the power fails. On flash: erase the slot, write it, read it back. */
bool write_file(const char *folder, const char *name, const uint8_t *bytes, size_t length);

/* Stands for the monotonic counter: on a device a secure element's, RPMB, or fuses. 0 on a new device; false when it
 * cannot be read, which must not pass for 0. */
bool read_counter(const char *folder, uint64_t *value);
/* Raises the counter, if it is lower. */
bool advance_counter(const char *folder, uint64_t value);

#endif
