"""starlingctl doctor on a PostgreSQL that is healthy, sick, or not there. What the machine itself is like is not the tests' to say."""

import json
import shutil
import tempfile

from postgres_workshop import PostgresWorkshop, Server
from workshop import main

OF_POSTGRES = {"database", "durability", "checksums", "rights", "connections", "clocks", "log"}


class Doctor(PostgresWorkshop):
    def findings(self, *arguments):
        """Of the database alone, by what they are."""
        run = self.ctl("doctor", "--json", *arguments)
        self.assertEqual("", run.stderr)
        found = {f["what"]: f for f in json.loads(run.stdout)["findings"] if f["what"] in OF_POSTGRES | {"backup"}}
        for finding in found.values():
            self.assertEqual(finding["verdict"] == "ok", "fix" not in finding, finding)
        return found

    def wrong(self, *arguments):
        return {f["what"]: f["verdict"] for f in self.findings(*arguments).values() if f["verdict"] != "ok"}

    def says(self, what, verdict, text, fix):
        finding = self.findings()[what]
        self.assertEqual(verdict, finding["verdict"], finding)
        self.assertIn(text, finding["text"])
        self.assertIn(fix, finding["fix"])

    def seed(self):
        self.good("seed", "--users", "20", "--rooms", "3", "--members", "5")

    def test_all_is_well(self):
        self.seed()
        found = self.findings()
        self.assertEqual(OF_POSTGRES, set(found))
        self.assertEqual({}, self.wrong())
        self.assertIn("3 rooms with 15 events", found["database"]["text"])
        self.assertIn("3 rooms with 15 events are dense", found["log"]["text"])

    def test_an_empty_database_is_made_by_who_may(self):
        self.says("database", "warn", f"the database {self.name} is empty", "starlingctl migrate")
        self.server.ask("CREATE ROLE nobody_special LOGIN")
        self.use(self.conninfo(user="nobody_special"))
        self.says("database", "fail", "may not make the schema", f"GRANT CREATE ON DATABASE {self.name} TO nobody_special")

    def test_who_is_not_there_or_does_not_let_us_in(self):
        self.use("host=nowhere.invalid dbname=x")
        self.says("database", "fail", "could not translate host name", "store.postgres")
        self.use("host=127.0.0.1 port=1 dbname=x")
        self.says("database", "fail", "cannot connect to PostgreSQL", "store.postgres")
        self.use(self.conninfo(dbname="nothing"))
        self.says("database", "fail", "nothing", "store.postgres")
        self.server.ask("CREATE ROLE ada LOGIN PASSWORD 'right'")
        hba = self.server.data / "pg_hba.conf"
        trusting = hba.read_text(encoding="utf-8")
        self.addCleanup(self.server.ask, "SELECT pg_reload_conf()")
        self.addCleanup(hba.write_text, trusting, encoding="utf-8")
        hba.write_text(f"local all ada scram-sha-256\n{trusting}", encoding="utf-8")
        self.server.ask("SELECT pg_reload_conf()")
        self.use(self.conninfo(user="ada", password="wrong"))
        self.says("database", "fail", "did not let us in", "store.postgres")
        self.assertNotIn("wrong", self.findings()["database"]["text"])

    def test_a_database_in_another_encoding_or_with_another_schema(self):
        self.server.ask(f"CREATE DATABASE {self.name}l ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        self.use(self.conninfo(dbname=f"{self.name}l"))
        self.says("database", "fail", "encoded in LATIN1", "ENCODING 'UTF8'")
        self.use(self.conninfo())
        self.seed()
        self.sql("DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)")
        self.says("database", "fail", "this program needs", "starlingctl migrate")
        self.assertNotIn("log", self.findings())

    def test_a_role_that_lacks_rights(self):
        self.seed()
        self.server.ask("CREATE ROLE lodger LOGIN")
        self.use(self.conninfo(user="lodger"))
        self.says("rights", "fail", "the schema starling", "GRANT USAGE ON SCHEMA starling TO lodger")
        self.sql("GRANT USAGE ON SCHEMA starling TO lodger; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA starling TO lodger")
        self.assertEqual({}, self.wrong())
        self.sql("REVOKE DELETE ON pins FROM lodger")
        self.says("rights", "fail", "may not work on pins", "GRANT")

    def test_standbys(self):
        self.seed()
        self.use(self.conninfo(), durability="replicated")
        self.says("durability", "fail", "no commit waits for a standby", "ALTER SYSTEM SET synchronous_standby_names")
        self.addCleanup(self.standbys, "")
        self.standbys("ANY 1 (a, b)")
        self.says("durability", "fail", "0 of the 1", "pg_stat_replication")
        self.follow("a")
        self.says("durability", "warn", "no more follow than the 1", "another standby")
        self.follow("b")
        self.assertEqual({}, self.wrong())
        self.standbys("FIRST 1 (a, b)")
        self.assertEqual({}, self.wrong())
        self.standbys("FIRST 2 (a, b)")
        self.says("durability", "warn", "no more follow than the 2", "another standby")
        self.server.ask("CREATE ROLE guest LOGIN")
        self.use(self.conninfo(user="guest"), durability="replicated")
        self.says("durability", "warn", "may not see who follows", "GRANT pg_monitor TO guest")

    def standbys(self, names):
        with open(self.server.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"synchronous_standby_names = '{names}'\n")
        self.server.ask("SELECT pg_reload_conf()")
        self.until(f"SELECT current_setting('synchronous_standby_names') = '{names}'")

    def follow(self, name):
        standby = Server(tempfile.mkdtemp(prefix="starling-pg-"))
        self.addCleanup(shutil.rmtree, standby.folder, ignore_errors=True)
        standby.make_standby(self.server, name)
        self.addCleanup(standby.stop, "immediate")
        standby.start()
        self.until(f"SELECT sync_state IN ('sync', 'quorum') FROM pg_stat_replication WHERE application_name = '{name}'")

    def test_too_few_connections_are_left(self):
        self.seed()
        self.assertIn("11 for 1 nodes", self.findings()["connections"]["text"])
        peers = ", ".join(f'"{n} tcp://127.0.0.1:{n + 1000} {n:k>43}"' for n in range(16))
        self.config.write_text(self.config.read_text(encoding="utf-8") + f"peers = [{peers}]\n", encoding="utf-8")
        self.says("connections", "fail", "176 for 16 nodes", "max_connections = ")

    def test_a_log_that_is_not_whole(self):
        self.seed()
        self.sql("UPDATE rooms SET msg_no = 9 WHERE room_id = 1")
        self.says("log", "fail", "room 1: the room counts 9 messages", "starlingctl room show 1")
        self.sql("UPDATE rooms SET msg_no = 0 WHERE room_id = 1; DELETE FROM events WHERE room_id = 2 AND seq = 3")
        self.says("log", "fail", "room 2: event 3 is missing", "raise-epochs")
        self.sql("DELETE FROM events WHERE room_id = 2; UPDATE rooms SET min_seq = 6 WHERE room_id = 2")
        self.says("log", "fail", "room 2: the log was cut without a checkpoint", "raise-epochs")

    def test_logs_that_are_too_long_are_read_when_all_are_asked_for(self):
        self.seed()
        self.sql("INSERT INTO rooms SELECT 4, kind, title, topic, is_public, history_joined, members, epoch, fence, 2000000, msg_no, 1000000, last_ts FROM rooms WHERE room_id = 3")
        found = self.findings()
        self.assertEqual("ok", found["log"]["verdict"])
        self.assertIn("1 were not read, --every-log does", found["log"]["text"])
        self.assertEqual({"log": "fail"}, self.wrong("--every-log"))

    def test_a_backup_of_sqlite_is_none_of_it(self):
        self.seed()
        self.assertIn("pg_verifybackup", self.findings("--backup", "x.db")["backup"]["fix"])


if __name__ == "__main__":
    main()
