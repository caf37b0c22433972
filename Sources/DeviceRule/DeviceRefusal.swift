import DeviceVerifier
import TrustBundle

/// Why a device refuses a bundle.
public struct DeviceRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let control: BundleControl
    /// The error's name in C without its prefix, such as `SIGNER_DENIED`.
    public let name: String
    /// One sentence: what is wrong.
    public let sentence: String

    init(_ result: anchorite_result) {
        let control = anchorite_result_control(result).flatMap { BundleControl(rawValue: String(cString: $0)) }
        // Each error has a control of ours, which a test holds; a bundle is never taken because of one that has not.
        self.control = control ?? .encoding
        name = String(cString: anchorite_result_name(result))
        sentence = String(cString: anchorite_result_sentence(result))
    }

    public var description: String { "\(control.rawValue): \(sentence) (\(name))" }
}
