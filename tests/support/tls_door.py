"""A TLS front door for a server of this machine, with certificates of one's own making."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CHUNK = 65_536
DAY = dt.timedelta(days=1)


class Authority:
    """Signs certificates; trusted only by whom ``trusted_by`` is told to."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / name
        self._folder.mkdir(parents=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        self._certificate = (
            self._begun(self._name, now - DAY, now + DAY)
            .public_key(self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = self._folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def certificate(self, host: str, *, is_expired: bool = False) -> Path:
        """Return a file with a key and a certificate for a host, valid today unless expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        ends = now - DAY if is_expired else now + DAY
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        signed = (
            self._begun(subject, now - 2 * DAY, ends)
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{host}-{'expired' if is_expired else 'valid'}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return file

    def trusting_path(self, folder: Path) -> str:
        """Return a folder for PYTHONPATH in which the machine's trusted authorities are this one.

        It stands in for the package ``certifi``, as if an administrator had replaced its file.
        """
        package = folder / "certifi"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"def where():\n    return {str(self.file)!r}\n")
        return str(folder)

    def _begun(
        self, subject: x509.Name, begins: dt.datetime, ends: dt.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )


class TlsDoor:
    """Takes TLS on a port of its own and passes what is inside to a server.

    Args:
        target: Where the server listens.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._context: ssl.SSLContext | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def show(self, certificate: Path) -> None:
        """Show a certificate to everybody who comes from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._context = context

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        assert self._context is not None, "show a certificate first"
        with contextlib.suppress(OSError), client:
            inside = self._context.wrap_socket(client, server_side=True)
            with inside, socket.create_connection(self._target) as server:
                back = threading.Thread(target=_pump, args=[server, inside], daemon=True)
                back.start()
                _pump(inside, server)
                back.join()


@contextlib.contextmanager
def tls_door(target: tuple[str, int]) -> Iterator[TlsDoor]:
    """Give a door in front of a server, closed afterwards."""
    door = TlsDoor(target)
    try:
        yield door
    finally:
        door.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
