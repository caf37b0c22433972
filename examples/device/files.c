#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static const char *path_in(char path[PATH_SIZE], const char *folder, const char *name) {
    (void)snprintf(path, PATH_SIZE, "%s%s%s", folder == NULL ? "" : folder, folder == NULL ? "" : "/", name);
    return path;
}

long read_file(const char *folder, const char *name, uint8_t *buffer, size_t size) {
    char path[PATH_SIZE];
    FILE *const file = fopen(path_in(path, folder, name), "rb");
    if (file == NULL) {
        return -1;
    }
    const size_t length = fread(buffer, 1, size, file);
    const bool is_whole = ferror(file) == 0 && fgetc(file) == EOF;
    (void)fclose(file);
    return is_whole ? (long)length : -1;
}

/* Written beside, flushed, renamed, and the folder flushed. */
bool write_file(const char *folder, const char *name, const uint8_t *bytes, size_t length) {
    char beside[PATH_SIZE];
    char path[PATH_SIZE];
    char new_name[32];
    (void)snprintf(new_name, sizeof new_name, "%s.new", name);
    FILE *const file = fopen(path_in(beside, folder, new_name), "wb");
    if (file == NULL) {
        return false;
    }
    bool is_good = fwrite(bytes, 1, length, file) == length && fflush(file) == 0 && fsync(fileno(file)) == 0;
    is_good = fclose(file) == 0 && is_good;
    const int directory = open(folder, O_RDONLY);
    is_good = is_good && directory >= 0 && rename(beside, path_in(path, folder, name)) == 0 && fsync(directory) == 0;
    if (directory >= 0) {
        (void)close(directory);
    }
    return is_good;
}

bool read_counter(const char *folder, uint64_t *value) {
    char path[PATH_SIZE];
    char text[32] = {0};
    *value = 0;
    if (access(path_in(path, folder, "counter"), F_OK) != 0) {
        return errno == ENOENT;
    }
    if (read_file(folder, "counter", (uint8_t *)text, sizeof text - 1) <= 0) {
        return false;
    }
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno == 0 && text[0] >= '0' && text[0] <= '9' && strcmp(end, "\n") == 0;
}

bool advance_counter(const char *folder, uint64_t value) {
    uint64_t before;
    char text[32];
    if (!read_counter(folder, &before)) {
        return false;
    }
    const int length = snprintf(text, sizeof text, "%llu\n", (unsigned long long)value);
    return before >= value || write_file(folder, "counter", (const uint8_t *)text, (size_t)length);
}
