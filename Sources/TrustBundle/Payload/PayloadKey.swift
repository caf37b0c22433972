/// The keys of the payload's map.
enum PayloadKey: Int64, CaseIterable {
    case version = 0
    case storeID = 1
    case sequence = 2
    case issued = 3
    case expires = 4
    case anchors = 5
    case intermediates = 6
    case minimumCRLNumbers = 7
    case nextRootHash = 8
    case previousPayload = 9
    case renderings = 10
    case denyList = 11
    case environment = 12
    case threshold = 13

    /// How errors and diagnostics call the field.
    var name: String {
        switch self {
        case .version: "version"
        case .storeID: "storeID"
        case .sequence: "sequence"
        case .issued: "issued"
        case .expires: "expires"
        case .anchors: "anchors"
        case .intermediates: "intermediates"
        case .minimumCRLNumbers: "minimumCRLNumbers"
        case .nextRootHash: "nextRootHash"
        case .previousPayload: "previousPayload"
        case .renderings: "renderings"
        case .denyList: "denyList"
        case .environment: "environment"
        case .threshold: "threshold"
        }
    }

    var cbor: CBORValue { .integer(rawValue) }

    static let names = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.name) })
}
