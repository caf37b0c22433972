internal import CP11Kit
internal import Glibc

/// Finding and loading a module's library through p11-kit.
enum ModuleLibrary {
    /// Loads a module by p11-kit name or by path, without initializing it.
    static func load(_ nameOrPath: String) throws(CryptokiError) -> UnsafeMutablePointer<CK_FUNCTION_LIST> {
        let isPath = nameOrPath.utf8.contains(UInt8(ascii: "/")) || nameOrPath.hasSuffix(".so")
        return isPath ? try load(path: nameOrPath) : try load(configured: nameOrPath)
    }

    private static func load(path: String) throws(CryptokiError) -> UnsafeMutablePointer<CK_FUNCTION_LIST> {
        // p11-kit tells the reason on stderr too, which is not for a library to write to.
        p11_kit_be_quiet()
        if let functions = p11_kit_module_load(path, 0) { return functions }
        let reason = p11_kit_message().map { String(cString: $0) } ?? "no reason was given"
        throw CryptokiError(
            .moduleUnavailable, in: "p11_kit_module_load", token: nil,
            "The PKCS#11 module \(path) cannot be loaded: \(reason).")
    }

    /// Loads p11-kit's configured modules, and keeps the one of this name.
    private static func load(configured name: String) throws(CryptokiError) -> UnsafeMutablePointer<CK_FUNCTION_LIST> {
        p11_kit_be_quiet()
        guard let list = p11_kit_modules_load(nil, 0) else {
            let reason = p11_kit_message().map { String(cString: $0) } ?? "no reason was given"
            throw CryptokiError(
                .moduleUnavailable, in: "p11_kit_modules_load", token: nil,
                "p11-kit cannot load its configured modules: \(reason). Give the module's path instead of its name.")
        }
        // The list is ours; the modules in it are released one by one, so that the chosen one stays.
        defer { free(list) }
        var chosen: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        var names: [String] = []
        var next = list
        while let functions = next.pointee {
            next += 1
            let text = p11_kit_module_get_name(functions)
            let configured = text.map { String(cString: $0) }
            free(text)
            if let configured { names.append(configured) }
            if configured == name, chosen == nil {
                chosen = functions
            } else {
                p11_kit_module_release(functions)
            }
        }
        if let chosen { return chosen }
        let known = names.isEmpty ? "It has none" : "It has " + names.sorted().joined(separator: ", ")
        let remark = getuid() == 0 ? " For root it reads no user's configuration, only the system's." : ""
        throw CryptokiError(
            .moduleUnavailable, in: "p11_kit_modules_load", token: nil,
            "p11-kit has no module named \"\(name)\". \(known).\(remark) Name one of these, or give the library's path."
        )
    }

    /// Calls C_Initialize, with the module's own argument string where it wants one.
    static func initialize(
        _ functions: UnsafeMutablePointer<CK_FUNCTION_LIST>, arguments: String?
    ) throws(CryptokiError) {
        let code: CK_RV
        if let arguments {
            code = arguments.withCString { text in
                // NSS reads one more pointer behind the standard's structure; let it find a null there.
                var block = (CK_C_INITIALIZE_ARGS(), UInt(0))
                block.0.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
                block.0.pReserved = UnsafeMutableRawPointer(mutating: text)
                return withUnsafeMutableBytes(of: &block) { functions.pointee.C_Initialize?($0.baseAddress) }
                    ?? CKR_FUNCTION_NOT_SUPPORTED
            }
        } else {
            code = p11_kit_module_initialize(functions)
        }
        guard code != CKR_OK else { return }
        let known = ReturnValue.meaning(code).map { " " + $0 } ?? ""
        throw CryptokiError(
            code, from: "C_Initialize", token: nil, kind: .moduleUnavailable,
            meaning: "The module did not start.\(known) Check its own configuration.")
    }
}
