import PKCS11

/// Why there is no throwaway token.
public enum RehearsalTokenError: Error, Sendable, CustomStringConvertible {
    /// libsofthsm2.so is in none of the usual places.
    case softHSMNotInstalled(searched: [String])
    /// This process has a folder open already; SoftHSM reads its configuration only once.
    case anotherFolderIsOpen(String)
    /// Something about the folder.
    case folder(path: String, reason: String)
    case cryptoki(CryptokiError)

    public var description: String {
        switch self {
        case .softHSMNotInstalled(let searched):
            "SoftHSM's library is in none of \(searched.joined(separator: ", ")). Install softhsm2, or set "
                + "SOFTHSM2_MODULE to the library's path."
        case .anotherFolderIsOpen(let path):
            "This process already uses SoftHSM with the folder \(path), and SoftHSM reads its configuration only once. "
                + "Close that folder first, or make the tokens there."
        case .folder(let path, let reason): "The SoftHSM folder \(path) cannot be used: \(reason)."
        case .cryptoki(let error): error.description
        }
    }
}
