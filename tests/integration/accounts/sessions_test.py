"""In, further and out: registration, logins, refresh tokens, devices, and what a revocation ends."""

import sqlite3

from api import PASSWORD, Server, main

OTHER = "another long sentence"


class Sessions(Server):
    def test_the_first_account_is_the_administrators(self):
        self.assertEqual(
            {"registration": "open", "first_account": True},
            {k: v for k, v in self.good(200, "GET", "/v1/server").items() if k in ("registration", "first_account")},
        )
        ada = self.register("Ada", display_name="Ada Lovelace")
        self.assertFalse(self.good(200, "GET", "/v1/server")["first_account"])
        me = self.good(200, "GET", "/v1/me", token=ada)
        self.assertEqual(("ada", "Ada Lovelace", True, False), tuple(me[k] for k in ("handle", "display_name", "admin", "totp")))
        self.assertFalse(self.good(200, "GET", "/v1/me", token=self.register("bob"))["admin"])

    def test_a_handle_is_taken_once_whatever_its_case(self):
        self.register("ada")
        self.refused(409, "taken", "POST", "/v1/register", {"handle": "ADA", "password": PASSWORD})

    def test_what_is_wrong_with_a_registration_is_said(self):
        for fault, fields in {
            "handle": {"handle": "a b"},
            "password": {"password": "short"},
            "password: it": {"password": "Password123"},
            "display_name": {"display_name": "x" * 65},
        }.items():
            body = {"handle": "carol", "password": PASSWORD} | fields
            self.assertIn(fault, self.refused(400, "bad_field", "POST", "/v1/register", body)["message"])
        self.refused(400, "bad_request", "POST", "/v1/register", ["no", "object"])
        self.refused(400, "bad_field", "POST", "/v1/register", {"handle": "carol"})

    def test_each_login_is_a_device_of_its_own_that_the_websocket_takes(self):
        first = self.register("ada")
        second = self.login("Ada", device_name="phone")
        self.assertEqual(first["user"], second["user"])
        self.assertNotEqual(first["device"], second["device"])
        for grant in (first, second):
            self.websocket(grant).welcomed()
        listed = self.good(200, "GET", "/v1/me/devices", token=second)["devices"]
        self.assertEqual({first["device"], second["device"]}, {d["device"] for d in listed})
        current = [d for d in listed if d["current"]]
        self.assertEqual(["phone"], [d["name"] for d in current])
        self.assertEqual("127.0.0.1", current[0]["address"])

    def test_a_wrong_password_and_an_unknown_name_are_told_alike(self):
        self.register("ada")
        wrong = self.refused(401, "bad_credentials", "POST", "/v1/login", {"handle": "ada", "password": OTHER})
        nobody = self.refused(401, "bad_credentials", "POST", "/v1/login", {"handle": "nobody", "password": OTHER})
        self.assertEqual(wrong["message"], nobody["message"])

    def test_a_refresh_rotates_and_its_lost_answer_is_given_again(self):
        grant = self.register("ada")
        rotated = self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        self.assertEqual(grant["device"], rotated["device"])
        self.assertNotEqual(grant["refresh_token"], rotated["refresh_token"])
        again = self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        self.assertEqual(rotated["refresh_token"], again["refresh_token"])
        self.good(200, "GET", "/v1/me", token=again)
        self.good(200, "POST", "/v1/refresh", {"refresh_token": again["refresh_token"]})

    def test_a_token_from_before_the_last_exchange_ends_the_device_everywhere(self):
        grant = self.register("ada")
        second = self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        third = self.good(200, "POST", "/v1/refresh", {"refresh_token": second["refresh_token"]})
        socket = self.websocket(third)
        socket.welcomed()
        self.refused(401, "unauthorized", "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        self.assertEqual(4001, socket.close_code(within=2))
        self.refused(401, "unauthorized", "POST", "/v1/refresh", {"refresh_token": third["refresh_token"]})
        self.refused(401, "unauthorized", "GET", "/v1/me", token=third)

    def test_a_forged_refresh_token_ends_nobody(self):
        grant = self.register("ada")
        self.refused(401, "unauthorized", "POST", "/v1/refresh", {"refresh_token": "slr_" + "A" * 64})
        self.refused(401, "unauthorized", "POST", "/v1/refresh", {"refresh_token": "rubbish"})
        self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})

    def test_a_revoked_device_is_closed_within_two_seconds_and_stays_out(self):
        grant = self.register("ada")
        lost = self.login("ada", device_name="lost")
        # On both shards, as the kernel deals them.
        sockets = [self.websocket(self.login("ada")) for _ in range(8)]
        victim = self.websocket(lost)
        victim.welcomed()
        self.good(204, "DELETE", f"/v1/me/devices/{lost['device']}", token=grant)
        self.assertEqual(4001, victim.close_code(within=2))
        self.refused(401, "unauthorized", "GET", "/v1/me", token=lost)
        self.refused(401, "unauthorized", "POST", "/v1/refresh", {"refresh_token": lost["refresh_token"]})
        self.assertEqual(4001, self.websocket(lost).close_code(within=5))
        self.good(204, "DELETE", "/v1/me/devices", token=grant)
        for socket in sockets:
            self.assertEqual(4001, socket.close_code(within=2))
        self.assertEqual(1, len(self.good(200, "GET", "/v1/me/devices", token=grant)["devices"]))

    def test_a_revoked_device_stays_out_of_a_server_that_was_started_again(self):
        grant = self.register("ada")
        lost = self.login("ada")
        self.good(204, "DELETE", f"/v1/me/devices/{lost['device']}", token=grant)
        self.server.kill()
        self.server.wait()
        self.start()
        self.refused(401, "unauthorized", "GET", "/v1/me", token=lost)
        self.assertEqual(4001, self.websocket(lost).close_code(within=5))
        self.good(200, "GET", "/v1/me", token=grant)

    def test_an_exchange_whose_answer_was_lost_with_the_server_locks_nobody_out(self):
        grant = self.register("ada")
        rotated = self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        self.server.kill()
        self.server.wait()
        self.start()
        # As if the client had never heard of it: the old token gives the same successor, by what the database kept.
        again = self.good(200, "POST", "/v1/refresh", {"refresh_token": grant["refresh_token"]})
        self.assertEqual(rotated["refresh_token"], again["refresh_token"])
        self.good(200, "POST", "/v1/refresh", {"refresh_token": again["refresh_token"]})

    def test_a_logout_ends_the_device(self):
        grant = self.register("ada")
        socket = self.websocket(grant)
        socket.welcomed()
        self.good(204, "POST", "/v1/logout", {}, token=grant)
        self.assertEqual(4001, socket.close_code(within=2))
        self.refused(401, "unauthorized", "GET", "/v1/me", token=grant)

    def test_a_new_password_ends_the_other_devices(self):
        grant = self.register("ada")
        other = self.login("ada")
        body = {"password": "wrong password", "new_password": OTHER}
        self.refused(401, "bad_credentials", "POST", "/v1/me/password", body, token=grant)
        self.good(204, "POST", "/v1/me/password", body | {"password": PASSWORD}, token=grant)
        self.refused(401, "unauthorized", "GET", "/v1/me", token=other)
        self.good(200, "GET", "/v1/me", token=grant)
        self.refused(401, "bad_credentials", "POST", "/v1/login", {"handle": "ada", "password": PASSWORD})
        self.login("ada", OTHER)

    def test_an_access_token_is_asked_for_and_a_ticket_is_none(self):
        self.refused(401, "unauthorized", "GET", "/v1/me")
        self.refused(401, "unauthorized", "GET", "/v1/me", token="rubbish")

    def test_paths_and_methods_that_there_are_not_are_told(self):
        self.refused(404, "not_found", "GET", "/v1/nothing")
        self.refused(405, "method_not_allowed", "DELETE", "/v1/login")
        self.assertEqual("POST", self.headers["Allow"])

    def test_nothing_that_lets_anybody_in_is_in_the_database(self):
        grant = self.register("ada")
        self.login("ada")
        with sqlite3.connect(self.database) as database:
            dump = "\n".join(database.iterdump()).encode()
        for secret in (PASSWORD, grant["refresh_token"], grant["access_token"]):
            self.assertNotIn(secret.encode(), dump)
        self.assertIn(b"$argon2id$v=19$m=19456,t=2,p=1$", dump)

    def test_what_happened_is_noted_without_content(self):
        grant = self.register("ada")
        self.call("POST", "/v1/login", {"handle": "ada", "password": OTHER})
        self.good(204, "POST", "/v1/logout", {}, token=grant)
        with sqlite3.connect(self.database) as database:
            kinds = [kind for (kind,) in database.execute("SELECT kind FROM audit ORDER BY audit_id")]
        self.assertEqual(["register", "login_failed", "logout"], kinds)


class Throttled(Server):
    accounts = 'registration = "open"\nattempts_burst = 12\nattempts_per_minute = 1\n'

    def test_guesses_wait_longer_and_longer_and_a_network_has_so_many(self):
        self.register("ada")
        body = {"handle": "bob", "password": OTHER}
        waits = []
        for _ in range(4):
            status, answer = self.call("POST", "/v1/login", body)
            waits.append((status, answer["error"]["code"], answer["error"]["retry_after_ms"] > 0))
        self.assertEqual((401, "bad_credentials", False), waits[0])
        self.assertEqual((401, "bad_credentials", True), waits[2])
        self.assertEqual((429, "throttled", True), waits[3])
        self.assertIn("Retry-After", self.headers)
        # Ada's own network is not kept waiting by guesses at bob, until it has used up its own attempts.
        self.login("ada")
        for _ in range(12):
            status, answer = self.call("POST", "/v1/login", {"handle": "ada", "password": PASSWORD})
            if status == 429:
                break
        self.assertEqual((429, "throttled"), (status, answer["error"]["code"]))
        self.assertGreater(answer["error"]["retry_after_ms"], 1000)


class Invited(Server):
    accounts = 'registration = "invite"\nattempts_burst = 1000\n'

    def test_an_invitation_lets_in_as_many_as_it_says(self):
        admin = self.register("ada")
        body = {"handle": "bob", "password": PASSWORD}
        self.refused(403, "forbidden", "POST", "/v1/register", body)
        self.refused(403, "forbidden", "POST", "/v1/register", body | {"invite": "AAAA"})
        made = self.good(201, "POST", "/v1/invites", {"uses": 2}, token=admin)
        self.assertEqual(f"starling://127.0.0.1:{self.port}/invite/{made['code']}", made["link"])
        bob = self.register("bob", invite=made["code"])
        self.register("carol", invite=made["code"])
        self.refused(403, "forbidden", "POST", "/v1/register", {"handle": "dave", "password": PASSWORD, "invite": made["code"]})
        self.refused(403, "forbidden", "POST", "/v1/invites", {}, token=bob)
        self.refused(403, "forbidden", "GET", "/v1/invites", token=bob)
        another = self.good(201, "POST", "/v1/invites", {}, token=admin)
        listed = self.good(200, "GET", "/v1/invites", token=admin)["invites"]
        self.assertEqual([(another["invite"], 1), (made["invite"], 0)], [(i["invite"], i["uses_left"]) for i in listed])
        self.good(204, "DELETE", f"/v1/invites/{another['invite']}", token=admin)
        self.refused(404, "not_found", "DELETE", f"/v1/invites/{another['invite']}", token=admin)
        self.refused(403, "forbidden", "POST", "/v1/register", {"handle": "dave", "password": PASSWORD, "invite": another["code"]})


class Closed(Server):
    accounts = 'registration = "closed"\n'

    def test_a_closed_server_takes_nobody_but_the_first(self):
        self.register("ada")
        self.refused(403, "forbidden", "POST", "/v1/register", {"handle": "bob", "password": PASSWORD})


if __name__ == "__main__":
    main()
