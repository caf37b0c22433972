"""pyca/cryptography judges certificates and CRLs: pyca.py FILE

FILE is JSON: `certificates`: {name: {path, issuer}}, `lists`: [{path, issuer}], `chains`: [[leaf, ..., root]], by name.
Every signature is verified; what was read is printed as JSON, for the test to compare with what was planned.
"""
import json
import sys

import cryptography
from cryptography import x509
from cryptography.x509 import verification

with open(sys.argv[1], encoding="utf-8") as stream:
    work = json.load(stream)


def load(path, parse):
    with open(path, "rb") as stream:
        return parse(stream.read())


def value(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


USAGES = {
    "digital_signature": "digitalSignature", "content_commitment": "contentCommitment",
    "key_encipherment": "keyEncipherment", "data_encipherment": "dataEncipherment", "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign", "crl_sign": "cRLSign",
}


def facts(certificate):
    constraints, usage = value(certificate, x509.BasicConstraints), value(certificate, x509.KeyUsage)
    own, issuers = value(certificate, x509.SubjectKeyIdentifier), value(certificate, x509.AuthorityKeyIdentifier)
    assert own == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    names, points = value(certificate, x509.NameConstraints), value(certificate, x509.CRLDistributionPoints) or []
    return {
        "subject": certificate.subject.rfc4514_string(), "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}", "notBefore": time(certificate.not_valid_before_utc),
        "notAfter": time(certificate.not_valid_after_utc),
        "algorithm": certificate.signature_algorithm_oid.dotted_string,
        "isCA": constraints.ca, "pathLength": constraints.path_length,
        "keyUsage": [word for name, word in USAGES.items() if getattr(usage, name)],
        "extendedKeyUsage": [oid.dotted_string for oid in value(certificate, x509.ExtendedKeyUsage) or []],
        "subjectKeyIdentifier": own.digest.hex(),
        "authorityKeyIdentifier": issuers.key_identifier.hex() if issuers else None,
        "policies": [p.policy_identifier.dotted_string for p in value(certificate, x509.CertificatePolicies) or []],
        "permitted": [name.value.rfc4514_string() for name in names.permitted_subtrees] if names else [],
        "issuerURLs": [d.access_location.value for d in value(certificate, x509.AuthorityInformationAccess) or []],
        "listURLs": [name.value for point in points for name in point.full_name],
        "critical": [e.oid.dotted_string for e in certificate.extensions if e.critical],
    }


def list_facts(crl):
    revoked = []
    for entry in crl:
        reason, since = value(entry, x509.CRLReason), value(entry, x509.InvalidityDate)
        revoked.append({
            "serial": f"{entry.serial_number:x}", "date": time(entry.revocation_date_utc),
            "reason": reason.reason.value if reason else None,
            "since": time(since.invalidity_date_utc) if since else None,
        })
    return {
        "issuer": crl.issuer.rfc4514_string(), "number": value(crl, x509.CRLNumber).crl_number,
        "thisUpdate": time(crl.last_update_utc), "nextUpdate": time(crl.next_update_utc),
        "authorityKeyIdentifier": value(crl, x509.AuthorityKeyIdentifier).key_identifier.hex(),
        "critical": [e.oid.dotted_string for e in crl.extensions if e.critical], "revoked": revoked,
    }


certificates = {name: load(entry["path"], x509.load_der_x509_certificate)
                for name, entry in work["certificates"].items()}
for name, entry in work["certificates"].items():
    certificates[name].verify_directly_issued_by(certificates[entry["issuer"]])
lists = [load(entry["path"], x509.load_der_x509_crl) for entry in work["lists"]]
for crl, entry in zip(lists, work["lists"]):
    assert crl.is_signature_valid(certificates[entry["issuer"]].public_key()), entry["path"]

# The CA certificates as the web's profile wants them; a device certificate has no DNS name, so the leaf is free.
policies = {"ca_policy": verification.ExtensionPolicy.webpki_defaults_ca(),
            "ee_policy": verification.ExtensionPolicy.permit_all()}
chains = []
for names in work["chains"]:
    leaf, *between, root = (certificates[name] for name in names)
    verifier = verification.PolicyBuilder().store(verification.Store([root])).extension_policies(**policies)
    try:
        chain = verifier.build_client_verifier().verify(leaf, between).chain
        chains.append([certificate.subject.rfc4514_string() for certificate in chain])
    except verification.VerificationError as error:
        chains.append([str(error)])
print(json.dumps({
    "version": cryptography.__version__,
    "certificates": {name: facts(certificate) for name, certificate in certificates.items()},
    "lists": [list_facts(crl) for crl in lists], "chains": chains,
}))
