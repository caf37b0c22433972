/// A C function that knows the bundle's deny list, for firmware whose library reads no CRLs or is given none.
struct CDenyList {
    /// Such as `anchorite_mbedtls_denies`.
    let function: String
    let entries: [DeniedCertificate]

    /// Of the library's own name, so that the sources of several libraries may be compiled as one.
    private var array: String { "\(function)_list" }

    private var signature: String {
        """
        int \(function)(
            const unsigned char *issuer_key_id, size_t issuer_key_id_length,
            const unsigned char *serial, size_t serial_length)
        """
    }

    var declaration: String {
        """
        /* 1 if the bundle denies the certificate with this serial number (big-endian; zeros in front do not count) of the
           issuer with this key identifier, else 0. With an issuer_key_id_length of 0, the serial number alone decides. */
        \(signature);

        """
    }

    /// The list is flat: a length and the issuer's key identifier, a length and the serial number, …, and 0.
    var definition: String {
        get throws(BundleError) {
            var rows = ""
            for entry in entries {
                rows += try Self.row(entry.issuerKeyIdentifier)
                rows += try Self.row(Array(entry.serial.drop { $0 == 0 }))
            }
            return """
                static const unsigned char \(array)[] = {
                \(rows)    0,
                };

                \(signature) {
                    const unsigned char *entry = \(array);
                    while (serial_length > 0 && serial[0] == 0) {
                        serial++;
                        serial_length--;
                    }
                    while (*entry != 0) {
                        const unsigned char *issuer = entry, *number = entry + 1 + *entry;
                        entry = number + 1 + *number;
                        if (issuer_key_id_length != 0 &&
                            (*issuer != issuer_key_id_length || memcmp(issuer + 1, issuer_key_id, *issuer) != 0))
                            continue;
                        if (*number == serial_length && memcmp(number + 1, serial, serial_length) == 0) return 1;
                    }
                    return 0;
                }

                """
        }
    }

    private static func row(_ bytes: [UInt8]) throws(BundleError) -> String {
        guard let count = UInt8(exactly: bytes.count), count > 0 else {
            throw BundleError(
                .renderings, "An entry of the deny list has \(bytes.count) bytes, which C sources cannot hold.")
        }
        return "    \(count),\n\(CArray.lines(bytes))\n"
    }
}
