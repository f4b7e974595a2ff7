"""What a newcomer does, through the pages: two people on a fresh server, which is restarted in the middle."""

import signal
import sys
import unittest

import bench

class Pages(bench.Bench):
    SETTINGS = '[accounts]\nregistration = "open"\n'

    def test_two_people_meet_and_talk_while_the_server_is_restarted(self):
        ann = self.register("Ann Lee", "ann", first=True)
        bob = self.register("Bob Ray", "bob")

        self.open_direct(ann, "bob", "Bob Ray")
        ann.write("Hello Bob, shall we met at noon?")
        ann.see("Delivered")
        ann.key("Up")
        ann.see("Save the change")
        ann.key("Ctrl+A")
        ann.type("Hello Bob, shall we meet at noon?")
        ann.key("Return")
        ann.see("shall we meet at noon?")

        bob.click("Ann Lee")
        bob.see("shall we meet at noon?")
        bob.point("Hello Bob, shall we meet at noon?")
        bob.click("React with 👍")
        ann.see("👍")

        self.server.send_signal(signal.SIGTERM)
        self.assertEqual(0, self.server.wait(30))
        bob.write("Noon is good.")  # waits in his outbox
        ann.write("At the usual place.")
        self.start_server()
        ann.see("Noon is good.")
        bob.see("At the usual place.")
        ann.point("Noon is good.")
        ann.click("Reply")
        ann.write("Then I am on my way.")
        bob.see("Then I am on my way.")
        bob.write("See you @ann tomorrow")
        ann.see("@Ann Lee")

        ann.click("Room settings")
        ann.click("Move to a folder…")
        ann.fill("New folder", "Tea")
        ann.key("Return")
        ann.see("Folder: Tea…")

        said = ["Hello Bob, shall we meet at noon?", "Noon is good.", "At the usual place.", "Then I am on my way."]
        for person in (ann, bob):
            person.shot("talk")
            person.quit()
        # Started again, from what is on the disk and the server.
        for name in ("ann", "bob"):
            person = self.pages(name)
            person.click({"ann": "Bob Ray", "bob": "Ann Lee"}[name])
            for text in said:
                person.see(text)
            if name == "ann":
                person.see("Tea")
            person.quit()
        folders = [(line["key"], line["value"]) for line in self.exported() if line["type"] == "user_items" and line["kind"] == 5]
        self.assertEqual(["Tea"], [name for name, rooms in folders if rooms], folders)
        ids = {line["handle"]: line["user"] for line in self.exported() if line["type"] == "user"}
        events = [line for line in self.exported() if line["type"] == "event"]
        self.assertEqual(5, sum(event["kind"] == "message" for event in events))
        self.assertIn(f"See you <@{ids['ann']}> tomorrow", [event.get("body") for event in events])
        self.assertEqual([said[0]], [event["body"] for event in events if event["kind"] == "edit"])
        self.assertEqual(["👍"], [event["body"] for event in events if event["kind"] == "reaction_add"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
