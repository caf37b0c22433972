import Glibc
import Groundwork

/// What `bench/run` needs and the released program does not offer. It is built for the bench and never installed.
@main
enum AnchoriteBench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments.first {
            case "requests" where arguments.count == 4:
                try Requests.make(count: try number(arguments[1]), kind: arguments[2], in: arguments[3])
            case "crl" where arguments.count == 8:
                try CertificateListTask(
                    index: arguments[1], module: arguments[2], token: arguments[3], key: arguments[4],
                    pin: arguments[5], issuer: arguments[6], output: arguments[7]
                ).run()
            case "bundle-set" where arguments.count == 3:
                try BundleTask.makeSet(count: try number(arguments[1]), in: arguments[2])
            case "bundle" where arguments.count == 5:
                try BundleTask.sign(set: arguments[1], signer: arguments[2], key: arguments[3], output: arguments[4])
            case "ledger" where arguments.count == 2:
                try LedgerSpeed.measure(arguments[1])
            default:
                say("usage: anchorite-bench requests COUNT KEY-TYPE FOLDER")
                say("       anchorite-bench crl INDEX MODULE TOKEN KEY PIN ISSUER OUTPUT")
                say("       anchorite-bench bundle-set COUNT FOLDER")
                say("       anchorite-bench bundle SET SIGNER KEY OUTPUT")
                say("       anchorite-bench ledger FILE")
                exit(64)
            }
        } catch {
            say("\(error)")
            exit(1)
        }
    }

    private static func number(_ text: String) throws(BenchError) -> Int {
        guard let number = Int(text), (1...1_000_000).contains(number) else {
            throw BenchError("\(text) is not a number from 1 to 1000000.")
        }
        return number
    }

    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(2, bytes, bytes.count)
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
