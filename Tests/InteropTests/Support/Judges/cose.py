"""pycose and cbor2 judge a bundle: cose.py BUNDLE ANCHOR

The anchor must have issued the signer's certificate, the COSE_Sign1 must verify, and the payload is printed as JSON,
with byte strings in hex.
"""
import json
import sys

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pycose.algorithms import CoseAlgorithm, Es256
from pycose.keys import EC2Key
from pycose.messages import Sign1Message


@CoseAlgorithm.register_attribute()
class Esp256(Es256):
    """RFC 9864: ES256 with the curve fixed. pycose 1.1.0 is older than its number."""

    identifier = -9
    fullname = "ESP256"


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


bundle, anchor = (open(path, "rb").read() for path in sys.argv[1:])
message = Sign1Message.decode(bundle)
protected = cbor2.loads(cbor2.loads(bundle).value[0])
signer = x509.load_der_x509_certificate(protected[33])
signer.verify_directly_issued_by(x509.load_der_x509_certificate(anchor))
point = signer.public_key().public_numbers()
message.key = EC2Key(crv="P_256", x=point.x.to_bytes(32, "big"), y=point.y.to_bytes(32, "big"))
if not message.verify_signature():
    sys.exit("refused: the signature does not verify")
print(json.dumps({
    "algorithm": protected[1],
    "content-type": protected[3],
    "kid": protected[4].hex(),
    "unprotected": len(message.uhdr),
    "signer": signer.fingerprint(hashes.SHA256()).hex(),
    "payload": plain(cbor2.loads(message.payload)),
}, sort_keys=True))
