import Groundwork

/// A Merkle tree of RFC 6962 section 2.1 that proves its leaves and its earlier states.
///
/// It keeps the hashes of all complete subtrees, about 64 bytes a leaf; every proof takes O(log n) of them.
public struct MerkleTree: Sendable {
    /// `levels[k][i]` is the root of the leaves from i * 2^k to (i + 1) * 2^k.
    private var levels: [[Digest]] = [[]]

    public init() {}

    public init(leaves: some Sequence<[UInt8]>) {
        for leaf in leaves { append(leaf: leaf) }
    }

    public var count: Int { levels[0].count }

    /// The root over all leaves.
    public var root: Digest { hash(of: 0..<count) }

    public mutating func append(leaf: [UInt8]) {
        append(leafHash: MerkleHash.leaf(leaf))
    }

    public mutating func append(leaf: UnsafeRawBufferPointer) {
        append(leafHash: MerkleHash.leaf(leaf))
    }

    public mutating func append(leafHash: Digest) {
        levels[0].append(leafHash)
        var level = 0
        while levels[level].count.isMultiple(of: 2) {
            let pair = levels[level].suffix(2)
            if level + 1 == levels.count { levels.append([]) }
            levels[level + 1].append(MerkleHash.node(pair[pair.startIndex], pair[pair.startIndex + 1]))
            level += 1
        }
    }

    /// The hash of one leaf; nil when there is none at that index.
    public func leafHash(at index: Int) -> Digest? {
        levels[0].indices.contains(index) ? levels[0][index] : nil
    }

    /// The root when the tree had only its first `size` leaves; nil when it never had so many.
    public func root(ofFirst size: Int) -> Digest? {
        (0...count).contains(size) ? hash(of: 0..<size) : nil
    }

    /// PATH(index, D[size]) of RFC 6962 section 2.1.1, from the leaf upwards.
    ///
    /// - Parameter size: the tree as it was with that many leaves; all of them when left out.
    /// - Returns: nil unless index < size <= count.
    public func inclusionProof(of index: Int, in size: Int? = nil) -> [Digest]? {
        let size = size ?? count
        guard index >= 0, index < size, size <= count else { return nil }
        var proof: [Digest] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = Self.split(range)
            if index < middle {
                proof.append(hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return proof.reversed()
    }

    /// PROOF(old, D[size]) of RFC 6962 section 2.1.2: that the tree of `old` leaves is a beginning of the later one.
    ///
    /// - Returns: nil unless 0 < old <= size <= count; empty when the sizes are equal.
    public func consistencyProof(from old: Int, to size: Int? = nil) -> [Digest]? {
        let size = size ?? count
        guard old > 0, old <= size, size <= count else { return nil }
        var proof: [Digest] = []
        var range = 0..<size
        // SUBPROOF: as long as the old tree ends inside the range, go to the side where it ends.
        while range.upperBound != old {
            let middle = Self.split(range)
            if old <= middle {
                proof.append(hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        // Who verifies knows the old root already, but not the hash of a mere part of the old tree.
        if range.lowerBound > 0 { proof.append(hash(of: range)) }
        return proof.reversed()
    }

    /// Where a range of leaves is divided: after the largest power of two that is smaller than its length.
    private static func split(_ range: Range<Int>) -> Int {
        var half = 1
        while half * 2 < range.count { half *= 2 }
        return range.lowerBound + half
    }

    /// The root over a range that begins where some subtree begins.
    private func hash(of range: Range<Int>) -> Digest {
        guard !range.isEmpty else { return MerkleHash.empty }
        if range.count & (range.count - 1) == 0 {
            let level = range.count.trailingZeroBitCount
            return levels[level][range.lowerBound >> level]
        }
        let middle = Self.split(range)
        return MerkleHash.node(hash(of: range.lowerBound..<middle), hash(of: middle..<range.upperBound))
    }
}
