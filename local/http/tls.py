"""A certificate of its own for a site on the loopback, so that faults inside TLS can be played too."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.1"
GOOD_FOR = timedelta(days=1)


class LoopbackCertificate:
    """A self-signed certificate for 127.0.0.1 in a folder: `path` is what a client must trust."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "loopback.pem"
        self._key_path = folder / "loopback.key"

    @cached_property
    def server_context(self) -> ssl.SSLContext:
        """For `SiteSettings(tls=…)`; makes the certificate first."""
        self._make()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self._key_path)
        return context

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ADDRESS)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - GOOD_FOR)
            .not_valid_after(now + GOOD_FOR)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        self._key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
