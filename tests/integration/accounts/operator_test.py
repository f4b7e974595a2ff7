"""starlingctl user and invite, beside a running server."""

import re

from api import PASSWORD, Server, main


class Operator(Server):
    accounts = 'registration = "closed"\nattempts_burst = 1000\n'

    def setUp(self):
        super().setUp()
        self.good_ctl("user", "add", "Ada", "--name", "Ada Lovelace", stdin=PASSWORD + "\n")
        self.good_ctl("user", "add", "bob", stdin=PASSWORD + "\n")

    def test_accounts_that_the_operator_makes_log_in(self):
        ada, bob = self.login("ada"), self.login("bob")
        self.assertTrue(self.good(200, "GET", "/v1/me", token=ada)["admin"])
        self.assertFalse(self.good(200, "GET", "/v1/me", token=bob)["admin"])
        self.good_ctl("user", "admin", "bob")
        self.assertTrue(self.good(200, "GET", "/v1/me", token=bob)["admin"])
        listed = self.good_ctl("user", "list")
        self.assertRegex(listed, rf"(?m)^{ada['user']}\tada\t.*administrator")

    def test_what_cannot_be_is_said(self):
        for arguments, stdin, why in (
            (("user", "add", "ADA"), PASSWORD, "taken"),
            (("user", "add", "carol"), "short", "8 to 128"),
            (("user", "add", "carol"), "", "no password"),
            (("user", "passwd", "nobody"), PASSWORD, "no account"),
            (("invite", "revoke", "7"), "", "no such invitation"),
        ):
            run = self.ctl(*arguments, stdin=stdin)
            self.assertEqual(1, run.returncode, arguments)
            self.assertIn(why, run.stderr)

    def test_a_running_server_notices_within_two_seconds(self):
        for ends in (("disable", "bob"), ("revoke", "bob"), ("passwd", "bob")):
            grant = self.login("bob")
            web = self.websocket(grant)
            web.welcomed()
            self.good_ctl("user", *ends, stdin=PASSWORD + "\n")
            self.assertEqual(4001, web.close_code(within=2), ends)
            status, _ = self.call("GET", "/v1/me", token=grant)
            self.assertIn(status, (401, 403))
            self.good_ctl("user", "enable", "bob")

    def test_one_device_is_ended_and_the_others_stay(self):
        lost, kept = self.login("bob", device_name="lost"), self.login("bob", device_name="kept")
        sessions = self.good_ctl("user", "sessions", "bob")
        self.assertEqual({lost["device"], kept["device"]}, set(re.findall(r"(?m)^\d+", sessions)))
        web = self.websocket(lost)
        web.welcomed()
        self.good_ctl("user", "revoke", "bob", "--device", lost["device"])
        self.assertEqual(4001, web.close_code(within=2))
        self.good(200, "GET", "/v1/me", token=kept)

    def test_a_disabled_account_is_let_in_nowhere(self):
        self.good_ctl("user", "disable", "bob")
        self.refused(403, "forbidden", "POST", "/v1/login", {"handle": "bob", "password": PASSWORD})
        self.good_ctl("user", "enable", "bob")
        self.login("bob")


class Invitations(Server):
    accounts = 'registration = "invite"\nattempts_burst = 1000\n'

    def test_the_operators_invitation_lets_somebody_in_until_it_is_void(self):
        self.register("ada")
        number, code, link = self.good_ctl("invite", "create", "--uses", "2").strip().split("\t")
        self.assertTrue(link.endswith("/invite/" + code))
        self.register("bob", invite=code)
        self.assertIn(f"{number}\t1 uses left", self.good_ctl("invite", "list"))
        self.good_ctl("invite", "revoke", number)
        self.refused(403, "forbidden", "POST", "/v1/register", {"handle": "carol", "password": PASSWORD, "invite": code})


if __name__ == "__main__":
    main()
