import Foundation
import Testing

extension Stage {
    /// Publishes to the folder `www`, from the fingerprint on paper.
    func publish(_ authority: String = "authority", root: String? = nil) throws -> Shown {
        try anchorite("publish", authority, "www", "--root", root ?? rootFingerprint())
    }

    func needPublication(_ authority: String = "authority") throws { _ = try Self.need(try publish(authority)) }

    /// What web servers give devices, relative to `www/current`.
    func published() throws -> [String] {
        let current = URL(filePath: absolute("www/current")).resolvingSymlinksInPath()
        return try FileManager.default.subpathsOfDirectory(atPath: current.path).sorted()
    }
}

extension Family {
    static let publications = Family(
        title: "Publications",
        world: .grown, accepted: "an older state, then the newest one over it, and the same once more",
        twin: { stage in
            try stage.needPublication("old")
            try stage.needPublication()
            return try stage.publish()
        },
        attempts: [
            Attempt("an older copy of the authority over a newer publication", .publicationNewer, 1) { stage in
                try stage.needPublication()
                return try stage.publish("old")
            },
            Attempt("a CRL that was changed on the way to the publisher", .artifactBytes, 1) { stage in
                _ = try stage.spoil("authority/crls/G1-000002.crl")
                return try stage.publish()
            },
            Attempt("the CRL before the revocation in the place of the newest, on the way to the publisher", .artifactBytes, 1) { stage in
                try stage.write(stage.read("authority/crls/G1-000001.crl"), "authority/crls/G1-000002.crl")
                return try stage.publish()
            },
            Attempt("a copy of the authority with a file added", .files, 1) { stage in
                try stage.write("x", "authority/crls/G1-000003.crl")
                return try stage.publish()
            },
            Attempt("another authority than the one on paper", .rootFingerprint, 1) { stage in
                try stage.publish(root: String(repeating: "0", count: 64))
            },
            Attempt("a target that somebody else uses", .publicationForeign, 1) { stage in
                try stage.makeFolder("www")
                try stage.write("x", "www/index.html")
                return try stage.publish()
            },
            Attempt("a file put beside what is published", .publicationForeign, 1) { stage in
                try stage.needPublication("old")
                try stage.write("x", "www/current/crl/intruder.crl")
                return try stage.publish()
            },
            Attempt("the CRL before the revocation put in the place of the published one", .publicationWhole, 1) { stage in
                try stage.needPublication()
                let path = try #require(try stage.published().first { $0.hasPrefix("crl/G1") && $0.hasSuffix("-2.crl") })
                try stage.write(stage.read("authority/crls/G1-000001.crl"), "www/current/\(path)")
                return try stage.publish()
            },
            Attempt("a publication without its manifest", .publicationWhole, 1) { stage in
                try stage.needPublication()
                try stage.remove("www/current/manifest.json")
                return try stage.publish()
            },
            Attempt(
                "a CRL that was signed ahead, before its time", .publicationFresh, .ignored("left out until its time has come")
            ) { stage in
                try stage.hold(Operations.series + Operations.bundle, number: 3)
                let shown = try stage.publish()
                let lists = try stage.published().filter { $0.hasPrefix("crl/G1") && $0.hasSuffix(".crl") }
                guard lists.contains(where: { $0.hasSuffix("-3.crl") }),
                    !lists.contains(where: { $0.hasSuffix("-4.crl") || $0.hasSuffix("-5.crl") })
                else { throw Refusal(text: "\(lists)") }
                return shown
            },
            Attempt(
                "a CRL that was signed ahead and retired", .publicationNewer, .ignored("never brought out")
            ) { stage in
                try stage.hold(Operations.series + Operations.bundle, number: 3)
                try stage.hold(Operations.revoke("p1") + Operations.crl + Operations.bundle, number: 4)
                let shown = try stage.publish()
                guard try stage.published().contains(where: { $0.hasPrefix("crl/G1") && $0.hasSuffix("-6.crl") }) else {
                    throw Refusal(text: "CRL 6 is not there")
                }
                return shown
            },
        ])
}
