/// A verifier on devices or among their peers in one version, with what is known of its behaviour.
///
/// Two stacks are equal when they are the same one; the data is in `Devices/Stacks`, and docs/stacks.md is made from it.
public struct DeviceStack: Sendable, Hashable, CustomStringConvertible {
    /// `mbedtls`, as in a policy's `targets`; a family stands for all its versions.
    public let family: String
    /// `2.28`
    public let version: String
    /// The family's name in sentences: `mbedTLS`.
    public let title: String
    public let facts: [DeviceFact]

    init(_ family: String, _ version: String, _ title: String, _ facts: [DeviceFact]) {
        self.family = family
        self.version = version
        self.title = title
        self.facts = facts
    }

    /// `mbedtls-2.28`
    public var name: String { "\(family)-\(version)" }

    /// `mbedTLS 2.28`
    public var description: String { "\(title) \(version)" }

    public static func == (left: Self, right: Self) -> Bool { left.family == right.family && left.version == right.version }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(family)
        hasher.combine(version)
    }

    /// What is known of the stack and a feature; nil: nothing that departs from RFC 5280.
    public func fact(_ feature: DeviceFeature) -> DeviceFact? { facts.first { $0.feature == feature } }

    /// Every stack and version, families together.
    public static let all: [DeviceStack] =
        mbedTLS + wolfSSL + bearSSL + openSSL + gnuTLS + espIDF + mcuboot + java + go + swiftCertificates + pyca + matter

    /// The stacks by which an object is judged when nobody says for whom it is. Matter is a profile of its own, and the
    /// others differ only in what a policy asks for on purpose.
    public static let common: Set<DeviceStack> = Set(mbedTLS + wolfSSL + bearSSL + openSSL + espIDF)

    /// For sentences: `mbedTLS 2.28, 3.6 and 4.1 and on ESP-IDF 5.4`.
    public static func words(_ stacks: [DeviceStack]) -> String {
        var families: [(title: String, versions: [String])] = []
        for stack in stacks {
            if families.last?.title == stack.title {
                families[families.count - 1].versions.append(stack.version)
            } else {
                families.append((stack.title, [stack.version]))
            }
        }
        return families.map { title, versions in
            guard let last = versions.last, versions.count > 1 else { return "\(title) \(versions.first ?? "")" }
            return "\(title) \(versions.dropLast().joined(separator: ", ")) and \(last)"
        }.joined(separator: ", and on ")
    }
}
