"""starlingctl doctor on healthy and on sick directories. What the machine itself is like is not the tests' to say."""

import http.server
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import threading

from workshop import Workshop, main

STARLINGD = pathlib.Path(sys.argv[2]).resolve()
# Of the machine; whatever they say, they say it.
MACHINE = {"descriptors", "backlog", "syn", "ports", "overcommit", "clock", "entropy", "memory", "cores", "space", "filesystem", "sync"}


class Doctor(Workshop):
    def findings(self, *arguments):
        run = self.ctl("doctor", "--json", *arguments)
        self.assertEqual("", run.stderr)
        report = json.loads(run.stdout)
        self.assertEqual({"ok": 0, "fail": 1, "warn": 3}[report["verdict"]], run.returncode)
        for finding in report["findings"]:
            self.assertEqual(finding["verdict"] == "ok", "fix" not in finding, finding)
        return report["findings"]

    def wrong(self, *arguments):
        """What is wrong beside the machine: its fixes by what it is."""
        return {f["what"]: f["fix"] for f in self.findings(*arguments) if f["verdict"] != "ok" and f["what"] not in MACHINE}

    def test_every_check_has_its_say_before_the_first_start(self):
        found = self.findings()
        self.assertLessEqual(MACHINE - {"sync"} | {"config", "owner", "database", "tls", "server"}, {f["what"] for f in found})
        self.assertEqual({}, self.wrong())
        self.assertFalse(self.data.exists(), "it makes nothing")

    def test_text_has_a_line_for_each(self):
        self.assertEqual(len(self.findings()), len(self.ctl("doctor").stdout.splitlines()))

    def test_beside_a_running_server_all_is_well(self):
        server = self.start(STARLINGD)
        self.assertEqual({}, self.wrong())
        found = {f["what"]: f["text"] for f in self.findings()}
        self.assertIn("is ready", found["server"])
        self.assertIn(f"process {server.pid}", found["descriptors"])
        self.assertIn("pages are sound", found["database"])
        self.assertEqual([], list(self.data.glob("doctor*")))

    def test_errors_of_the_configuration_are_each_named(self):
        self.config.write_text('[server]\nlisten = "0.0.0.0:99999"\ndata_dri = "x"\n', encoding="utf-8")
        texts = [f["text"] for f in self.findings() if f["what"] == "config"]
        self.assertEqual(2, len(texts))
        self.assertIn(f"{self.config}:2: ", texts[0])

    def test_what_others_can_read_is_found(self):
        self.good("keygen")
        self.assertEqual({}, self.wrong())
        (self.data / "keys" / "token.1.secret").chmod(0o444)
        self.assertEqual({"owner": f"chmod 0400 {self.data}/keys/token.1.secret"}, self.wrong())
        (self.data / "keys" / "token.1.secret").chmod(0o400)
        self.data.chmod(0o755)
        self.assertEqual({"owner": f"chmod 0700 {self.data}"}, self.wrong())

    def test_a_damaged_database_is_found(self):
        self.good("seed", "--users", "300", "--rooms", "20", "--members", "100")
        self.assertEqual({}, self.wrong())
        content = bytearray(self.database.read_bytes())
        content[8192:16384] = os.urandom(8192)
        self.database.write_bytes(content)
        self.assertIn("restore", self.wrong()["database"])

    def test_a_log_with_a_gap_is_found_when_every_log_is_read(self):
        self.good("seed", "--users", "10", "--rooms", "1")
        with sqlite3.connect(self.database) as db:
            db.execute("DELETE FROM events WHERE seq = 3")
        db.close()
        self.assertEqual({}, self.wrong())
        self.assertEqual({"database": "starlingctl restore BACKUP"}, self.wrong("--every-log"))

    def test_a_backup_is_verified_and_its_age_told(self):
        self.good("seed", "--users", "10", "--rooms", "1")
        self.good("backup", "copy.db")
        self.assertEqual({}, self.wrong("--backup", "copy.db"))
        os.utime(self.folder / "copy.db", (1_600_000_000, 1_600_000_000))
        self.assertEqual({"backup": "starlingctl backup --force copy.db"}, self.wrong("--backup", "copy.db"))
        (self.folder / "copy.db").write_bytes(b"nothing")
        self.assertIn("backup", self.wrong("--backup", "copy.db"))

    def test_a_port_that_is_anothers_is_found(self):
        with socket.create_server(("127.0.0.1", self.port)) as other:
            def answer():
                peer, _ = other.accept()
                peer.close()

            thread = threading.Thread(target=answer)
            thread.start()
            self.assertIn("ss -ltnp", self.wrong()["server"])
            thread.join()

    def test_a_server_of_another_version_is_to_be_restarted(self):
        class Old(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{"name":"starling","version":"0.0.1"}' if self.path == "/v1/server" else b"ready\n"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", self.port), Old) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            self.assertEqual({"server": "systemctl restart starlingd"}, self.wrong())
            server.shutdown()
            thread.join()

    def test_a_certificate_that_ends_soon_or_has_another_key_is_found(self):
        def make(name, days):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=localhost", "-keyout", name + ".key", "-out", name + ".pem"], cwd=self.folder, check=True, capture_output=True)

        make("soon", 5)
        make("later", 100)
        for certificate, key, wrong in (("later", "later", False), ("soon", "soon", True), ("later", "soon", True)):
            self.configure(f'[tls]\ncertificate = "{self.folder / certificate}.pem"\nkey = "{self.folder / key}.key"\n')
            self.assertEqual(wrong, "tls" in self.wrong(), (certificate, key))


if __name__ == "__main__":
    main()
