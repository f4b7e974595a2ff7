"""Requests with bodies, good and bad, and peers that take their time at each stage of a connection."""

import socket
import time

from api import Server, main

HEAD = "POST /v1/login HTTP/1.1\r\nHost: localhost\r\n"
JSON = HEAD + "Content-Type: application/json\r\n"


class Requests(Server):
    def answer(self, *pieces):
        """What comes back until the end of the stream, of a request sent in these pieces."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                peer.sendall(piece.encode())
            whole = b""
            while more := peer.recv(65536):
                whole += more
            return whole.decode()

    def test_a_body_in_pieces_is_one(self):
        body = '{"handle": "ada", "password": "no such account"}'
        request = f"{JSON}Content-Length: {len(body)}\r\n\r\n{body}"
        self.assertIn("bad_credentials", self.answer(*request))
        half = len(request) - 10
        self.assertIn("bad_credentials", self.answer(request[:half], request[half:]))
        self.assertIn("bad_credentials", self.answer(request + "what follows belongs to nobody"))

    def test_a_body_without_its_length_type_or_measure_is_refused(self):
        self.assertIn("HTTP/1.1 411 ", self.answer(JSON + "\r\n"))
        self.assertIn("HTTP/1.1 413 ", self.answer(JSON + "Content-Length: 65537\r\n\r\n"))
        self.assertIn("HTTP/1.1 413 ", self.answer(JSON + "Transfer-Encoding: chunked\r\n\r\n"))
        self.assertIn("HTTP/1.1 415 ", self.answer(HEAD + "Content-Length: 2\r\n\r\n{}"))
        self.assertIn("HTTP/1.1 415 ", self.answer(HEAD + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"))
        self.assertIn("HTTP/1.1 400 ", self.answer(JSON + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"))
        most = '{"handle": "ada", "password": "' + "x" * 65000 + '"}'
        self.assertIn("HTTP/1.1 401 ", self.answer(f"{JSON}Content-Length: {len(most)}\r\n\r\n{most}"))

    def test_a_page_takes_no_body(self):
        self.assertIn("HTTP/1.1 413 ", self.answer("GET /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"))

    def test_who_ends_its_side_with_the_request_gets_the_answer(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            peer.sendall(f"{JSON}Content-Length: 2\r\n\r\n{{}}".encode())
            peer.shutdown(socket.SHUT_WR)
            self.assertIn(b"HTTP/1.1 400 ", peer.recv(65536))

    def test_answers_to_who_has_gone_harm_nobody(self):
        body = '{"handle": "ada", "password": "no such account"}'
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
                peer.sendall(f"{JSON}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self.good(200, "GET", "/v1/server")


class Slow(Server):
    more = "[timeouts]\nupgrade_s = 1\nhello_s = 1\n"

    def cut_off(self, peer):
        """Seconds until the server ends the connection, fed a byte at a time meanwhile."""
        began = time.monotonic()
        peer.settimeout(0.2)
        while time.monotonic() - began < 10:
            try:
                if not peer.recv(4096):
                    break
            except TimeoutError:
                try:
                    peer.sendall(b"x")
                except OSError:
                    break
            except OSError:
                break
        return time.monotonic() - began

    def expect_cut(self, *sent):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as peer:
            for piece in sent:
                peer.sendall(piece.encode())
            self.assertLess(self.cut_off(peer), 3)

    def test_silence_after_the_connect_is_cut(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as peer:
            began = time.monotonic()
            self.assertEqual(b"", peer.recv(1))
            self.assertLess(time.monotonic() - began, 3)

    def test_half_a_head_is_cut_however_it_drips(self):
        self.expect_cut("POST /v1/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")

    def test_half_a_body_is_cut_however_it_drips(self):
        self.expect_cut(JSON + "Content-Length: 60000\r\n\r\n", '{"handle": "')

    def test_an_upgrade_without_hello_is_cut(self):
        web = self.websocket()
        began = time.monotonic()
        self.assertEqual(4008, web.close_code(within=5))
        self.assertLess(time.monotonic() - began, 3)


if __name__ == "__main__":
    main()
