"""Puts a delta CRL on top of a CRL, as RFC 5280 5.2.4 says, and compares the two with the CRL that the delta goes with.

delta.py ISSUER.cer BASE.crl DELTA.crl WHOLE.crl
"""
import json
import pathlib
import sys

from cryptography import x509

certificate, *lists = [pathlib.Path(path).read_bytes() for path in sys.argv[1:]]
issuer = x509.load_der_x509_certificate(certificate)
base, delta, whole = map(x509.load_der_x509_crl, lists)


def value(crl, kind):
    return crl.extensions.get_extension_for_class(kind).value


def entries(crl):
    return {entry.serial_number: (entry.revocation_date_utc, [e.value for e in entry.extensions]) for entry in crl}


for crl in (base, delta, whole):
    assert crl.is_signature_valid(issuer.public_key()), "a signature does not verify"
    assert crl.issuer == issuer.subject, crl.issuer
assert value(delta, x509.AuthorityKeyIdentifier) == value(base, x509.AuthorityKeyIdentifier)
assert value(delta, x509.DeltaCRLIndicator).crl_number <= value(base, x509.CRLNumber).crl_number, "it adds to a newer one"
assert value(delta, x509.CRLNumber) == value(whole, x509.CRLNumber), "it goes with another CRL"
assert {**entries(base), **entries(delta)} == entries(whole), "base and delta are not the whole"

print(json.dumps({
    "base": value(delta, x509.DeltaCRLIndicator).crl_number, "number": value(delta, x509.CRLNumber).crl_number,
    "critical": [e.oid.dotted_string for e in delta.extensions if e.critical], "added": len(delta),
    "freshest": [name.value for point in value(base, x509.FreshestCRL) for name in point.full_name],
}))
