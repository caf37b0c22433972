import Groundwork
import PKCS11

/// Who is asked and told while a token is initialized.
public protocol InitializationDesk: CustodyDesk {
    /// Wants a phrase typed in full before everything on a token is destroyed.
    ///
    /// - Throws: whatever stops it, such as another phrase.
    func confirmDestruction(of token: TokenDescription) throws

    /// The security officer's PIN that a token has now.
    func officerPIN(of token: TokenDescription) throws -> SecretBytes

    /// Whether to go on with shares that an interrupted initialization handed out, rather than to make new ones.
    func goesOn(with unfinished: UnfinishedCustody) throws -> Bool

    /// Whether another selection of custodians is to be tried.
    ///
    /// - Parameter count: how many have logged in.
    func rehearsesAgain(after count: Int) throws -> Bool

    func note(_ notice: InitializationNotice)
}

/// What happens while a token is initialized.
public enum InitializationNotice: Sendable {
    /// The token is blank, or will be made so.
    case found(TokenDescription)
    /// An earlier initialization was interrupted, and the shares that it handed out are void.
    case voids(begun: Timestamp)
    /// The policy names a serial number that the token does not have yet.
    case serialToCome(policy: String, found: String)
    case handsOut(shares: Int)
    case confirmed(shares: Int)
    /// The shares that were handed out are wanted, to go on.
    case collects
    case initialized(TokenDescription)
    case rehearses
    case loggedIn(custodians: [String])
    case finished(path: String, custodians: [String])
}
