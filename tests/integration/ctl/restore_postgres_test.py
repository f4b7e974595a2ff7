"""The backup of a PostgreSQL and the way back to it, as docs/OPERATIONS.md says (A backup of PostgreSQL)."""

import json
import shutil
import subprocess
import tempfile

from postgres_workshop import USER, PostgresWorkshop
from workshop import main


class Restore(PostgresWorkshop):
    def test_a_backup_that_is_put_in_place_is_whole_and_has_other_epochs(self):
        self.good("seed", "--users", "20", "--rooms", "2", "--members", "5")
        ledger = self.good("ledger")
        backup = self.folder_of_the_server()
        self.server.run("pg_basebackup", "-D", backup, "-X", "stream", "-c", "fast", "-d", f"host={self.server.folder} user={USER}")
        self.server.run("pg_verifybackup", backup)
        self.good("seed", "--users", "20", "--rooms", "3", "--members", "5")
        self.assertNotEqual(ledger, self.good("ledger"))

        self.server.stop("fast")
        self.server.data.rename(self.server.folder / "data.before")
        subprocess.run(["cp", "-a", backup, self.server.data], check=True)
        self.server.start()
        self.assertEqual(ledger, self.good("ledger"))
        self.assertIn("the epochs of 2 rooms with 10 events are raised by 1", self.good("raise-epochs"))
        report = json.loads(self.ctl("doctor", "--json", "--every-log").stdout)
        self.assertIn("2 rooms with 10 events are dense", next(f["text"] for f in report["findings"] if f["what"] == "log"))
        self.assertEqual(2, json.loads(self.good("room", "show", "1", "--json"))["epoch"])

    def folder_of_the_server(self):
        """One that the server's user may write to."""
        folder = tempfile.mkdtemp(prefix="starling-pg-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        shutil.chown(folder, self.server.data.owner(), self.server.data.group())
        return f"{folder}/backup"


if __name__ == "__main__":
    main()
