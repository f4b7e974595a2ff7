-- Several databases: the people's, and one for each part of the rooms (docs/decisions/0029). In each a commit is what it was; what
-- it says of people goes to the people's database by an outbox. A database that holds everything pays nothing for it.

-- What this database holds. kind: 0 everything, 1 the people of so many parts of the rooms, 2 the part of the rooms with this
-- number, from 0 on. The first that opens an empty database says which (take_part).
CREATE TABLE part (
  id     integer  PRIMARY KEY CHECK (id = 1),
  kind   smallint NOT NULL,
  number bigint   NOT NULL,
  parts  bigint   NOT NULL
);
INSERT INTO part VALUES (1, 0, 0, 0);
-- Functions read it that were there before: with a role that has not been granted it yet.
GRANT SELECT ON part TO PUBLIC;

-- Of a part of the rooms: what the people's database has not been told yet. Numbers ascend within a room, whose lock is held.
-- kind: 1 a room's card, 2 a row of members, 3 a mention, 4 an invitation, 5 all of whom the room knows anything, 6 a direct room.
CREATE TABLE outbox (
  room_id bigint   NOT NULL,
  number  bigint   GENERATED ALWAYS AS IDENTITY,
  kind    smallint NOT NULL,
  image   jsonb    NOT NULL,
  PRIMARY KEY (room_id, number)
);
GRANT UPDATE ON SEQUENCE outbox_number_seq TO PUBLIC;  -- tell_anew

-- Of the people: up to which number they were told of a room.
CREATE TABLE relayed (
  room_id bigint PRIMARY KEY,
  number  bigint NOT NULL
) WITH (fillfactor = 70);

-- ---- a part of the rooms tells

CREATE FUNCTION tell_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (room_id, kind, image) VALUES (NEW.room_id, 1, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE FUNCTION tell_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (room_id, kind, image) VALUES (NEW.room_id, 2, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER tell_new_card AFTER INSERT ON rooms FOR EACH ROW EXECUTE FUNCTION tell_card();
CREATE TRIGGER tell_card AFTER UPDATE ON rooms FOR EACH ROW
  WHEN ((OLD.title, OLD.topic, OLD.is_public, OLD.history_joined, OLD.members)
        IS DISTINCT FROM (NEW.title, NEW.topic, NEW.is_public, NEW.history_joined, NEW.members))
  EXECUTE FUNCTION tell_card();
CREATE TRIGGER tell_member AFTER INSERT OR UPDATE ON members FOR EACH ROW EXECUTE FUNCTION tell_member();
ALTER TABLE rooms DISABLE TRIGGER USER;
ALTER TABLE members DISABLE TRIGGER USER;

-- By the owner of the tables, of a database that is empty, while nobody else works on it.
CREATE FUNCTION take_part(p_kind bigint, p_number bigint, p_parts bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE part SET kind = p_kind, number = p_number, parts = p_parts;
  IF p_kind = 2 THEN
    ALTER TABLE rooms ENABLE TRIGGER USER;
    ALTER TABLE members ENABLE TRIGGER USER;
  END IF;
END $$;

-- What unsigned() has written.
CREATE FUNCTION signed(id text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN id::numeric > 9223372036854775807 THEN (id::numeric - 18446744073709551616)::bigint ELSE id::bigint END
$$;

CREATE OR REPLACE FUNCTION add_mention(p_user bigint, p_value bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v bigint;
BEGIN
  IF (SELECT kind FROM part) = 2 THEN
    INSERT INTO outbox (room_id, kind, image)
    SELECT signed(split_part(value, ' ', 1)), 3, jsonb_build_object('user_id', p_user, 'value', value)
    FROM convert_from(p_value, 'UTF8') AS value;
    RETURN;
  END IF;
  v := next_items_version(p_user);
  INSERT INTO user_items (user_id, kind, key, version, value) VALUES (p_user, 2, (v % 256)::text, v, p_value)
  ON CONFLICT (user_id, kind, key) DO UPDATE SET version = excluded.version, value = excluded.value;
END $$;

CREATE OR REPLACE FUNCTION set_invitation(
  p_room bigint, p_user bigint, p_invited boolean, p_by bigint, p_seq bigint, p_title text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  k CONSTANT text := unsigned(p_room);
BEGIN
  IF (SELECT kind FROM part) = 2 THEN
    -- That it is gone the row of members tells.
    IF p_invited THEN
      INSERT INTO outbox (room_id, kind, image)
      VALUES (p_room, 4, jsonb_build_object('user_id', p_user, 'by', p_by, 'seq', p_seq, 'title', p_title));
    END IF;
  ELSIF p_invited THEN
    PERFORM set_item(p_user, 1, k, utf8(unsigned(p_by) || ' ' || p_seq || ' ' || p_title));
  ELSIF EXISTS (SELECT 1 FROM user_items WHERE user_id = p_user AND kind = 1 AND key = k AND value <> '') THEN
    PERFORM set_item(p_user, 1, k, '');
  END IF;
END $$;

-- Everything once more, after one of the two databases was put back. Above any number of the time that is lost.
CREATE FUNCTION tell_anew() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM setval('outbox_number_seq', greatest((SELECT last_value FROM outbox_number_seq),
                                               (extract(epoch FROM clock_timestamp()) * 1000000)::bigint));
  INSERT INTO outbox (room_id, kind, image) SELECT room_id, 1, to_jsonb(r) FROM rooms AS r;
  INSERT INTO outbox (room_id, kind, image)
  SELECT r.room_id, 5, jsonb_build_object('users', (SELECT coalesce(jsonb_agg(m.user_id), '[]') FROM members AS m
                                                    WHERE m.room_id = r.room_id)) FROM rooms AS r;
  INSERT INTO outbox (room_id, kind, image) SELECT room_id, 2, to_jsonb(m) FROM members AS m;
  INSERT INTO outbox (room_id, kind, image)
  SELECT r.room_id, 4, jsonb_build_object('user_id', m.user_id, 'by', m.invited_by, 'seq', r.head, 'title', r.title)
  FROM members AS m JOIN rooms AS r USING (room_id) WHERE m.invited_by <> 0;
  INSERT INTO outbox (room_id, kind, image) SELECT room_id, 6, to_jsonb(d) FROM direct_rooms AS d;
END $$;

CREATE OR REPLACE FUNCTION raise_epochs(p_unseen bigint DEFAULT 1) RETURNS void LANGUAGE sql AS $$
  UPDATE rooms SET epoch = epoch + p_unseen;
  UPDATE users SET rooms_version = rooms_version + 1048576,
    items_version = CASE WHEN items_version = 0 THEN 0 ELSE ((items_version >> 32) << 32) + (1::bigint << 32) END;
  UPDATE cluster SET last_view = last_view + 1048576;
  DELETE FROM seats;
  DELETE FROM views;
  SELECT tell_anew() FROM part WHERE kind = 2;
  UPDATE history SET number = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

-- ---- the people are told

CREATE FUNCTION take_member(m members) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  before members%ROWTYPE;
BEGIN
  SELECT * INTO before FROM members WHERE room_id = m.room_id AND user_id = m.user_id;
  INSERT INTO members SELECT m.*
  ON CONFLICT (room_id, user_id) DO UPDATE SET join_seq = excluded.join_seq, leave_seq = excluded.leave_seq,
    visible_from = excluded.visible_from, invited_by = excluded.invited_by, role = excluded.role, muted = excluded.muted,
    banned = excluded.banned;
  IF before.invited_by <> 0 AND m.invited_by = 0 THEN
    PERFORM set_invitation(m.room_id, m.user_id, false, 0, 0, '');
  END IF;
  IF (CASE WHEN before.leave_seq = 0 THEN before.role ELSE 0 END) <> (CASE WHEN m.leave_seq = 0 THEN m.role ELSE 0 END)
  THEN
    UPDATE users SET rooms_version = rooms_version + 1 WHERE user_id = m.user_id;
  END IF;
END $$;

-- Of whom the room knows nothing.
CREATE FUNCTION drop_member(m members) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  m.leave_seq := greatest(m.leave_seq, m.join_seq, 1);
  m.invited_by := 0;
  PERFORM take_member(m);
  DELETE FROM members WHERE room_id = m.room_id AND user_id = m.user_id;
END $$;

-- Rows of an outbox, each room's in order and without a gap. Who was told of a row before is not told again, whoever else relays
-- the same meanwhile. Answers how many were new.
CREATE FUNCTION take_outbox(p_rooms bigint[], p_numbers bigint[], p_kinds bigint[], p_images text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  o     record;
  taken bigint := 0;
BEGIN
  INSERT INTO relayed SELECT DISTINCT room_id, 0 FROM unnest(p_rooms) AS room_id ORDER BY room_id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM relayed WHERE room_id = ANY (p_rooms) ORDER BY room_id FOR UPDATE;
  -- From here on each statement sees what was committed before the locks were had.
  PERFORM lock_users(ARRAY(
    SELECT (image::jsonb ->> 'user_id')::bigint FROM unnest(p_images) AS image WHERE image::jsonb ? 'user_id'
    UNION
    SELECT m.user_id FROM unnest(p_rooms, p_kinds) AS q (room_id, kind) JOIN members AS m USING (room_id) WHERE q.kind = 5));
  FOR o IN
    SELECT q.* FROM unnest(p_rooms, p_numbers, p_kinds, p_images::jsonb[]) AS q (room_id, number, kind, image)
    JOIN relayed AS k USING (room_id) WHERE q.number > k.number ORDER BY q.number
  LOOP
    CASE o.kind
      WHEN 1 THEN
        INSERT INTO rooms (room_id, kind, title, topic, is_public, history_joined, members, epoch, head, msg_no, last_ts)
        SELECT r.room_id, r.kind, r.title, r.topic, r.is_public, r.history_joined, r.members, 1, 0, 0, 0
        FROM jsonb_populate_record(NULL::rooms, o.image) AS r
        ON CONFLICT (room_id) DO UPDATE SET kind = excluded.kind, title = excluded.title, topic = excluded.topic,
          is_public = excluded.is_public, history_joined = excluded.history_joined, members = excluded.members;
      WHEN 2 THEN PERFORM take_member(jsonb_populate_record(NULL::members, o.image));
      WHEN 3 THEN PERFORM add_mention((o.image ->> 'user_id')::bigint, utf8(o.image ->> 'value'));
      WHEN 4 THEN
        IF NOT EXISTS (SELECT 1 FROM user_items AS i WHERE i.user_id = (o.image ->> 'user_id')::bigint AND i.kind = 1
                         AND i.key = unsigned(o.room_id) AND i.value <> '') THEN
          PERFORM set_invitation(o.room_id, (o.image ->> 'user_id')::bigint, true, (o.image ->> 'by')::bigint,
                                 (o.image ->> 'seq')::bigint, o.image ->> 'title');
        END IF;
      WHEN 5 THEN
        PERFORM drop_member(m) FROM members AS m WHERE m.room_id = o.room_id
          AND m.user_id NOT IN (SELECT u::bigint FROM jsonb_array_elements_text(o.image -> 'users') AS u);
      WHEN 6 THEN
        INSERT INTO direct_rooms
        SELECT d.* FROM jsonb_populate_record(NULL::direct_rooms, o.image) AS d ON CONFLICT DO NOTHING;
    END CASE;
    taken := taken + 1;
  END LOOP;
  UPDATE relayed AS k SET number = q.number
  FROM (SELECT u.room_id, max(u.number) AS number FROM unnest(p_rooms, p_numbers) AS u (room_id, number) GROUP BY 1) AS q
  WHERE k.room_id = q.room_id AND k.number < q.number;
  RETURN taken;
END $$;

-- Rooms that their database has lost.
CREATE FUNCTION forget_rooms(p_rooms bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_users(ARRAY(SELECT user_id FROM members WHERE room_id = ANY (p_rooms)));
  PERFORM drop_member(m) FROM members AS m WHERE m.room_id = ANY (p_rooms);
  DELETE FROM created_rooms WHERE room_id = ANY (p_rooms);
  DELETE FROM direct_rooms WHERE room_id = ANY (p_rooms);
  DELETE FROM rooms WHERE room_id = ANY (p_rooms);
END $$;

-- ---- what begins at the people's database and ends at a part of the rooms

-- Nothing is left of what a user may be in when so many rooms are elsewhere.
CREATE OR REPLACE FUNCTION in_rooms(p_user bigint, p_count bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_count <= 0
    OR EXISTS (SELECT 1 FROM members WHERE user_id = p_user AND leave_seq = 0 OFFSET greatest(p_count, 1) - 1)
$$;

-- Among the people it only says which room this creation, or this pair, has: the room is made in its own database, and a
-- repeat finds the same one.
CREATE OR REPLACE FUNCTION create_room(
  p_device bigint, p_request bigint, p_room bigint, p_kind bigint, p_title text, p_members bigint[], p_low bigint,
  p_high bigint, p_rooms_max bigint, p_now bigint, p_empty_hash bigint, p_checkpoint_seqs bigint[],
  p_checkpoint_hashes bigint[], OUT status integer, OUT room bigint)
LANGUAGE plpgsql AS $$
DECLARE
  is_claim CONSTANT boolean := (SELECT kind FROM part) = 1;
  founders CONSTANT bigint := CASE WHEN is_claim THEN 0 ELSE cardinality(p_members) END;
  u bigint;
BEGIN
  -- The creator's row is everybody's who repeats this creation, both rows everybody's who makes the same direct room.
  PERFORM lock_users(p_members);
  SELECT m.room_id INTO room FROM created_rooms AS m WHERE m.device = p_device AND m.request_id = p_request;
  IF FOUND THEN
    status := 2;
    RETURN;
  END IF;
  room := 0;
  IF p_kind = 2 THEN
    IF cardinality(p_members) <> 2 THEN
      status := 3;
      RETURN;
    END IF;
    SELECT d.room_id INTO room FROM direct_rooms AS d WHERE d.low_user = p_low AND d.high_user = p_high;
    IF FOUND THEN
      INSERT INTO created_rooms VALUES (p_device, p_request, room);
      status := 2;
      RETURN;
    END IF;
    room := 0;
  END IF;
  FOREACH u IN ARRAY p_members LOOP
    IF in_rooms(u, p_rooms_max) THEN
      status := 5;
      RETURN;
    END IF;
  END LOOP;
  INSERT INTO rooms (room_id, kind, title, epoch, head, msg_no, last_ts, members)
  VALUES (p_room, p_kind, p_title, 1, founders, 0, p_now, founders) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    status := 4;
    RETURN;
  END IF;
  IF NOT is_claim THEN
    INSERT INTO events (room_id, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject,
                        role, body_hash, body)
    SELECT p_room, m.at, 1, 6, m.user_id, 0, 0, 0, p_now, 0, 0, 0, m.user_id,
           CASE WHEN p_kind = 1 AND m.at = 1 THEN 4 ELSE 1 END, p_empty_hash, ''
    FROM unnest(p_members) WITH ORDINALITY AS m (user_id, at);
    INSERT INTO members (room_id, user_id, role, join_seq)
    SELECT p_room, m.user_id, CASE WHEN p_kind = 1 AND m.at = 1 THEN 4 ELSE 1 END, m.at
    FROM unnest(p_members) WITH ORDINALITY AS m (user_id, at);
    UPDATE users SET rooms_version = rooms_version + 1 WHERE user_id = ANY (p_members);
    INSERT INTO checkpoints
    SELECT p_room, c.seq, c.hash FROM unnest(p_checkpoint_seqs, p_checkpoint_hashes) AS c (seq, hash);
  END IF;
  INSERT INTO created_rooms VALUES (p_device, p_request, p_room);
  IF p_kind = 2 THEN INSERT INTO direct_rooms VALUES (p_low, p_high, p_room); END IF;
  status := 1;
  room := p_room;
END $$;

-- A part of the rooms has no accounts; it is told of who blocks whom for its direct rooms.
CREATE OR REPLACE FUNCTION put_block(p_user bigint, p_blocked bigint, p_on boolean) RETURNS account_change
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM accounts WHERE user_id = p_blocked) AND (SELECT kind FROM part) <> 2 THEN
    RETURN account_changed(false);
  END IF;
  IF p_on THEN
    INSERT INTO blocks VALUES (p_user, p_blocked) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM blocks WHERE user_id = p_user AND blocked = p_blocked;
  END IF;
  RETURN account_changed(true);
END $$;

-- Whether a link into a room lets a new account in. Once more who came in by it: the answer may have been lost.
CREATE FUNCTION link_admits(p_user bigint, p_code bytea, p_now bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM room_links AS l WHERE l.code_hash = p_code
                   AND ((l.expires > p_now AND l.uses_left > 0) OR (standing_of(l.room_id, p_user)).role <> 0))
$$;

-- The new account becomes a member of the link's room; a repeat finds it one. room 0: the link leads nowhere any more.
CREATE FUNCTION enter_by_link(p_user bigint, p_code bytea, p_now bigint, p_empty_hash bigint, OUT room bigint, OUT head bigint)
LANGUAGE plpgsql AS $$
DECLARE
  link    record;
  entered record;
BEGIN
  SELECT r.room_id, r.head INTO room, head FROM room_links AS l JOIN rooms AS r USING (room_id)
  WHERE l.code_hash = p_code AND (standing_of(l.room_id, p_user)).role <> 0;
  IF FOUND THEN RETURN; END IF;
  room := 0;
  head := 0;
  SELECT * INTO link FROM use_link(p_user, p_code, p_now);
  IF link.use <> 0 THEN RETURN; END IF;
  SELECT b.* INTO entered
  FROM rooms AS r, commit_batch(
    r.room_id, r.epoch, 0, p_now, 4294967295, false, '{}', ARRAY[p_user], ARRAY[p_user], '{0}', '{1}', '{1}', '{0}',
    ARRAY[p_user], '{6}', '{0}', '{0}', ARRAY[p_user], '{1}', '{0}', ARRAY[p_empty_hash], ARRAY[''::bytea], '{}', '{}') AS b
  WHERE r.room_id = link.room;
  IF entered.answers[1] = 1 THEN
    room := link.room;
    head := entered.head;
  END IF;
END $$;
