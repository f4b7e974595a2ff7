"""starlingctl status against servers that answer well, badly, slowly or not at all."""

import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time

from workshop import STARLINGCTL, Workshop, main

METRICS = """\
# TYPE process_start_time_seconds gauge
process_start_time_seconds %d
starling_sessions{shard="0"} 3
starling_sessions{shard="1"} 4
starling_events_committed_total{shard="0"} 12345
"""


class Page(http.server.BaseHTTPRequestHandler):
    ready = 200, "ready\n"

    def do_GET(self):
        pages = {"/readyz": self.ready, "/metrics": (200, METRICS % (time.time() - 90))}
        status, body = pages.get(self.path, (404, "no\n"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Status(Workshop):
    def serve(self, ready=(200, "ready\n"), certificate=None):
        page = type("Page", (Page,), {"ready": ready})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), page)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def certificate(self, name):
        path = self.folder / f"{name}.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=chat.example", "-keyout", path.with_suffix(".key"), "-out", path],
            check=True, capture_output=True,
        )  # fmt: skip
        return path

    def test_a_ready_server_is_0_with_its_figures_and_the_database(self):
        self.good("seed", "--users", "2", "--rooms", "1")
        self.serve()
        text = self.good("status")
        for part in ("ready", "1 min 3", "sessions              7\n", "12,345", "rooms                 1\n"):
            self.assertIn(part, text)
        status = json.loads(self.good("status", "--json"))
        self.assertEqual((True, 7, 2), (status["ready"], status["sessions"], status["database"]["events"]))

    def test_a_server_that_is_not_ready_is_1_with_its_reason(self):
        self.serve(ready=(503, "draining\n"))
        run = self.ctl("status")
        self.assertEqual((1, ""), (run.returncode, run.stderr))
        self.assertIn("NOT READY: draining", run.stdout)
        self.assertIn("12,345", run.stdout)

    def test_a_server_that_is_down_is_1_and_the_database_is_still_shown(self):
        self.good("seed", "--users", "2", "--rooms", "1")
        run = self.ctl("status")
        self.assertEqual(1, run.returncode)
        self.assertRegex(run.stdout, "DOWN: Connection refused")
        self.assertIn("rooms                 1\n", run.stdout)
        run = self.ctl("status", "--json")
        self.assertEqual((1, False), (run.returncode, json.loads(run.stdout)["answered"]))

    def test_a_url_alone_leaves_the_database_of_this_directory_out(self):
        self.serve()
        run = subprocess.run([STARLINGCTL, "status", "--url", f"http://localhost:{self.port}"], capture_output=True, text=True, cwd=self.folder)
        self.assertEqual(0, run.returncode, run.stdout)
        self.assertNotIn("database", run.stdout)
        self.assertIn("http://HOST", self.refused("status", "--url", "localhost"))

    def test_a_silent_server_is_given_up(self):
        with socket.create_server(("127.0.0.1", self.port)):
            start = time.monotonic()
            run = self.ctl("status")
            self.assertLess(time.monotonic() - start, 15)
        self.assertEqual(1, run.returncode)
        self.assertIn("DOWN: no answer in time", run.stdout)

    def test_what_speaks_no_http_is_not_taken_for_a_server(self):
        with socket.create_server(("127.0.0.1", self.port)) as server:
            def answer():
                peer, _ = server.accept()
                with peer:
                    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(4096):
                        pass

            thread = threading.Thread(target=answer)
            thread.start()
            run = self.ctl("status")
            thread.join()
        self.assertIn("DOWN: it does not speak HTTP", run.stdout)

    def test_a_server_with_tls_has_to_show_the_configured_certificate(self):
        own, other = self.certificate("own"), self.certificate("other")
        self.configure(f'[tls]\ncertificate = "{own}"\nkey = "{own.with_suffix(".key")}"\n')
        self.serve(certificate=own)
        self.assertIn("https://", self.good("status"))
        shutil.copy(other, own)
        run = self.ctl("status")
        self.assertEqual(1, run.returncode)
        self.assertIn("another certificate", run.stdout)

    def test_a_certificate_that_nobody_vouches_for_is_refused_behind_a_url(self):
        self.serve(certificate=self.certificate("own"))
        run = self.ctl("status", "--url", f"https://127.0.0.1:{self.port}")
        self.assertEqual(1, run.returncode)
        self.assertRegex(run.stdout, "self.signed certificate")


if __name__ == "__main__":
    main()
