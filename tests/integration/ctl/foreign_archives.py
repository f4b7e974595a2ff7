"""Small archives in the forms that Slack and Mattermost write, made by hand."""

import json
import zipfile

SLACK_USERS = [
    {"id": "U01ANN", "team_id": "T0TEA", "name": "ann", "deleted": False, "color": "9f69e7", "is_admin": True, "is_owner": True, "is_primary_owner": True, "is_bot": False,
     "profile": {"real_name": "Ann Archer", "display_name": "Ann", "email": "ann@example.org", "status_text": "in a meeting", "image_512": "https://example.org/a.png"}},
    {"id": "U02BOB", "team_id": "T0TEA", "name": "bob", "deleted": False, "is_bot": False, "profile": {"real_name": "Bob B.", "display_name": ""}},
    {"id": "U03CAT", "team_id": "T0TEA", "name": "Cat!", "deleted": True, "is_bot": False, "profile": {"real_name": "Cat"}},
]  # fmt: skip

SLACK = {
    "users.json": SLACK_USERS,
    "channels.json": [
        {"id": "C01GEN", "name": "general", "created": 1600000000, "creator": "U01ANN", "is_archived": False, "is_general": True, "members": ["U01ANN", "U02BOB"],
         "topic": {"value": "All of us &amp; tea", "creator": "U02BOB", "last_set": 1600000300}, "purpose": {"value": "everything", "creator": "U01ANN", "last_set": 0},
         "pins": [{"id": "1600000100.000200", "type": "C", "created": 1600000400, "user": "U02BOB", "owner": "U01ANN"}, {"id": "F1", "type": "F", "created": 1600000500, "user": "U02BOB", "owner": "U01ANN"}]},
    ],
    "groups.json": [{"id": "G01SEC", "name": "secret", "created": 1600000000, "creator": "U02BOB", "is_archived": True, "members": ["U02BOB"], "topic": {"value": "", "creator": "", "last_set": 0}, "purpose": {"value": ""}}],
    "mpims.json": [{"id": "G02MP", "name": "mpdm-ann--bob--cat-1", "created": 1600000000, "creator": "U01ANN", "members": ["U01ANN", "U02BOB", "U03CAT"], "topic": {"value": ""}, "purpose": {"value": "Group messaging"}}],
    "dms.json": [{"id": "D01AB", "created": 1600000000, "members": ["U01ANN", "U02BOB"]}, {"id": "D02AA", "created": 1600000000, "members": ["U01ANN"]}],
    "integration_logs.json": [],
    "general/2020-09-13.json": [
        {"type": "message", "subtype": "channel_join", "user": "U02BOB", "text": "<@U02BOB> has joined the channel", "ts": "1600000050.000100"},
        {"client_msg_id": "x1", "type": "message", "user": "U01ANN", "text": "Hello <@U02BOB>, see <#C01GEN|general> &amp; <https://example.org/a?b=1&amp;c=2|the *docs*> :tada:", "ts": "1600000100.000200", "team": "T0TEA",
         "thread_ts": "1600000100.000200", "reply_count": 2, "reactions": [{"name": "+1", "users": ["U02BOB", "U01ANN"], "count": 2}, {"name": "partyparrot", "users": ["U02BOB"], "count": 3}],
         "edited": {"user": "U01ANN", "ts": "1600000110.000000"}, "blocks": [{"type": "rich_text"}]},
        {"type": "message", "user": "U02BOB", "text": "in the thread", "ts": "1600000120.000300", "thread_ts": "1600000100.000200", "parent_user_id": "U01ANN"},
        {"type": "message", "subtype": "thread_broadcast", "user": "U02BOB", "text": "and outside", "ts": "1600000121.000300", "thread_ts": "1600000100.000200"},
        {"type": "message", "user": "U03CAT", "text": "look: `if (a &lt; b) *p = 1;`", "ts": "1600000130.000400", "files": [{"id": "F2", "name": "cat.png"}]},
        {"type": "message", "subtype": "channel_leave", "user": "U03CAT", "text": "left", "ts": "1600000140.000400"},
        {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": "1600000150.000500", "thread_ts": "1600000150.000500", "hidden": True},
        {"type": "message", "user": "U01ANN", "text": "why was it?", "ts": "1600000151.000500", "thread_ts": "1600000150.000500"},
    ],
    "general/2020-09-14.json": [
        {"type": "message", "subtype": "bot_message", "bot_id": "B01", "username": "Builder", "text": "", "attachments": [{"title": "Build 7", "text": "is *green*", "fallback": "green"}], "ts": "1600086400.000100"},
        {"type": "message", "subtype": "bot_message", "bot_id": "B01", "username": "Builder", "text": "", "blocks": [{"type": "section"}], "ts": "1600086401.000100"},
        {"type": "message", "subtype": "me_message", "user": "U02BOB", "text": "waves", "ts": "1600086402.000100"},
        {"type": "message", "subtype": "channel_purpose", "user": "U01ANN", "purpose": "everything", "text": "set the purpose", "ts": "1600086403.000100"},
        {"type": "message", "user": "U02BOB", "text": "<!channel> a late reply", "ts": "1600086404.000100", "thread_ts": "1500000000.000000"},
    ],
    "secret/2020-09-13.json": [{"type": "message", "user": "U02BOB", "text": "nobody knows", "ts": "1600000100.000000"}, {"type": "message", "subtype": "group_topic", "user": "U02BOB", "topic": "hush", "text": "", "ts": "1600000101.000000"}],
    "mpdm-ann--bob--cat-1/2020-09-13.json": [{"type": "message", "user": "U03CAT", "text": "three of us", "ts": "1600000100.000000"}],
    "D01AB/2020-09-13.json": [{"type": "message", "user": "U01ANN", "text": "just you", "ts": "1600000100.000000"}],
    "D02AA/2020-09-13.json": [{"type": "message", "user": "U01ANN", "text": "note to self", "ts": "1600000100.000000"}],
}  # fmt: skip

MATTERMOST = [
    {"type": "version", "version": 1, "info": {"generator": "mattermost-server", "version": "9.5.0"}},
    {"type": "emoji", "emoji": {"name": "ours", "image": "data/ours.png"}},
    {"type": "team", "team": {"name": "tea", "display_name": "Tea", "type": "O", "allow_open_invite": True}},
    {"type": "channel", "channel": {"team": "tea", "name": "town-square", "display_name": "Town Square", "type": "O", "header": "All of us", "purpose": "everything"}},
    {"type": "channel", "channel": {"team": "tea", "name": "quiet", "display_name": "Quiet", "type": "P", "header": "", "purpose": "", "deleted_at": 1600000999000}},
    {"type": "user", "user": {"username": "ann", "email": "ann@example.org", "nickname": "", "first_name": "Ann", "last_name": "Archer", "roles": "system_admin system_user",
     "teams": [{"name": "tea", "roles": "team_user", "channels": [{"name": "town-square", "roles": "channel_user channel_admin"}, {"name": "quiet", "roles": "channel_user"}]}]}},
    {"type": "user", "user": {"username": "j.doe", "email": "j@example.org", "nickname": "Jo", "teams": [{"name": "tea", "roles": "team_user", "channels": [{"name": "town-square", "roles": "channel_user"}]}]}},
    {"type": "post", "post": {"team": "tea", "channel": "town-square", "user": "j.doe", "type": "system_join_channel", "message": "j.doe joined", "create_at": 1600000050000}},
    {"type": "post", "post": {"team": "tea", "channel": "town-square", "user": "ann", "message": "Hello @j.doe. **Read** `@ann` :tada:", "create_at": 1600000100000, "edit_at": 1600000110000, "is_pinned": True, "flagged_by": ["j.doe"],
     "reactions": [{"user": "j.doe", "emoji_name": "+1", "create_at": 1600000105000}, {"user": "j.doe", "emoji_name": "ours", "create_at": 1600000106000}],
     "replies": [{"user": "j.doe", "message": "in the thread", "create_at": 1600000120000, "reactions": [{"user": "ann", "emoji_name": "heart", "create_at": 1600000121000}], "attachments": [{"path": "data/20200913/tea.pdf"}]}]}},
    {"type": "post", "post": {"team": "tea", "channel": "town-square", "user": "gone", "message": "@all I left", "create_at": 1600000090000}},
    {"type": "post", "post": {"team": "tea", "channel": "town-square", "user": "ann", "type": "system_header_change", "message": "", "props": {"new_header": "Old header"}, "create_at": 1600000060000}},
    {"type": "post", "post": {"team": "tea", "channel": "quiet", "user": "ann", "message": "so quiet", "create_at": 1600000100000}},
    {"type": "direct_channel", "direct_channel": {"members": ["ann", "j.doe"], "header": ""}},
    {"type": "direct_channel", "direct_channel": {"participants": [{"username": "ann"}, {"username": "j.doe"}, {"username": "gone"}], "header": ""}},
    {"type": "direct_post", "direct_post": {"channel_members": ["j.doe", "ann"], "user": "j.doe", "message": "just you", "create_at": 1600000100000}},
    {"type": "direct_post", "direct_post": {"channel_members": ["ann", "gone", "j.doe"], "user": "ann", "message": "three", "create_at": 1600000100000}},
]  # fmt: skip


def write_slack(folder):
    """The unpacked export."""
    for name, content in SLACK.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def zip_slack(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in SLACK.items():
            archive.writestr(name, json.dumps(content))
        archive.writestr("general/", "")
        archive.writestr("__uploads/F2/cat.png", b"\x89PNG")
    return path


def mattermost_lines():
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in MATTERMOST)


def write_mattermost(path):
    path.write_text(mattermost_lines(), encoding="utf-8")
    return path


def zip_mattermost(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("import.jsonl", mattermost_lines())
        archive.writestr("data/20200913/tea.pdf", b"%PDF")
    return path
