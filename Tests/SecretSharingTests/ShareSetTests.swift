import Groundwork
import Testing

@testable import SecretSharing

struct ShareSetTests {
    /// 2 of these 3 groups: 2 of 3, 3 of 5, 1 of 1.
    let secret: SecretBytes
    let groups: [[Share]]

    init() throws {
        secret = try .random(count: 16)
        groups = try SecretSharing.split(secret, identifier: 7, [(2, 3), (3, 5), (1, 1)], groupThreshold: 2)
    }

    private func set(_ shares: Share...) throws -> ShareSet {
        var set = ShareSet()
        for share in shares { try set.add(share) }
        return set
    }

    /// The share is refused, the sentence is this, and the set is as before.
    private func refuse(_ share: Share, by set: ShareSet, _ error: ShareSetError, _ sentence: String) {
        var copy = set
        #expect(throws: error) { try copy.add(share) }
        #expect(error.description == sentence)
        #expect(copy.progress == set.progress)
        #expect(copy.parameters == set.parameters)
    }

    @Test func whatIsMissingIsSaidAtEachStep() throws {
        var set = ShareSet()
        let steps: [(share: Share?, missing: String)] = [
            (nil, "every share"),
            (groups[1][4], "2 groups of 3 (group 2 lacks 2 shares)"),
            (groups[0][1], "2 groups of 3 (group 1 lacks 1 share, group 2 lacks 2 shares)"),
            (groups[1][0], "2 groups of 3 (group 1 lacks 1 share, group 2 lacks 1 share)"),
            (groups[2][0], "1 more group of 3 (group 1 lacks 1 share, group 2 lacks 1 share, group 3 is complete)"),
            (groups[0][2], ""),
        ]
        for step in steps {
            if let share = step.share { try set.add(share) }
            #expect(set.missing == step.missing)
            #expect(set.isComplete == step.missing.isEmpty)
            if !set.isComplete {
                let error = ShareSetError.incomplete(missing: step.missing)
                #expect(throws: error) { try set.combine() }
                #expect(error.description == "Shares are missing: \(step.missing).")
            }
        }
        // Group 2, begun and not needed in the end, is left out.
        #expect(try set.combine().isEqual(to: secret))
        #expect(
            set.progress == [
                GroupProgress(index: 0, members: [1, 2], threshold: 2),
                GroupProgress(index: 1, members: [0, 4], threshold: 3),
                GroupProgress(index: 2, members: [0], threshold: 1),
            ])
        #expect(set.progress.map(\.isComplete) == [true, false, true])
        #expect(set.progress.map(\.missing) == [0, 1, 0])
    }

    @Test func theStateOfAGroupWithoutSharesIsUnknown() throws {
        let set = try set(groups[2][0])
        #expect(ShareSet().progress.isEmpty)
        #expect(set.progress.map(\.threshold) == [nil, nil, 1])
        #expect(set.progress.map(\.missing) == [nil, nil, 0])
        #expect(set.missing == "1 more group of 3 (group 3 is complete)")
    }

    @Test func aShareOfAnotherSetIsToldApart() throws {
        let set = try set(groups[0][0])
        let other = try SecretSharing.split(secret, identifier: 8, [(2, 3), (3, 5), (1, 1)], groupThreshold: 2)
        let names = (groups[0][0].setName, other[0][1].setName)
        #expect(names.0 != names.1)
        refuse(
            other[0][1], by: set, .otherSet(expected: names.0, found: names.1),
            "The share belongs to another set: it begins with \"\(names.1)\", the shares before it with "
                + "\"\(names.0)\". Use shares of one set.")
    }

    @Test func theSameShareAgainIsToldApart() throws {
        let sentence = "Share 2 of group 1 is here already. Enter another one."
        refuse(groups[0][1], by: try set(groups[0][1]), .duplicate(group: 0, member: 1), sentence)
        refuse(groups[0][1], by: try set(groups[0][1], groups[0][0]), .duplicate(group: 0, member: 1), sentence)
        refuse(
            groups[0][1], by: try set(groups[0][1], groups[0][0], groups[2][0]), .duplicate(group: 0, member: 1),
            sentence)
    }

    @Test func anotherShareWithTheSameNumberIsToldApart() throws {
        let forged = Share(
            set: groups[0][1].set, groupIndex: 0, memberIndex: 1, memberThreshold: 2, value: try .random(count: 16))
        refuse(
            forged, by: try set(groups[0][1]), .sameIndex(group: 0, member: 1),
            "Another share 2 of group 1 is here already. One of the two is forged or of another set.")
    }

    @Test func aShareTooManyIsToldApart() throws {
        let complete = try set(groups[0][0], groups[0][2])
        refuse(
            groups[0][1], by: complete, .groupComplete(group: 0),
            "Group 1 is complete without this share. Put it away.")
        refuse(
            groups[1][0], by: try set(groups[0][0], groups[0][2], groups[2][0]), .groupNotNeeded(group: 1),
            "Enough groups are complete without a share of group 2. Put it away.")
        // A group that was begun is not finished either.
        refuse(
            groups[1][0], by: try set(groups[1][1], groups[0][0], groups[0][2], groups[2][0]),
            .groupNotNeeded(group: 1),
            "Enough groups are complete without a share of group 2. Put it away.")
    }

    @Test func sharesThatContradictEachOtherAreToldApart() throws {
        let first = groups[0][0]
        let set = try set(first)
        let changed = { (threshold: Int, count: Int, memberThreshold: Int, length: Int) in
            let parameters = Share.SetParameters(
                identifier: first.set.identifier, isExtendable: true, iterationExponent: 0, groupThreshold: threshold,
                groupCount: count)
            return Share(
                set: parameters, groupIndex: 0, memberIndex: 1, memberThreshold: memberThreshold,
                value: try .random(count: length))
        }
        let end = "One of them is forged or of another set."
        refuse(
            try changed(1, 3, 2, 16), by: set, .contradiction(.groupThreshold, expected: 2, found: 1),
            "The share says that 1 group is needed, those before it 2. \(end)")
        refuse(
            try changed(2, 4, 2, 16), by: set, .contradiction(.groupCount, expected: 3, found: 4),
            "The share says that there are 4 groups, those before it 3. \(end)")
        refuse(
            try changed(2, 3, 2, 32), by: set, .contradiction(.wordCount, expected: 20, found: 33),
            "The share has 33 words, those before it 20. \(end)")
        refuse(
            try changed(2, 3, 3, 16), by: set, .contradiction(.memberThreshold(group: 0), expected: 2, found: 3),
            "The share says that 3 shares of group 1 are needed, those before it 2. \(end)")
    }

    @Test func forgedSharesOfAGroupAreFoundByTheirDigest() throws {
        for place in 0..<16 {
            var bytes = groups[0][1].value.bytes
            bytes[place] ^= 1
            let forged = Share(
                set: groups[0][1].set, groupIndex: 0, memberIndex: 1, memberThreshold: 2, value: try .of(bytes))
            // Its checksum holds: only the digest tells.
            let set = try set(groups[0][0], Share(forged.text()), groups[2][0])
            #expect(throws: ShareSetError.wrongDigest(group: 0)) { try set.combine() }
        }
        #expect(
            ShareSetError.wrongDigest(group: 0).description
                == "The shares of group 1 do not belong together. At least one is forged or of another set.")
    }

    @Test func groupsOfTwoSetsWithOneNameAreFoundByTheirDigest() throws {
        let other = try SecretSharing.split(
            .random(count: 16), identifier: 7, [(2, 3), (3, 5), (1, 1)], groupThreshold: 2)
        #expect(other[0][0].setName == groups[0][0].setName)
        let set = try set(groups[0][0], groups[0][1], other[2][0])
        #expect(throws: ShareSetError.wrongDigest(group: nil)) { try set.combine() }
        #expect(
            ShareSetError.wrongDigest(group: nil).description
                == "The groups do not belong together. The shares of at least one are forged or of another set.")
    }

    @Test func aGroupOfCopiesAsOtherProgramsMayMakeThemIsRead() throws {
        // 1 of 2: the standard forbids to make it, not to combine it.
        let only = groups[2][0]
        let copy = Share(set: only.set, groupIndex: 2, memberIndex: 1, memberThreshold: 1, value: only.value)
        #expect(try set(copy, groups[0][0], groups[0][1]).combine().isEqual(to: secret))
        refuse(
            copy, by: try set(only), .groupComplete(group: 2), "Group 3 is complete without this share. Put it away.")
    }
}
