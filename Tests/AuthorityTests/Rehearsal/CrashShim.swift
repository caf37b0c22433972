import Foundation

/// A library that kills its process at one of the points where something has just become, or is about to become,
/// visible to others. The product knows nothing of it.
///
/// Preloaded, it stands before the C library's durable writes. Named as PKCS#11 module, it stands before the real one
/// and sees every call that changes the token or signs.
///
/// | variable | |
/// |---|---|
/// | `CRASH_LOG` | where every point (`p`, its number, how much was changed before, its name), every C_Sign (`s`, the number of the ledger's lines, the key's label, what is signed) and what came of it (`r`, the same, and the signature) is written |
/// | `CRASH_AT` | the number of the point at which the process dies |
/// | `CRASH_TEAR` | `n:k`: the n-th append to the ledger stops after k bytes (from the end, when negative), and the process dies |
/// | `CRASH_MODULE` | the real PKCS#11 module |
/// | `CRASH_LEDGER` | the ledger |
enum CrashShim {
    /// Compiles the library, once in this process.
    static let library = Result { () throws -> Library in
        let folder = try TemporaryFolder()
        let (source, library) = ("\(folder.path)/crash.c", "\(folder.path)/crash.so")
        try Files.write(Array(code.utf8), to: source)
        let cc = try Program.run(
            "/bin/sh",
            ["-c", "exec cc -shared -fPIC -O1 -Wall -Werror $(pkg-config --cflags p11-kit-1) -o \"$2\" \"$1\" -ldl", "cc", source, library])
        guard cc.status == 0 else { throw Failure(text: cc.errors) }
        return Library(folder: folder, path: library)
    }

    struct Library: Sendable {
        let folder: TemporaryFolder
        let path: String
    }

    struct Failure: Error {
        let text: String
    }

    private static let code = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        #include <p11-kit/pkcs11.h>

        static int points, changes, appends;

        static int number(const char *name) { const char *text = getenv(name); return text ? atoi(text) : 0; }

        static void note(const char *text, size_t length)
        {
            const char *path = getenv("CRASH_LOG");
            int log = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
            if (log < 0) return;
            if (syscall(SYS_write, log, text, length) < 0) _exit(99);
            syscall(SYS_close, log);
        }

        static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }

        /* Somebody else could look now. */
        static void point(const char *name)
        {
            char line[128];
            points++;
            note(line, snprintf(line, sizeof line, "p %d %d %s\n", points, changes, name));
            if (points == number("CRASH_AT")) die();
        }

        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        /* Durable writes. */
        #define DURABLE(name, parameters, arguments, change) \
            int name parameters \
            { \
                point("before " #name); \
                int result = REAL(name) arguments; \
                changes += change; \
                point("after " #name); \
                return result; \
            }
        DURABLE(fsync, (int f), (f), 0)
        DURABLE(fdatasync, (int f), (f), 0)
        DURABLE(syncfs, (int f), (f), 0)
        DURABLE(rename, (const char *a, const char *b), (a, b), 1)
        DURABLE(renameat, (int d, const char *a, int e, const char *b), (d, a, e, b), 1)
        DURABLE(renameat2, (int d, const char *a, int e, const char *b, unsigned int g), (d, a, e, b, g), 1)
        DURABLE(link, (const char *a, const char *b), (a, b), 1)
        DURABLE(linkat, (int d, const char *a, int e, const char *b, int g), (d, a, e, b, g), 1)

        /* What is not durable, but visible: these only count. */
        ssize_t write(int file, const void *bytes, size_t count)
        {
            const char *tear = getenv("CRASH_TEAR");
            /* What is shown at a terminal is gone. */
            if (file > 2 && !isatty(file)) changes++;
            if (file > 2 && (fcntl(file, F_GETFL) & O_APPEND) && ++appends == (tear ? atoi(tear) : 0)) {
                long keep = atol(strchr(tear, ':') + 1);
                if (keep < 0) keep += count;
                if (keep < 0 || syscall(SYS_write, file, bytes, (size_t)keep) < 0) _exit(98);
                die();
            }
            return REAL(write)(file, bytes, count);
        }
        int mkdir(const char *path, mode_t mode)
        {
            int result = REAL(mkdir)(path, mode);
            if (result == 0) changes++;
            return result;
        }
        int openat(int directory, const char *path, int flags, ...)
        {
            va_list rest;
            va_start(rest, flags);
            mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
            va_end(rest);
            if (flags & O_CREAT) changes++;
            return REAL(openat)(directory, path, flags, mode);
        }
        int ftruncate(int file, off_t length) { changes++; return REAL(ftruncate)(file, length); }
        int unlinkat(int directory, const char *path, int flags) { changes++; return REAL(unlinkat)(directory, path, flags); }

        /* The token. */
        static CK_FUNCTION_LIST real, ours;
        static char label[256];

        static int ledger_lines(void)
        {
            int lines = 0, got;
            char part[4096];
            const char *path = getenv("CRASH_LEDGER");
            int file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
            if (file < 0) return 0;
            while ((got = syscall(SYS_read, file, part, sizeof part)) > 0)
                for (int i = 0; i < got; i++) lines += part[i] == '\n';
            syscall(SYS_close, file);
            return lines;
        }

        static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
        {
            CK_ATTRIBUTE attribute = {CKA_LABEL, label, sizeof label - 1};
            if (real.C_GetAttributeValue(session, key, &attribute, 1) != CKR_OK) attribute.ulValueLen = 0;
            label[attribute.ulValueLen] = 0;
            for (char *c = label; *c; c++) if (*c == ' ') *c = '~';
            return real.C_SignInit(session, mechanism, key);
        }

        static CK_RV sign(CK_SESSION_HANDLE s, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *size)
        {
            char line[4096];
            CK_RV result;
            if (!signature) return real.C_Sign(s, data, length, signature, size);
            point("before C_Sign");
            int used = snprintf(line, sizeof line, "s %d %s ", ledger_lines(), label);
            for (CK_ULONG i = 0; i < length && used < 2000; i++) used += sprintf(line + used, "%02x", data[i]);
            line[used] = '\n';
            note(line, used + 1);
            result = real.C_Sign(s, data, length, signature, size);
            changes++;
            line[0] = 'r';
            line[used++] = ' ';
            for (CK_ULONG i = 0; result == CKR_OK && i < *size && used < 4000; i++) used += sprintf(line + used, "%02x", signature[i]);
            line[used++] = '\n';
            note(line, used);
            point("after C_Sign");
            return result;
        }

        #define ON_TOKEN(ours_, name, parameters, arguments) \
            static CK_RV ours_ parameters \
            { \
                CK_RV result; \
                point("before " #name); \
                result = real.name arguments; \
                changes++; \
                point("after " #name); \
                return result; \
            }
        ON_TOKEN(generate, C_GenerateKeyPair,
            (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *p, CK_ULONG n, CK_ATTRIBUTE *q, CK_ULONG o,
                CK_OBJECT_HANDLE *a, CK_OBJECT_HANDLE *b), (s, m, p, n, q, o, a, b))
        ON_TOKEN(create, C_CreateObject,
            (CK_SESSION_HANDLE s, CK_ATTRIBUTE *p, CK_ULONG n, CK_OBJECT_HANDLE *o), (s, p, n, o))
        ON_TOKEN(change, C_SetAttributeValue,
            (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *p, CK_ULONG n), (s, o, p, n))
        ON_TOKEN(destroy, C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o), (s, o))

        static CK_RV function_list(CK_FUNCTION_LIST **list) { *list = &ours; return CKR_OK; }

        CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
        {
            CK_FUNCTION_LIST *found;
            CK_C_GetFunctionList get;
            void *module = dlopen(getenv("CRASH_MODULE"), RTLD_NOW | RTLD_LOCAL);
            if (!module || !(get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList")) || get(&found) != CKR_OK)
                return CKR_GENERAL_ERROR;
            real = ours = *found;
            ours.C_GetFunctionList = function_list;
            ours.C_SignInit = sign_init;
            ours.C_Sign = sign;
            ours.C_GenerateKeyPair = generate;
            ours.C_CreateObject = create;
            ours.C_SetAttributeValue = change;
            ours.C_DestroyObject = destroy;
            *list = &ours;
            return CKR_OK;
        }

        """#
}
