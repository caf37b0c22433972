import Authority
import Groundwork
import PKIX
import SecondOpinion

/// Looks at a finished device as a factory's station does: from the root's fingerprint and files, with no authority.
public struct DeviceVerification {
    /// The device's certificate first; then whatever may stand above it, in any order.
    public var chain: [PKIX.Certificate]
    /// SHA-256 of the root's certificate.
    public var root: Digest
    /// What was handed over, or why that does not hold; nil where none was given.
    public var handover: Result<Handover, PlanError>?
    /// CRLs beside those of the handover.
    public var lists: [CertificateList] = []
    /// What the scope is expected to be, by field.
    public var scope: [String: String] = [:]
    public var challenge: (challenge: Challenge, signature: [UInt8])?
    public var time: Timestamp

    public init(chain: [PKIX.Certificate], root: Digest, time: Timestamp) {
        self.chain = chain
        self.root = root
        self.time = time
    }

    /// How far a station's clock may be behind that of whoever made a challenge, in seconds.
    private static let skew: Int64 = 300

    /// A result for each check, in their order.
    public func results() -> [DeviceCheck.Result] { judgement().results }

    /// A result for each check, in their order, and the CRLs that they went by, from the root's down.
    public func judgement() -> (results: [DeviceCheck.Result], lists: [ListUsed]) {
        var results: [DeviceCheck.Result] = []
        func add(_ check: DeviceCheck, _ finding: Finding) {
            let (verdict, sentence): (DeviceCheck.Verdict, String) =
                switch finding {
                case .ok(let words): (.ok, words)
                case .failed(let words): (.failed, words)
                case .skipped(let words): (.skipped, words)
                }
            results.append(DeviceCheck.Result(check: check, verdict: verdict, sentence: Sentences.joined(sentence)))
        }
        add(.handover, handoverFinding)
        let path = path()
        add(.chain, Finding { try path.get().words })
        let walked = try? path.get().certificates
        add(.validity, walked.map(validity) ?? .withoutChain)
        add(.opinion, walked.map(opinion) ?? .withoutChain)
        let (revocation, lists) = revocation(walked)
        for (check, finding) in revocation { add(check, finding) }
        add(.scope, scopeFinding(walked))
        let terms = TermChecks(device: chain.first, issuer: walked?.dropFirst().first, contract: contract, time: time)
        for (check, finding) in terms.findings { add(check, finding) }
        add(.challenge, challengeFinding)
        return (results, lists)
    }

    private var contract: Contract? { (try? handover?.get())?.contract }

    private var handoverFinding: Finding {
        switch handover {
        case nil: .skipped("no handover was given, so nothing is compared with a contract")
        case .failure(let error): .failed("\(error)")
        case .success(let handover):
            .ok("contract of \(handover.contract.issued) for \(handover.contract.scopeWords), signed by \(handover.contract.signer.name)")
        }
    }

    // MARK: Chain

    private struct Walk {
        var certificates: [PKIX.Certificate]
        var words: String
    }

    private func path() -> Result<Walk, CheckFailure> {
        Result { () throws(CheckFailure) in
            guard let device = chain.first else { throw CheckFailure("there is no certificate of a device") }
            var certificates = [device]
            let handed = (try? handover?.get())?.chain ?? []
            let others = Array(chain.dropFirst()) + handed
            while let last = certificates.last, Digest(of: last.derBytes) != root {
                guard certificates.count < 16 else { throw CheckFailure("the chain is too long") }
                let named = others.filter { $0.tbs.subject == last.tbs.issuer && !certificates.contains($0) }
                guard let next = named.first(where: { (try? last.verifyIssued(by: $0)) != nil }) else {
                    // What is there in the issuer's name tells what is wrong.
                    if let other = named.first {
                        try CheckFailure.rethrowing { () throws(PKIXError) in try last.verifyIssued(by: other) }
                    }
                    if last.tbs.isSelfIssued {
                        throw CheckFailure("it ends at \(last.tbs.subject), which is not the root of the fingerprint")
                    }
                    throw CheckFailure("the certificate of \(last.tbs.issuer), which signed \(last.tbs.subject), is not there")
                }
                certificates.append(next)
            }
            guard certificates.count >= 2 else { throw CheckFailure("the certificate is the root itself, not a device's") }
            try CheckFailure.rethrowing { () throws(PKIXError) in try Path(certificates).check() }
            let names = certificates.map { $0.tbs.subject.shortName }
            return Walk(certificates: certificates, words: names.joined(separator: " ← "))
        }
    }

    private func validity(_ path: [PKIX.Certificate]) -> Finding {
        for certificate in path {
            let name = certificate.tbs.subject.shortName
            if time.secondsSinceEpoch < certificate.tbs.notBefore {
                return .failed("\(name) is valid from \(Self.moment(certificate.tbs.notBefore)) only, and it is \(time)")
            }
            if time.secondsSinceEpoch > certificate.tbs.notAfter {
                return .failed("\(name) was valid until \(Self.moment(certificate.tbs.notAfter)), and it is \(time)")
            }
        }
        let end = path.map(\.tbs.notAfter).min() ?? 0
        return .ok(end == DERTime.noExpiration ? "without end" : "until \(Self.moment(end))")
    }

    private func opinion(_ path: [PKIX.Certificate]) -> Finding {
        do throws(Disagreement) {
            try SecondOpinion.chain(
                leaf: path[0].derBytes, intermediates: path.dropFirst().dropLast().map(\.derBytes),
                anchors: [path[path.count - 1].derBytes], at: time.secondsSinceEpoch, checkAllCRLs: false)
            return .ok("OpenSSL accepts the chain")
        } catch {
            return .failed("\(error)")
        }
    }

    // MARK: Revocation

    private func revocation(_ path: [PKIX.Certificate]?) -> ([(DeviceCheck, Finding)], [ListUsed]) {
        guard let path else { return ([(.revocation, .withoutChain), (.ownRevocation, .withoutChain)], []) }
        let handover = try? handover?.get()
        var known = Revocation(lists: (handover?.lists ?? [:]).mapValues { [$0] }, bundle: handover?.bundle)
        do throws(PKIXError) {
            try known.add(lists, issuers: Array(path.dropFirst()))
        } catch {
            return ([(.revocation, .failed("\(error)")), (.ownRevocation, .skipped("a CRL does not verify"))], [])
        }
        let lists = zip(path, path.dropFirst()).map { certificate, issuer in
            known.listUsed(for: certificate, issuer: issuer, named: issuer.tbs.subject.shortName, at: time)
        }
        func by(_ used: [ListUsed]) -> String { used.isEmpty ? "" : ", by " + used.map(\.words).joined(separator: "; by ") }
        var above = Finding.ok("nothing above the device is revoked" + by(lists.dropFirst().compactMap(\.self)))
        for (certificate, issuer) in zip(path.dropFirst(), path.dropFirst(2)) {
            let problem = known.problem(with: certificate, named: certificate.tbs.subject.shortName, issuer: issuer, at: time)
            if let problem { above = .failed(Sentences.joined(problem.reason, problem.advice)); break }
        }
        let own: Finding
        let problem = known.problem(with: path[0], named: path[0].tbs.subject.shortName, issuer: path[1], at: time)
        if let problem {
            // A factory may keep its CRL elsewhere; then nothing is known about this device, and nothing is wrong.
            own = problem.isMissing ? .skipped(problem.reason) : .failed(Sentences.joined(problem.reason, problem.advice))
        } else {
            own = .ok("the device is not revoked" + by(lists.prefix(1).compactMap(\.self)))
        }
        return ([(.revocation, above), (.ownRevocation, own)], lists.reversed().compactMap(\.self))
    }

    // MARK: Scope and challenge

    private func scopeFinding(_ path: [PKIX.Certificate]?) -> Finding {
        guard let contract, let intermediate = contract.intermediate else {
            return scope.isEmpty ? .skipped("no contract says what the intermediate is for")
                : .failed("the scope can be told only with a handover")
        }
        guard let path else { return .withoutChain }
        guard Digest(of: path[1].derBytes) == intermediate.fingerprint else {
            return .failed("the device is signed by \(path[1].tbs.subject.shortName), not by the contract's \(intermediate.name)")
        }
        guard path.count == contract.device.chainLength else {
            return .failed("the chain has \(path.count) certificates, and the contract's \(contract.device.chainLength)")
        }
        for (field, value) in scope.sorted(by: { $0.key < $1.key }) where contract.scope[field] != value {
            guard let found = contract.scope[field] else { return .failed("the scope has no \(field): \(contract.scopeWords)") }
            return .failed("the scope is \(field) \(found), not \(value)")
        }
        return .ok(contract.scopeWords)
    }

    private var challengeFinding: Finding {
        guard let (challenge, signature) = challenge else { return .skipped("no challenge was given") }
        guard let device = chain.first, let key = try? device.tbs.publicKey() else {
            return .failed("the device's key is of no type that is known here")
        }
        if let problem = challenge.problem(with: signature, by: key, at: time, skew: Self.skew) { return .failed(problem) }
        return .ok("the device has its key")
    }

    private static func moment(_ seconds: Int64) -> String {
        Timestamp(secondsSinceEpoch: seconds)?.rfc3339 ?? "\(seconds)"
    }
}

/// What came of a check.
enum Finding {
    case ok(String)
    case failed(String)
    case skipped(String)

    static let withoutChain = Finding.skipped("there is no chain to look at")
    static let withoutContract = Finding.skipped("there is no contract to compare with")

    init(_ body: () throws -> String) {
        do { self = .ok(try body()) } catch { self = .failed("\(error)") }
    }
}

/// Why a check does not hold: one sentence without a full stop.
struct CheckFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    static func rethrowing(_ body: () throws(PKIXError) -> Void) throws(CheckFailure) {
        do { try body() } catch { throw CheckFailure("\(error)") }
    }
}
