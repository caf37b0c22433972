import Foundation

/// A PKCS#11 module that is SoftHSM, but for one oddity, named in `ODD`.
enum OddModule {
    /// Compiled once in this process.
    static let library = Result { () throws -> Library in
        let folder = try TemporaryFolder()
        try Data(code.utf8).write(to: URL(filePath: "\(folder.path)/odd.c"))
        try Shell.need(
            "sh", "-c", "exec cc -shared -fPIC -O1 -Wall -Werror $(pkg-config --cflags p11-kit-1) -o odd.so odd.c -ldl",
            in: folder.path)
        return Library(folder: folder)
    }

    struct Library: Sendable {
        let folder: TemporaryFolder
        var path: String { "\(folder.path)/odd.so" }
    }

    private static let code = #"""
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        #include <p11-kit/pkcs11.h>

        static CK_FUNCTION_LIST real, odd;

        static int is(const char *name) { const char *kind = getenv("ODD"); return kind && !strcmp(kind, name); }

        /* Whether the token has gone: after so many calls it answers no other. Each call leaves a byte. */
        static CK_RV gone(void)
        {
            static CK_ULONG made;
            const char *most = getenv("ODD_CALLS"), *path = getenv("ODD_CALLED");
            CK_ULONG call = __sync_add_and_fetch(&made, 1);
            int file = path ? open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600) : -1;
            if (file >= 0 && write(file, ".", 1) < 0) _exit(99);
            if (file >= 0) close(file);
            if (!most || call <= strtoul(most, 0, 10)) return CKR_OK;
            return is("removed") ? CKR_DEVICE_REMOVED : CKR_GENERAL_ERROR;
        }

        #define LOSABLE(name, parameters, arguments) \
            static CK_RV losable_##name parameters { CK_RV code = gone(); return code ? code : real.C_##name arguments; }

        LOSABLE(GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO *info), (slot, info))
        LOSABLE(GetMechanismInfo, (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info), (slot, type, info))
        LOSABLE(OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session),
            (slot, flags, application, notify, session))
        LOSABLE(CloseSession, (CK_SESSION_HANDLE session), (session))
        LOSABLE(GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO *info), (session, info))
        LOSABLE(Logout, (CK_SESSION_HANDLE session), (session))
        LOSABLE(CreateObject, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *object),
            (session, list, count, object))
        LOSABLE(DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object))
        LOSABLE(GetAttributeValue, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, CK_ULONG count),
            (session, object, list, count))
        LOSABLE(SetAttributeValue, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, CK_ULONG count),
            (session, object, list, count))
        LOSABLE(FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, CK_ULONG count), (session, list, count))
        LOSABLE(FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *list, CK_ULONG most, CK_ULONG *count),
            (session, list, most, count))
        LOSABLE(FindObjectsFinal, (CK_SESSION_HANDLE session), (session))
        LOSABLE(SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key), (session, mechanism, key))

        static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
        {
            CK_RV code = gone();
            if (!code) code = real.C_GetTokenInfo(slot, info);
            if (is("final-try")) info->flags |= CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY;
            if (is("locked")) info->flags |= CKF_USER_PIN_LOCKED;
            if (is("renumbered")) memset(info->serialNumber, '7', sizeof info->serialNumber);
            return code;
        }

        /* Keys that can be taken out, whatever was asked for. */
        static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, CK_ULONG publics,
            CK_ATTRIBUTE *private, CK_ULONG privates, CK_OBJECT_HANDLE *one, CK_OBJECT_HANDLE *other)
        {
            CK_ATTRIBUTE changed[32];
            CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
            CK_RV code = gone();
            if (code) return code;
            if (privates > 32) return CKR_GENERAL_ERROR;
            for (CK_ULONG i = 0; i < privates; i++) {
                changed[i] = private[i];
                if (is("extractable") && private[i].type == CKA_EXTRACTABLE) changed[i].pValue = &yes;
                if (is("readable") && private[i].type == CKA_SENSITIVE) changed[i].pValue = &no;
                if (is("decrypting") && private[i].type == CKA_DERIVE) changed[i].pValue = &yes;
            }
            return real.C_GenerateKeyPair(session, mechanism, public, publics, changed, privates, one, other);
        }

        /* Every PIN that comes by, a line each. */
        static void note(const CK_BYTE *pin, CK_ULONG length)
        {
            const char *path = getenv("ODD_PINS");
            int file = path && pin && length ? open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600) : -1;
            if (file < 0) return;
            if (write(file, pin, length) < 0 || write(file, "\n", 1) < 0) _exit(99);
            close(file);
        }

        static CK_RV init_token(CK_SLOT_ID slot, CK_BYTE *pin, CK_ULONG length, CK_BYTE *label)
        {
            note(pin, length);
            return real.C_InitToken(slot, pin, length, label);
        }

        static CK_RV init_pin(CK_SESSION_HANDLE session, CK_BYTE *pin, CK_ULONG length)
        {
            note(pin, length);
            return real.C_InitPIN(session, pin, length);
        }

        static CK_RV set_pin(CK_SESSION_HANDLE session, CK_BYTE *old, CK_ULONG olds, CK_BYTE *new, CK_ULONG news)
        {
            note(old, olds);
            note(new, news);
            return real.C_SetPIN(session, old, olds, new, news);
        }

        static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG length)
        {
            note(pin, length);
            if (is("locking")) return CKR_PIN_LOCKED;
            CK_RV code = gone();
            return code ? code : real.C_Login(session, user, pin, length);
        }

        static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *count)
        {
            const char *gate = getenv("ODD_GATE");
            if (gate && signature) {
                /* Says that it is here, and waits to be let through. */
                char here[512] = { 0 };
                strncpy(here, gate, 500);
                strcat(here, ".here");
                close(open(here, O_CREAT | O_WRONLY, 0600));
                for (int i = 0; i < 500 && access(gate, F_OK); i++) usleep(20000);
            }
            CK_RV code = gone();
            if (!code) code = real.C_Sign(session, data, length, signature, count);
            if (is("wrong-signature") && code == CKR_OK && signature) signature[*count - 1] ^= 1;
            if (is("other-digest") && code == CKR_OK && signature) memset(signature, 0x42, *count);
            return code;
        }

        CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
        {
            if (!odd.C_GetFunctionList) {
                void *module = dlopen(getenv("ODD_REAL"), RTLD_NOW | RTLD_LOCAL);
                CK_RV (*get)(CK_FUNCTION_LIST **) = module ? dlsym(module, "C_GetFunctionList") : 0;
                CK_FUNCTION_LIST *found;
                const char *loaded = getenv("ODD_LOADED");
                if (loaded) close(open(loaded, O_CREAT | O_WRONLY, 0600));
                if (!get || get(&found) != CKR_OK) return CKR_GENERAL_ERROR;
                real = odd = *found;
                odd.C_GetFunctionList = C_GetFunctionList;
                odd.C_GetTokenInfo = token_info;
                odd.C_GenerateKeyPair = generate;
                odd.C_InitToken = init_token;
                odd.C_InitPIN = init_pin;
                odd.C_SetPIN = set_pin;
                odd.C_Login = login;
                odd.C_Sign = sign;
                odd.C_GetSlotInfo = losable_GetSlotInfo;
                odd.C_GetMechanismInfo = losable_GetMechanismInfo;
                odd.C_OpenSession = losable_OpenSession;
                odd.C_CloseSession = losable_CloseSession;
                odd.C_GetSessionInfo = losable_GetSessionInfo;
                odd.C_Logout = losable_Logout;
                odd.C_CreateObject = losable_CreateObject;
                odd.C_DestroyObject = losable_DestroyObject;
                odd.C_GetAttributeValue = losable_GetAttributeValue;
                odd.C_SetAttributeValue = losable_SetAttributeValue;
                odd.C_FindObjectsInit = losable_FindObjectsInit;
                odd.C_FindObjects = losable_FindObjects;
                odd.C_FindObjectsFinal = losable_FindObjectsFinal;
                odd.C_SignInit = losable_SignInit;
            }
            *list = &odd;
            return CKR_OK;
        }
        """#
}

extension Stage {
    /// Lets the odd module serve the token, and runs a plan.
    ///
    /// - Parameter settings: more that the module reads.
    func runOddly(_ oddity: String, _ plan: String = "next", settings: [String: String] = [:]) throws -> Shown {
        let library = try OddModule.library.get()
        if try !text("site.yaml").contains(library.path) { try edit("site.yaml", SoftHSM.library, library.path) }
        return try run(plan, environment: settings.merging(["ODD": oddity, "ODD_REAL": SoftHSM.library]) { $1 })
    }
}
