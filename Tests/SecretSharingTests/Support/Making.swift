import Groundwork
import Synchronization

@testable import SecretSharing

extension SecretSharing {
    /// With the lowest work for PBKDF2, and as text where the tests want to change it.
    static func split(
        _ secret: SecretBytes, _ groups: [(threshold: Int, count: Int)], groupThreshold: Int = 1,
        passphrase: String? = nil, extendable: Bool = true
    ) throws -> [[Share]] {
        try split(
            secret: secret, groups: groups.map { ShareGroup(threshold: $0.threshold, count: $0.count) },
            groupThreshold: groupThreshold, passphrase: passphrase.map { try .of($0) }, iterationExponent: 0,
            extendable: extendable)
    }

    /// A set that bears a chosen identifier.
    static func split(
        _ secret: SecretBytes, identifier: UInt16, _ groups: [(threshold: Int, count: Int)], groupThreshold: Int = 1
    ) throws -> [[Share]] {
        let isFirst = Mutex(true)
        return try split(
            secret: secret, groups: groups.map { ShareGroup(threshold: $0.threshold, count: $0.count) },
            groupThreshold: groupThreshold, passphrase: nil, iterationExponent: 0, extendable: true
        ) { buffer in
            let asksIdentifier = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            if asksIdentifier {
                buffer.storeBytes(of: identifier, as: UInt16.self)
            } else {
                fillFromSystem(buffer)
            }
        }
    }
}

extension ShareSet {
    /// What the shares give together, each written and read again on its way.
    static func combine(_ shares: some Sequence<Share>, passphrase: String? = nil) throws -> SecretBytes {
        var set = ShareSet()
        for share in shares { try set.add(Share(share.text())) }
        return try set.combine(passphrase: passphrase.map { try .of($0) })
    }
}

/// The parts of a list with so many elements, in its order.
func subsets<Element>(_ elements: [Element], of count: Int) -> [[Element]] {
    guard count > 0 else { return [[]] }
    return elements.indices.flatMap { index in
        subsets(Array(elements[(index + 1)...]), of: count - 1).map { [elements[index]] + $0 }
    }
}
