"""What pyca/cryptography does for a CRL of devices: makes it of a CSV file with a key in software, or verifies one."""

import csv
import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

REASONS = {flag.value: flag for flag in x509.ReasonFlags}


def make(source, output):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime(2026, 11, 1)
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bench")]), last_update=now,
        next_update=now + datetime.timedelta(days=365))
    # add_revoked_certificate copies the list each time.
    entries = []
    with open(source, encoding="ascii", newline="") as file:
        for line in csv.DictReader(file):
            entry = x509.RevokedCertificateBuilder(
                serial_number=int(line["serial"], 16), revocation_date=datetime.datetime.fromisoformat(line["date"][:19]))
            if line["reason"]:
                entry = entry.add_extension(x509.CRLReason(REASONS[line["reason"]]), critical=False)
            entries.append(entry.build())
    builder._revoked_certificates = entries
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(x509.CRLNumber(2), critical=False)
    with open(output, "wb") as file:
        file.write(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def verify(path, issuer):
    with open(path, "rb") as file:
        crl = x509.load_der_x509_crl(file.read())
    with open(issuer, "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    assert crl.is_signature_valid(certificate.public_key())
    last = -1
    for entry in crl:
        assert entry.serial_number > last
        last = entry.serial_number


if __name__ == "__main__":
    {"make": make, "verify": verify}[sys.argv[1]](*sys.argv[2:])
