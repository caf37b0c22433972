import Groundwork
import PKIX

extension AuthorityState {
    /// The key that was pre-generated for the root after this one, whether that one is active or not.
    public func successorKey(of root: String) -> KeyRecord? { successors[root].flatMap { keys[$0] } }

    /// Whether a key waits for the ceremony that makes it a root.
    public func isPreGenerated(_ key: String) -> Bool {
        keys[key]?.planned.successorOf != nil && certificates[key] == nil
    }

    /// The keys that wait to become roots, by name.
    public var preGeneratedKeys: [KeyRecord] {
        successors.values.filter(isPreGenerated).sorted().compactMap { keys[$0] }
    }

    /// The root that took the place of this one; nil while this one issues.
    public func supersedes(_ root: String) -> String? {
        successors[root].flatMap { certificates[$0] == nil ? nil : $0 }
    }

    /// The roots that devices were told to trust no more: an earlier bundle carries them, and the newest does not.
    public var withdrawnAnchors: Set<String> {
        guard let newest = bundles.last else { return [] }
        return Set(bundles.flatMap(\.planned.anchors)).subtracting(newest.planned.anchors)
    }
}
