"""What people say of themselves, whom they find, whom they block, and their second factor."""

import time

from api import PASSWORD, Server, main, totp


class Me(Server):
    def test_a_profile_is_changed_field_by_field(self):
        ada = self.register("ada")
        changed = self.good(200, "PATCH", "/v1/me", {"display_name": "Countess", "avatar_color": "#AABBCC"}, token=ada)
        self.assertEqual(("Countess", "#aabbcc", ""), tuple(changed[k] for k in ("display_name", "avatar_color", "status_text")))
        changed = self.good(200, "PATCH", "/v1/me", {"status_text": "on the engine"}, token=ada)
        self.assertEqual(("Countess", "on the engine"), (changed["display_name"], changed["status_text"]))
        for bad in ({"avatar_color": "red"}, {"display_name": " "}, {"display_name": "a\nb"}, {"status_text": "x" * 141}):
            self.refused(400, "bad_field", "PATCH", "/v1/me", bad, token=ada)

    def test_people_are_found_by_what_begins_a_handle_or_a_word_of_the_name(self):
        ada = self.register("ada", display_name="Ada King Lovelace")
        bob = self.register("bob", display_name="Bob")
        for query in ("ad", "KING", "lovel"):
            found = self.good(200, "GET", f"/v1/users?query={query}", token=bob)["users"]
            self.assertEqual([ada["user"]], [u["user"] for u in found], query)
        self.assertEqual([], self.good(200, "GET", "/v1/users?query=ing", token=bob)["users"])
        self.assertEqual(2, len(self.good(200, "GET", f"/v1/users?ids={bob['user']},{ada['user']},7", token=bob)["users"]))
        self.refused(400, "bad_field", "GET", "/v1/users", token=bob)
        self.refused(401, "unauthorized", "GET", "/v1/users?query=a")

    def test_blocks_are_kept_and_lifted(self):
        ada, bob = self.register("ada"), self.register("bob")
        self.good(204, "PUT", f"/v1/me/blocks/{bob['user']}", {}, token=ada)
        self.good(204, "PUT", f"/v1/me/blocks/{bob['user']}", {}, token=ada)
        blocked = self.good(200, "GET", "/v1/me/blocks", token=ada)["users"]
        self.assertEqual(["bob"], [u["handle"] for u in blocked])
        self.assertEqual([], self.good(200, "GET", "/v1/me/blocks", token=bob)["users"])
        self.good(204, "DELETE", f"/v1/me/blocks/{bob['user']}", token=ada)
        self.assertEqual([], self.good(200, "GET", "/v1/me/blocks", token=ada)["users"])
        self.refused(404, "not_found", "PUT", "/v1/me/blocks/7", {}, token=ada)
        self.refused(400, "bad_field", "PUT", f"/v1/me/blocks/{ada['user']}", {}, token=ada)


class SecondFactor(Server):
    def setUp(self):
        super().setUp()
        self.ada = self.register("ada")
        setup = self.good(200, "POST", "/v1/me/totp", {"password": PASSWORD}, token=self.ada)
        self.secret = setup["secret"]
        self.assertIn(f"secret={self.secret}", setup["uri"])
        self.body = {"handle": "ada", "password": PASSWORD}

    def turn_on(self):
        """The code of the step before: the present one is left for the test."""
        while time.time() % 30 > 25:  # the step must not end between two calls
            time.sleep(0.2)
        confirmed = self.good(200, "POST", "/v1/me/totp/confirm", {"code": totp(self.secret, -1)}, token=self.ada)
        return confirmed["recovery_codes"]

    def test_it_is_asked_for_once_it_is_confirmed(self):
        self.login("ada")
        self.refused(400, "bad_field", "POST", "/v1/me/totp/confirm", {"code": "000000x"}, token=self.ada)
        self.turn_on()
        self.assertTrue(self.good(200, "GET", "/v1/me", token=self.ada)["totp"])
        self.refused(401, "totp_required", "POST", "/v1/login", self.body)
        self.refused(409, "conflict", "POST", "/v1/me/totp", {"password": PASSWORD}, token=self.ada)

    def test_a_code_works_once(self):
        self.turn_on()
        code = totp(self.secret)
        self.login("ada", totp=code)
        self.refused(401, "bad_credentials", "POST", "/v1/login", self.body | {"totp": code})
        self.refused(401, "bad_credentials", "POST", "/v1/login", self.body | {"totp": totp(self.secret, -1)})

    def test_a_recovery_code_works_once_however_it_is_typed(self):
        codes = self.turn_on()
        self.assertEqual(10, len(set(codes)))
        self.login("ada", recovery_code=codes[0].upper().replace("-", " "))
        self.refused(401, "bad_credentials", "POST", "/v1/login", self.body | {"recovery_code": codes[0]})
        self.login("ada", recovery_code=codes[1])

    def test_it_ends_by_password_and_code(self):
        codes = self.turn_on()
        wrong = {"password": PASSWORD, "code": "123"}
        self.refused(401, "bad_credentials", "DELETE", "/v1/me/totp", wrong, token=self.ada)
        self.good(204, "DELETE", "/v1/me/totp", {"password": PASSWORD, "code": codes[5]}, token=self.ada)
        self.login("ada")


if __name__ == "__main__":
    main()
