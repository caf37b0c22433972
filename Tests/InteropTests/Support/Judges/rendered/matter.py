"""What a commissioner does with the PAA certificates and the revocation set, with pyca/cryptography:
matter.py FOLDER PAI DAC. 0 the DAC is accepted, 1 it is refused, 2 the files are not of their form."""
import base64
import json
import pathlib
import re
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature

folder, pai_path, dac_path = (pathlib.Path(path) for path in sys.argv[1:])
paas = [x509.load_der_x509_certificate(path.read_bytes()) for path in sorted((folder / "paa").glob("*.der"))]
pai, dac = (x509.load_der_x509_certificate(path.read_bytes()) for path in (pai_path, dac_path))


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind).value


def identifier(certificate):
    return extension(certificate, x509.SubjectKeyIdentifier).digest.hex().upper()


revoked = set()
known = {identifier(certificate): certificate for certificate in paas}
for entry in json.loads((folder / "revocation-set.json").read_text()):
    signer = x509.load_der_x509_certificate(base64.b64decode(entry["crl_signer_cert"], validate=True))
    assert entry["type"] == "revocation_set", entry
    assert entry["issuer_subject_key_id"] == identifier(signer), entry
    assert base64.b64decode(entry["issuer_name"], validate=True) == signer.subject.public_bytes(), entry
    assert signer in paas, entry
    for serial in entry["revoked_serial_numbers"]:
        assert re.fullmatch("([0-9A-F]{2})+", serial), serial
        revoked.add((entry["issuer_subject_key_id"], int(serial, 16)))


def judge():
    authority = extension(pai, x509.AuthorityKeyIdentifier).key_identifier.hex().upper()
    if authority not in known:
        return "refused: no such PAA"
    try:
        pai.verify_directly_issued_by(known[authority])
        dac.verify_directly_issued_by(pai)
    except (InvalidSignature, ValueError) as error:
        return f"refused: {error!r}"
    if (authority, pai.serial_number) in revoked:
        return "refused: the revocation set has the PAI"
    return "accepted"


answer = judge()
print(answer)
sys.exit(0 if answer == "accepted" else 1)
