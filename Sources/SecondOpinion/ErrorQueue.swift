import CLibCrypto

/// libcrypto's error queue, which belongs to the calling thread.
enum ErrorQueue {
    static func clear() {
        ERR_clear_error()
    }

    /// Reads and empties the queue: the reasons from the outermost to the cause, joined by semicolons.
    static func drain() -> String? {
        var reasons: [String] = []
        while true {
            var data: UnsafePointer<CChar>?
            var flags: CInt = 0
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            if code == 0 { break }
            var reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error code \(code)"
            if flags & ERR_TXT_STRING != 0, let data, data.pointee != 0 {
                reason += " (\(String(cString: data)))"
            }
            if reasons.last != reason { reasons.append(reason) }
        }
        return reasons.isEmpty ? nil : reasons.reversed().joined(separator: "; ")
    }
}

extension Disagreement {
    /// A disagreement that takes its reason from the error queue.
    static func queued(_ kind: Kind, _ what: String, where place: String) -> Disagreement {
        Disagreement(kind, what: what, where: place, openssl: ErrorQueue.drain())
    }

    static func outOfMemory(_ place: String) -> Disagreement {
        queued(.library, "OpenSSL could not make an object it needs", where: place)
    }
}
