import Groundwork

extension Event {
    /// A signature that was made and verified, and that only a sealed package holds.
    public struct SealedSignature: Hashable, Sendable {
        public var intent: Int64
        public var package: String
        /// SHA-256 of the signature.
        public var digest: Digest
        /// SHA-256 of the CRL that it makes; nil for a signature of a bundle.
        public var object: Digest?
    }

    /// A package, whole and on disk.
    public struct SealedPackage: Hashable, Sendable {
        public var step: StepID
        public var package: String
        /// SLIP-0039's identifier of the shares of its key.
        public var set: Int64
        public var file: ArtifactFile
    }

    /// A package that responders opened since the ceremony before.
    public struct OpenedPackage: Hashable, Sendable {
        public var package: String
        /// When it was opened.
        public var time: Timestamp
        /// Who brought shares; sorted.
        public var responders: [String]
        /// What opened it, the CRL, and the files of the bundle.
        public var files: [ArtifactFile]
    }
}

extension Event.SealedSignature {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "intent": .integer(intent), "package": .string(package), "sha256": .string(digest.hex),
        ]
        fields["object"] = object.map { .string($0.hex) }
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            intent: try reader.integer("intent"), package: try reader.string("package"),
            digest: try reader.digest("sha256"), object: try reader.optionalDigest("object"))
    }
}

extension Event.SealedPackage {
    var fields: [String: JSONValue] {
        ["step": step.json, "package": .string(package), "set": .integer(set), "file": file.json]
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            step: try reader.stepID("step"), package: try reader.string("package"), set: try reader.integer("set"),
            file: try reader.artifactFile("file"))
    }
}

extension Event.OpenedPackage {
    var fields: [String: JSONValue] {
        [
            "package": .string(package), "opened": .time(time), "responders": .strings(responders),
            "files": .array(files.map(\.json)),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            package: try reader.string("package"), time: try reader.timestamp("opened"),
            responders: try reader.strings("responders"), files: try reader.artifactFiles("files"))
    }
}
