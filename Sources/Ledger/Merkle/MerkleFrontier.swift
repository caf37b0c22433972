import Groundwork

/// A Merkle tree that only grows and only tells its root: it keeps one hash for each bit set in its size.
public struct MerkleFrontier: Hashable, Sendable {
    public private(set) var count: Int64 = 0
    /// The roots of the largest complete subtrees, from the left, largest first.
    private var subtrees: [Digest] = []

    public init() {}

    /// Appends a leaf by its bytes.
    public mutating func append(leaf: [UInt8]) {
        append(leafHash: MerkleHash.leaf(leaf))
    }

    /// Appends a leaf whose hash is known.
    public mutating func append(leafHash: Digest) {
        var subtree = leafHash
        // Each trailing one bit of the old size is a complete subtree as large as the one that is carried.
        var bits = count
        while bits & 1 == 1, let left = subtrees.popLast() {
            subtree = MerkleHash.node(left, subtree)
            bits >>= 1
        }
        subtrees.append(subtree)
        count += 1
    }

    /// MTH of RFC 6962 section 2.1.
    public var root: Digest {
        guard var root = subtrees.last else { return MerkleHash.empty }
        for left in subtrees.dropLast().reversed() { root = MerkleHash.node(left, root) }
        return root
    }
}
