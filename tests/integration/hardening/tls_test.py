"""testssl.sh has nothing against the TLS that a server ends itself: protocols, ciphers, renegotiation, compression, fallback. What it would
say of the certificate, which is made here, is not asked for."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

STARLINGD = sys.argv[1]
CONFIG = """\
[server]
listen = "127.0.0.1:0"
data_dir = "{folder}/data"
[runtime]
shards = 1
[tls]
certificate = "{folder}/cert.pem"
key = "{folder}/key.pem"
"""
CHECKS = ["--protocols", "--std", "--renegotiation", "--compression", "--tls-fallback"]
# It forks for each of some thousand handshakes: a minute on two idle cores, four when others use them.
PATIENCE_S = 580
TOO_OLD = {"SSLv2", "SSLv3", "TLS1", "TLS1_1"}


def start(folder):
    """A server with a certificate for localhost; its process and port."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)  # fmt: skip
    (folder / "starling.toml").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    with open(folder / "log", "wb") as log:
        command = [STARLINGD, "--config", folder / "starling.toml", "--port-file", folder / "port"]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    deadline = time.monotonic() + 20
    while not (folder / "port").exists():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise AssertionError((folder / "log").read_text(encoding="utf-8"))
        time.sleep(0.05)
    return server, int((folder / "port").read_text())


def findings(folder, port):
    """id -> (severity, finding) of what testssl.sh says."""
    said = folder / "findings.json"
    subprocess.run(["testssl", "--quiet", "--warnings", "batch", "--color", "0", "--nodns", "none", "--fast", *CHECKS, "--jsonfile", said,
                    f"https://127.0.0.1:{port}"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S)  # fmt: skip
    # Its exit code counts what it could not try, such as ciphers that this machine's OpenSSL has no more.
    return {each["id"]: (each["severity"], each["finding"]) for each in json.loads(said.read_text(encoding="utf-8"))}


class Tls(unittest.TestCase):
    maxDiff = None

    def test_is_good_enough_for_testssl(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            server, port = start(folder)
            try:
                found = findings(folder, port)
            finally:
                server.terminate()
                server.wait()
        protocols = {each: found[each][1].partition(" ")[0] for each in TOO_OLD | {"TLS1_2", "TLS1_3"}}
        self.assertEqual(dict.fromkeys(TOO_OLD, "not") | {"TLS1_2": "offered", "TLS1_3": "offered"}, protocols, found)
        self.assertEqual({}, {each: said for each, said in found.items() if said[0] in ("MEDIUM", "HIGH", "CRITICAL")})
        for each in ("cipherlist_NULL", "cipherlist_STRONG", "secure_renego", "CRIME_TLS", "fallback_SCSV"):
            self.assertIn(each, found)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
