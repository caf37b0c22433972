/* What the three device judges share: files of DER, and the words and exit codes that the tests read.

   judge ROOT INTERMEDIATE DEVICE [CRL...]
   0 the device is accepted, 1 it is refused, 2 something cannot be read. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *path;
    unsigned char *bytes;
    size_t length;
} der;

static void leave(int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(code);
}

static der load(const char *path) {
    der file = {path, malloc(1 << 20), 0};
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || file.bytes == NULL) leave(2, "unreadable: %s", path);
    file.length = fread(file.bytes, 1, 1 << 20, stream);
    fclose(stream);
    return file;
}
