import Groundwork
import Ledger
import Testing

/// Expected values come from a separate program in Python that follows the recursive definitions of RFC 6962.
struct MerkleTreeTests {
    private let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].compactMap { Hex.decode($0) }

    private let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// 300 leaves: the decimal numbers from 0.
    private let large = MerkleTree(leaves: (0..<300).map { Array(String($0).utf8) })

    @Test func rootsAreThoseOfTheDefinition() {
        let tree = MerkleTree(leaves: leaves)
        for (size, root) in roots.enumerated() {
            #expect(MerkleTree(leaves: leaves.prefix(size)).root.hex == root)
            #expect(tree.root(ofFirst: size)?.hex == root)
            var frontier = MerkleFrontier()
            for leaf in leaves.prefix(size) { frontier.append(leaf: leaf) }
            #expect(frontier.root.hex == root)
            #expect(frontier.count == size)
        }
        #expect(tree.root(ofFirst: 9) == nil)
        #expect(tree.root(ofFirst: -1) == nil)
    }

    @Test func manyRootsAreThoseOfTheDefinition() {
        let roots = (0...300).compactMap { large.root(ofFirst: $0)?.bytes }
        #expect(roots.count == 301)
        #expect(
            Digest(of: roots.flatMap { $0 }).hex == "6dac2b1db0496ff5c6ba14e6b0b0f6489ece488d20f4933db2b4b17b844f184c")
    }

    @Test func proofsAreThoseOfTheDefinition() {
        let tree = MerkleTree(leaves: leaves)
        #expect(
            tree.inclusionProof(of: 5)?.map(\.hex) == [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ])
        #expect(
            tree.inclusionProof(of: 6, in: 7)?.map(\.hex) == [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ])
        #expect(
            tree.consistencyProof(from: 3, to: 7)?.map(\.hex) == [
                "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
                "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e",
            ])
        #expect(
            tree.consistencyProof(from: 4)?.map(\.hex) == [
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
            ])
        let inclusion = (0..<299).flatMap { large.inclusionProof(of: $0, in: 299) ?? [] }
        #expect(
            Digest(of: inclusion.flatMap(\.bytes)).hex
                == "89298aeda6ee87355667716230ec2601705843b4d75148368749fbb3fdeb65f1")
        let consistency = (1..<300).flatMap { large.consistencyProof(from: $0, to: 299) ?? [] }
        #expect(
            Digest(of: consistency.flatMap(\.bytes)).hex
                == "a169f68134f5ee60f076233c2ba9f7ac6cda3b2239fad5fd7c33996b3f3974c6")
    }

    @Test func proofsThatCannotExistAreNotGiven() {
        let tree = MerkleTree(leaves: leaves)
        #expect(tree.inclusionProof(of: 8) == nil)
        #expect(tree.inclusionProof(of: -1) == nil)
        #expect(tree.inclusionProof(of: 3, in: 3) == nil)
        #expect(tree.inclusionProof(of: 3, in: 9) == nil)
        #expect(tree.consistencyProof(from: 0) == nil)
        #expect(tree.consistencyProof(from: 5, to: 4) == nil)
        #expect(tree.consistencyProof(from: 5, to: 9) == nil)
        #expect(tree.consistencyProof(from: 8) == [])
        #expect(MerkleTree().inclusionProof(of: 0) == nil)
        #expect(tree.leafHash(at: 8) == nil)
    }

    @Test func everyInclusionProofHoldsForItsLeafAlone() throws {
        for size in [1, 2, 3, 7, 8, 33, 64, 65, 299] {
            let root = try #require(large.root(ofFirst: size))
            for index in 0..<size {
                let leaf = try #require(large.leafHash(at: index))
                let other = try #require(large.leafHash(at: (index + 1) % 300))
                let proof = try #require(large.inclusionProof(of: index, in: size))
                func holds(_ leaf: Digest, _ index: Int, _ size: Int, _ proof: [Digest], _ root: Digest) -> Bool {
                    MerkleProof.verifyInclusion(leafHash: leaf, index: index, size: size, proof: proof, root: root)
                }
                #expect(holds(leaf, index, size, proof, root))
                #expect(!holds(other, index, size, proof, root))
                #expect(!holds(leaf, index, size, proof, .zero))
                #expect(!holds(leaf, index, size, proof + [.zero], root))
                #expect(!holds(leaf, size, size, proof, root) && !holds(leaf, -1, size, proof, root))
                if !proof.isEmpty {
                    #expect(!holds(leaf, index, size, proof.dropLast(), root))
                    #expect(!holds(leaf, index, size, [.zero] + proof.dropFirst(), root))
                    #expect(!holds(leaf, index ^ 1, size, proof, root))
                }
            }
        }
    }

    @Test func everyConsistencyProofHoldsForItsSizesAlone() throws {
        for size in [1, 2, 3, 7, 8, 33, 64, 65, 130] {
            let new = try #require(large.root(ofFirst: size))
            for oldSize in 1...size {
                let old = try #require(large.root(ofFirst: oldSize))
                let proof = try #require(large.consistencyProof(from: oldSize, to: size))
                func holds(_ oldSize: Int, _ old: Digest, _ size: Int, _ new: Digest, _ proof: [Digest]) -> Bool {
                    MerkleProof.verifyConsistency(from: oldSize, root: old, to: size, root: new, proof: proof)
                }
                #expect(holds(oldSize, old, size, new, proof))
                #expect(!holds(oldSize, .zero, size, new, proof))
                #expect(!holds(oldSize, old, size, .zero, proof))
                #expect(!holds(oldSize, old, size, new, proof + [.zero]))
                #expect(!holds(0, MerkleHash.empty, size, new, []) && !holds(size + 1, old, size, new, proof))
                if !proof.isEmpty {
                    #expect(!holds(oldSize, old, size, new, proof.dropLast()))
                    #expect(!holds(oldSize, old, size, new, [.zero] + proof.dropFirst()))
                }
            }
        }
    }
}
