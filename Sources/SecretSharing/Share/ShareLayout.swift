import Groundwork

/// Where the parts of a share stand in its words. Words are kept as numbers of two bytes each, the high one first.
enum ShareLayout {
    static let headerWords = 4
    /// Header and checksum.
    static let overhead = headerWords + RS1024.wordCount
    /// Secrets have 128 bits or more.
    static let shortest = wordCount(forSecretOf: 16)
    /// RS1024 keeps its promise for no more than this.
    static let longest = 1023

    /// - Parameter length: in bytes.
    static func wordCount(forSecretOf length: Int) -> Int { overhead + (8 * length + 9) / 10 }

    /// How many zero bits stand before a value of so many words, or nil when no secret, which has an even number of
    /// bytes, is written in so many.
    static func padding(ofWords count: Int) -> Int? {
        let padding = 10 * count % 16
        return padding <= 8 ? padding : nil
    }

    static func word(_ position: Int, _ words: UnsafeRawBufferPointer) -> Int {
        Int(words[2 * position]) << 8 | Int(words[2 * position + 1])
    }

    /// The two words that stand for the identifier, the flag and the exponent.
    static func setName(_ set: Share.SetParameters) -> String {
        header(set).map { ShareWords.all[Int($0) & 1023] }.joined(separator: " ")
    }

    private static func header(_ set: Share.SetParameters) -> [UInt16] {
        let bits = Int(set.identifier) << 5 | (set.isExtendable ? 16 : 0) | set.iterationExponent
        return [UInt16(bits >> 10 & 1023), UInt16(bits & 1023)]
    }

    static func encode(_ share: Share) throws(ShareError) -> SecretBytes {
        try SecretBytes.filled(2 * share.wordCount, orThrow: ShareError.self) { words throws(ShareError) in
            var checksum = RS1024(isExtendable: share.set.isExtendable)
            var place = 0
            let append = { (word: UInt16) in
                words[place] = UInt8(word >> 8)
                words[place + 1] = UInt8(word & 0xff)
                place += 2
                checksum.add(word)
            }
            header(share.set).forEach(append)
            let member =
                share.groupIndex << 16 | (share.set.groupThreshold - 1) << 12 | (share.set.groupCount - 1) << 8
                | share.memberIndex << 4 | (share.memberThreshold - 1)
            append(UInt16(member >> 10 & 1023))
            append(UInt16(member & 1023))

            var pending: UInt32 = 0
            var pendingBits = 10 * (share.wordCount - overhead) - 8 * share.value.count
            share.value.withUnsafeBytes { value in
                for byte in value {
                    pending = pending << 8 | UInt32(byte)
                    pendingBits += 8
                    if pendingBits >= 10 {
                        pendingBits -= 10
                        append(UInt16(pending >> UInt32(pendingBits) & 1023))
                    }
                }
            }
            let seal = checksum.checksum
            for shift in [20, 10, 0] as [UInt32] { append(UInt16(seal >> shift & 1023)) }
        }
    }

    /// - Parameter words: ``shortest`` of them at least, in a number that some secret has.
    static func decode(_ words: UnsafeRawBufferPointer) throws(ShareError) -> Share {
        let count = words.count / 2
        guard count >= shortest, let padding = padding(ofWords: count - overhead) else {
            throw .impossibleWordCount(count)
        }
        let set = word(0, words) << 10 | word(1, words)
        let member = word(2, words) << 10 | word(3, words)
        let isExtendable = set & 16 != 0
        var checksum = RS1024(isExtendable: isExtendable)
        for position in 0..<count { checksum.add(UInt16(word(position, words))) }
        guard checksum.holds else { throw .wrongChecksum }

        let parameters = Share.SetParameters(
            identifier: UInt16(set >> 5), isExtendable: isExtendable, iterationExponent: set & 15,
            groupThreshold: (member >> 12 & 15) + 1, groupCount: (member >> 8 & 15) + 1)
        guard parameters.groupThreshold <= parameters.groupCount else {
            throw .groupThresholdAboveCount(threshold: parameters.groupThreshold, count: parameters.groupCount)
        }
        let value = try decodeValue(words, positions: headerWords..<(count - RS1024.wordCount), padding: padding)
        return Share(
            set: parameters, groupIndex: member >> 16, memberIndex: member >> 4 & 15, memberThreshold: member & 15 + 1,
            value: value)
    }

    private static func decodeValue(
        _ words: UnsafeRawBufferPointer, positions: Range<Int>, padding: Int
    ) throws(ShareError) -> SecretBytes {
        try SecretBytes.filled((10 * positions.count - padding) / 8, orThrow: ShareError.self) {
            value throws(ShareError) in
            var pending = 0
            var pendingBits = -padding
            var place = 0
            for position in positions {
                pending = (pending << 10 | word(position, words)) & 0xf_ffff
                pendingBits += 10
                guard position > positions.lowerBound || pending >> pendingBits == 0 else { throw .paddingNotZero }
                while pendingBits >= 8 {
                    pendingBits -= 8
                    value[place] = UInt8(pending >> pendingBits & 0xff)
                    place += 1
                }
            }
        }
    }
}
