"""Asks a `corral serve` that speaks TLS by itself, with a certificate made for the purpose.

The program must be built with the trait TLS, as `make test-tls` does.
"""

import http.client
import socket
import ssl
import subprocess
import sys

from server import CORRAL, Folder, Server, fail, say, small_models


def openssl(*words):
    subprocess.run(["openssl", *(str(word) for word in words)], check=True, stderr=subprocess.DEVNULL)


def certificate(folder, name):
    """A key, and a certificate of this machine that it signed itself."""
    key, chain = folder / f"{name}-key.pem", folder / f"{name}.pem"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", chain, "-days", 2,
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    return chain, key


def refused(model, folder, chain, key, *words):
    """A server with these files does not start, and says in one line what to do."""
    ended = subprocess.run(
        [str(word) for word in (CORRAL, "serve", model, "--listen", "127.0.0.1:0", "--store", folder / "refused.store",
                                "--tls-certificate", chain, "--tls-key", key)],
        capture_output=True, text=True, timeout=120)
    if ended.returncode != 2 or any(word not in ended.stderr for word in words):
        fail(f"with {chain} and {key} the server ended with {ended.returncode} and said: {ended.stderr}")
    if (folder / "refused.store").exists():
        fail("the store was made before the certificate was read")


def plain(port):
    """What a request in plain HTTP gets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError) as error:
        return type(error).__name__
    finally:
        connection.close()


def handshake(port, context, name):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with context.wrap_socket(connection, server_hostname=name) as encrypted:
            return encrypted.version()


def main():
    with Folder() as folder:
        model = small_models(folder, 1)[0]
        chain, key = certificate(folder, "ours")
        _, other = certificate(folder, "other")
        trust = ssl.create_default_context(cafile=chain)
        server = Server(
            model, folder / "tls.store", "--quiet", "--tls-certificate", chain, "--tls-key", key, tls=trust
        )
        status, answer = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})
        if status != 200 or len(answer["items"]) != 5:
            fail(f"over https an answer got {status}: {answer}")
        version = handshake(server.port, trust, "localhost")
        if version != "TLSv1.3":
            fail(f"the server speaks {version}")
        for case, context, name in [("another name", trust, "example.org"),
                                    ("nobody trusted", ssl.create_default_context(), "localhost")]:
            try:
                handshake(server.port, context, name)
                fail(f"a handshake with {case} was taken")
            except ssl.SSLCertVerificationError:
                pass
        got = plain(server.port)
        if got == 200 or not isinstance(got, str):
            fail(f"plain http on the port of https got {got}")
        if server.ask("GET", "/health/ready")[0] != 200:
            fail("after plain http the server does not answer any more")
        if server.stop() != 0:
            fail("the server did not end well")
        say(f"https: {version}, answers; plain http: {got}")

        nothing = folder / "nothing.pem"
        nothing.write_text("this is no PEM\n")
        refused(model, folder, chain, other, "is not that of the certificate", "made together", "other-key.pem")
        refused(model, folder, chain, nothing, "--tls-key", "nothing.pem", "in PEM")
        refused(model, folder, chain, folder / "missing.pem", "--tls-key", "missing.pem", "in PEM")
        refused(model, folder, nothing, key, "--tls-certificate", "nothing.pem", "in PEM")
        refused(model, folder, key, key, "--tls-certificate", "ours-key.pem", "in PEM")
        say("files that cannot be used are refused, with what to do")


if __name__ == "__main__":
    sys.exit(main())
