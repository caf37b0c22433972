import Groundwork
import PKCS11
import SecretSharing

/// Gives a token PINs that nobody knows.
///
/// Shares are handed out and typed back before the token gets its PINs, and a file without a secret says how far that
/// came: at no instant does a token have a PIN that is lost. Whatever interrupts, the same command goes on.
public final class TokenInitializer {
    private let directory: AuthorityDirectory
    private let policy: TokenPolicy
    private let groups: [CustodyGroup]
    private let module: Module
    private let desk: any InitializationDesk
    private let slot: String?
    private let destroying: String?
    private let time: Timestamp

    /// - Parameters:
    ///   - directory: of the authority, which need not exist.
    ///   - name: the token's name in the policy.
    ///   - module: gives the module that serves the token.
    ///   - slot: the description of the slot, where several tokens are blank.
    ///   - destroying: the serial number of a token that was initialized before, and all of which may be destroyed.
    /// - Throws: ``PlanError`` where the policy gives nobody shares of the token, and what `module` throws.
    public init(
        directory: AuthorityDirectory, policy: Policy, token name: String, module: () throws -> Module,
        slot: String? = nil, destroying: String? = nil, desk: any InitializationDesk, time: Timestamp = .now()
    ) throws {
        guard let token = policy.tokens[name] else {
            let nearest = NearestName.nearest(to: name, among: policy.tokens.keys)
            throw PlanError(
                .tokenIdentity, "the policy has no token \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""),
                advice: "It has \(policy.tokens.keys.sorted().joined(separator: ", "))")
        }
        guard let groups = policy.custodyGroups(of: name) else {
            throw PlanError(
                .custody, "the policy says of nobody that they hold shares of the token \(name)",
                advice: "Add custody to the token in the policy")
        }
        self.directory = directory
        self.policy = token
        self.groups = groups
        self.module = try module()
        self.slot = slot
        self.destroying = destroying
        self.desk = desk
        self.time = time
    }

    private var name: String { policy.name }
    private var path: String { AuthorityPaths.custody(name, 1) }
    private var unfinishedPath: String { directory.absolute(AuthorityPaths.unfinishedCustody(name)) }

    /// Hands out shares, initializes the token, rehearses recovery, and writes the custody file.
    ///
    /// - Throws: ``PlanError``, `CryptokiError`, `FileError`, and what the desk throws.
    public func run() throws {
        try requireNew()
        let unfinished = try directory.unfinishedCustody(of: name)
        if let unfinished, let record = unfinished.record, try desk.goesOn(with: unfinished) {
            let target = try self.target(isResumed: true)
            desk.note(.collects)
            guard let shares = try desk.gather(record) else { return }
            try finish(target, record, shares.secret)
        } else {
            let target = try self.target(isResumed: false)
            if let unfinished { desk.note(.voids(begun: unfinished.begun)) }
            if let wanted = policy.serial, wanted != target.description.serial {
                desk.note(.serialToCome(policy: wanted, found: target.description.serial))
            }
            let (record, secret) = try handOut(target.description)
            try finish(target, record, secret)
        }
    }

    // MARK: What is there

    /// A token of the authority that exists is not initialized again: its keys would be gone.
    private func requireNew() throws {
        let reading = try AuthorityReading.state(of: directory)
        if let state = reading.state,
            state.custodies[name] != nil || state.keys.values.contains(where: { $0.planned.token == name })
        {
            throw PlanError(
                .custody,
                "the authority \(state.authority) has keys on the token \(name): its ledger has \(reading.head.size) lines",
                advice: "To give it new PINs, hold a ceremony with the operation reshare-custody")
        }
        guard !directory.contains(path) else {
            throw PlanError(
                .custody, "\(path) says that the shares of the token \(name) were handed out",
                advice: "To begin again before its first ceremony, move that file away and name the token's serial number "
                    + "with --destroy")
        }
    }

    private enum Target {
        case blank(TokenDescription)
        /// Initialized by an interrupted run with these very shares.
        case begun(Token)
        /// Of somebody else, or of shares that are void.
        case used(Token)

        var description: TokenDescription {
            switch self {
            case .blank(let description): description
            case .begun(let token), .used(let token): token.description
            }
        }
    }

    private func target(isResumed: Bool) throws -> Target {
        let target: Target
        if let destroying {
            let token = try module.token(label: nil, serial: destroying)
            try desk.confirmDestruction(of: token.description)
            target = .used(token)
        } else if let present = try module.tokens().first(where: { $0.label == policy.label && !$0.isBlank }) {
            guard isResumed else {
                throw PlanError(
                    .custody,
                    "a token with the label \(policy.label) and the serial number \(present.serial) is initialized already",
                    advice: "If all that it holds may be destroyed, name it: --destroy \(present.serial)")
            }
            target = .begun(try module.token(label: policy.label, serial: policy.serial ?? present.serial))
        } else {
            target = .blank(try module.uninitializedToken(serial: policy.serial.flatMap(serialOfBlank), slotDescription: slot))
        }
        _ = try SharedPIN.length(for: target.description.pinLengthRange)
        desk.note(.found(target.description))
        return target
    }

    /// Some tokens get a serial number only when they are initialized; there the policy's is compared afterwards.
    private func serialOfBlank(_ wanted: String) -> String? {
        let blank = (try? module.uninitializedTokens()) ?? []
        return blank.contains { $0.serial == wanted } ? wanted : nil
    }

    // MARK: Shares

    private func handOut(_ token: TokenDescription) throws -> (CustodyRecord, SecretBytes) {
        try directory.makeFolder(for: path)
        var unfinished = UnfinishedCustody(token: name, begun: time)
        try DurableFile.replace(unfinishedPath, unfinished.canonicalBytes)
        let shared = try SharedSecret(groups: groups)
        desk.note(.handsOut(shares: shared.handouts.count))
        try desk.handOut(shared, token: name)
        let record = shared.record(
            token: name, serial: "", pinLength: try SharedPIN.length(for: token.pinLengthRange))
        unfinished.record = record
        try DurableFile.replace(unfinishedPath, unfinished.canonicalBytes)
        desk.note(.confirmed(shares: shared.handouts.count))
        return (record, shared.secret)
    }

    // MARK: The token

    private func finish(_ target: Target, _ record: CustodyRecord, _ secret: SecretBytes) throws {
        let officer = try SharedPIN(of: .securityOfficer, from: secret, length: record.pinLength).pin
        let user = try SharedPIN(of: .user, from: secret, length: record.pinLength).pin
        let token = try initialize(target, officer, user)
        desk.note(.initialized(token.description))
        var record = record
        record.serial = token.serial
        if let wanted = policy.serial, wanted != token.serial {
            throw PlanError(
                .tokenIdentity, "the token got the serial number \(token.serial), and the policy names \(wanted)",
                advice: "Correct the policy, and run the same command again")
        }
        try rehearse(token, record)
        try DurableFile.create(directory.absolute(path), record.canonicalBytes)
        try directory.remove(AuthorityPaths.unfinishedCustody(name))
        desk.note(.finished(path: directory.absolute(path), custodians: record.custodians))
    }

    private func initialize(_ target: Target, _ officer: SecretBytes, _ user: SecretBytes) throws -> Token {
        var token: Token
        switch target {
        case .blank(let blank):
            token = try officer.withUnsafeBytes {
                try Token.initialize(blank, module: module, label: policy.label, soPIN: $0)
            }
        case .begun(let begun):
            token = begun
        case .used(let used):
            let old = try desk.officerPIN(of: used.description)
            token = try old.withUnsafeBytes { old in
                let fresh = try used.initializeAgain(serial: used.serial, label: policy.label, soPIN: old)
                return try officer.withUnsafeBytes { try fresh.setSecurityOfficerPIN(old: old, new: $0) }
            }
        }
        if !token.description.userPINInitialized {
            token = try officer.withUnsafeBytes { officer in
                try user.withUnsafeBytes { try token.initializeUserPIN(soPIN: officer, userPIN: $0) }
            }
        }
        return token
    }

    /// Custodians who are enough bring their shares from paper, and these log in: as security officer and as user.
    private func rehearse(_ token: Token, _ record: CustodyRecord) throws {
        var count = 0
        repeat {
            desk.note(.rehearses)
            guard let shares = try desk.gather(record) else { return }
            let officer = try SharedPIN(of: .securityOfficer, from: shares.secret, length: record.pinLength).pin
            let user = try SharedPIN(of: .user, from: shares.secret, length: record.pinLength).pin
            let session = try token.openSession(writable: true)
            defer { session.close() }
            try officer.withUnsafeBytes { try session.loginSO(pin: $0) }
            try session.logout()
            try user.withUnsafeBytes { try session.login(pin: $0) }
            count += 1
            desk.note(.loggedIn(custodians: shares.custodians))
        } while try desk.rehearsesAgain(after: count)
    }
}
