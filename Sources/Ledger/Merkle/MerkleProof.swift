import Groundwork

/// Checks proofs without the tree, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 describe for the tree of RFC 6962.
public enum MerkleProof {
    /// Whether the leaf at `index` is in the tree of `size` leaves that has the root.
    public static func verifyInclusion(
        leafHash: Digest, index: Int, size: Int, proof: [Digest], root: Digest
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leafHash
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = MerkleHash.node(sibling, hash)
                // A node without a right neighbour moves up unchanged until it is one.
                while node & 1 == 0, node > 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the tree of `oldSize` leaves is the beginning of the tree of `newSize` leaves.
    public static func verifyConsistency(
        from oldSize: Int, root oldRoot: Digest, to newSize: Int, root newRoot: Digest, proof: [Digest]
    ) -> Bool {
        guard oldSize > 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
        // An old tree that is complete is a node of the new one, and its root is not repeated in the proof.
        var path = proof[...]
        let isComplete = oldSize & (oldSize - 1) == 0
        guard let seed = isComplete ? oldRoot : path.popFirst() else { return false }
        var node = oldSize - 1
        var last = newSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var old = seed
        var new = seed
        for sibling in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                old = MerkleHash.node(sibling, old)
                new = MerkleHash.node(sibling, new)
                while node & 1 == 0, node > 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleHash.node(new, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
