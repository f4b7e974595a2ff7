-- What is done to rooms beside their commits. Each is one call and one transaction.

-- Under the room's lock: a batch that is under way is over before the answer. With a fence the room is taken over.
CREATE FUNCTION load_room(p_room bigint, p_fence bigint)
RETURNS TABLE (fenced boolean, kind smallint, title text, epoch bigint, head bigint, msg_no bigint, min_seq bigint,
               last_ts bigint, history_joined boolean)
LANGUAGE plpgsql AS $$
DECLARE
  held bigint;
BEGIN
  SELECT r.fence INTO held FROM rooms AS r WHERE r.room_id = p_room FOR UPDATE;
  IF p_fence > held THEN UPDATE rooms AS r SET fence = p_fence WHERE r.room_id = p_room; END IF;
  RETURN QUERY
  SELECT p_fence <> 0 AND p_fence < held, r.kind, r.title, r.epoch, r.head, r.msg_no, r.min_seq, r.last_ts, r.history_joined
  FROM rooms AS r WHERE r.room_id = p_room;
END $$;

-- A checkpoint of another epoch, beyond the head or behind the newest one changes nothing.
CREATE FUNCTION put_checkpoint(p_room bigint, p_epoch bigint, p_seq bigint, p_hash bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM rooms WHERE room_id = p_room AND epoch = p_epoch AND head >= p_seq FOR UPDATE;
  IF FOUND AND p_seq > coalesce((SELECT max(seq) FROM checkpoints WHERE room_id = p_room), 0) THEN
    INSERT INTO checkpoints VALUES (p_room, p_seq, p_hash);
  END IF;
END $$;

-- No row: no such room.
CREATE FUNCTION raise_epoch(p_room bigint, p_expected bigint, p_to bigint, p_fence bigint,
                            OUT now_epoch bigint, OUT fenced boolean)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
  SELECT epoch, p_fence <> 0 AND p_fence < fence INTO now_epoch, fenced FROM rooms WHERE room_id = p_room FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  IF NOT fenced AND now_epoch = p_expected THEN
    UPDATE rooms SET epoch = p_to WHERE room_id = p_room;
    now_epoch := p_to;
  END IF;
  RETURN NEXT;
END $$;

-- Max-registers; the arrays have an element a mark, each user and room once.
CREATE FUNCTION put_read_marks(p_users bigint[], p_rooms bigint[], p_seqs bigint[], p_msg_nos bigint[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO read_marks AS k (user_id, room_id, seq, msg_no)
  SELECT * FROM unnest(p_users, p_rooms, p_seqs, p_msg_nos) AS m (user_id, room_id, seq, msg_no) ORDER BY user_id, room_id
  ON CONFLICT (user_id, room_id) DO UPDATE SET seq = excluded.seq, msg_no = excluded.msg_no WHERE excluded.seq > k.seq
$$;

-- By the user: compare and set. status: wire::PutStatus.
CREATE FUNCTION put_item(p_user bigint, p_kind bigint, p_key text, p_value bytea, p_base bigint, p_items_max bigint,
                         OUT status integer, OUT version bigint, OUT value bytea)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_users(ARRAY[p_user]);
  status := 1;
  SELECT i.version, i.value INTO version, value FROM user_items AS i
  WHERE i.user_id = p_user AND i.kind = p_kind AND i.key = p_key;
  IF NOT FOUND THEN
    version := 0;
    value := '';
  END IF;
  IF value = p_value AND (version <> 0 OR p_value = '') THEN RETURN; END IF;
  IF version <> p_base AND NOT (value = '' AND p_base = 0) THEN
    status := 2;
  ELSIF version = 0 AND (SELECT count(*) FROM user_items AS i WHERE i.user_id = p_user) >= p_items_max THEN
    status := 3;
  ELSE
    PERFORM set_item(p_user, p_kind, p_key, p_value);
    SELECT i.version, i.value INTO version, value FROM user_items AS i
    WHERE i.user_id = p_user AND i.kind = p_kind AND i.key = p_key;
  END IF;
END $$;

-- p_members: each once, the creator first. The checkpoints of a log that begins with as many events come ready made.
-- p_low and p_high: the two users of a direct room. status: wire::CreateStatus.
CREATE FUNCTION create_room(
  p_device bigint, p_request bigint, p_room bigint, p_kind bigint, p_title text, p_members bigint[], p_low bigint,
  p_high bigint, p_rooms_max bigint, p_now bigint, p_empty_hash bigint, p_checkpoint_seqs bigint[],
  p_checkpoint_hashes bigint[], OUT status integer, OUT room bigint)
LANGUAGE plpgsql AS $$
DECLARE
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
  VALUES (p_room, p_kind, p_title, 1, cardinality(p_members), 0, p_now, cardinality(p_members)) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    status := 4;
    RETURN;
  END IF;
  INSERT INTO events (room_id, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject,
                      role, body_hash, body)
  SELECT p_room, m.at, 1, 6, m.user_id, 0, 0, 0, p_now, 0, 0, 0, m.user_id, CASE WHEN p_kind = 1 AND m.at = 1 THEN 4 ELSE 1 END,
         p_empty_hash, ''
  FROM unnest(p_members) WITH ORDINALITY AS m (user_id, at);
  INSERT INTO members (room_id, user_id, role, join_seq)
  SELECT p_room, m.user_id, CASE WHEN p_kind = 1 AND m.at = 1 THEN 4 ELSE 1 END, m.at
  FROM unnest(p_members) WITH ORDINALITY AS m (user_id, at);
  UPDATE users SET rooms_version = rooms_version + 1 WHERE user_id = ANY (p_members);
  INSERT INTO checkpoints SELECT p_room, c.seq, c.hash FROM unnest(p_checkpoint_seqs, p_checkpoint_hashes) AS c (seq, hash);
  INSERT INTO created_rooms VALUES (p_device, p_request, p_room);
  IF p_kind = 2 THEN INSERT INTO direct_rooms VALUES (p_low, p_high, p_room); END IF;
  status := 1;
  room := p_room;
END $$;

-- ---- links. ports::may_look (server/ports/authorize.h) for what is judged in a transaction.

CREATE FUNCTION may_manage_links(kind integer, role integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT kind = 1 AND role >= 2
$$;
CREATE FUNCTION may_see_room(is_public boolean, role integer, banned boolean, invited boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT role <> 0 OR ((is_public OR invited) AND NOT banned)
$$;

CREATE FUNCTION standing_of(p_room bigint, p_user bigint) RETURNS standing LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT ROW (CASE WHEN leave_seq = 0 THEN role ELSE 0 END, muted, banned, invited_by <> 0)::standing
     FROM members WHERE room_id = p_room AND user_id = p_user),
    ROW (0, false, false, false)::standing)
$$;

-- Locks the room, then says whether the caller may manage its links, and whether the caller knows of it at all.
CREATE FUNCTION look_at_links(p_room bigint, p_caller bigint, OUT permitted boolean, OUT visible boolean)
LANGUAGE plpgsql AS $$
DECLARE
  room rooms%ROWTYPE;
  who  standing;
BEGIN
  SELECT * INTO room FROM rooms WHERE room_id = p_room FOR UPDATE;
  permitted := false;
  visible := false;
  IF NOT FOUND THEN RETURN; END IF;
  who := standing_of(p_room, p_caller);
  permitted := may_manage_links(room.kind, who.role);
  visible := may_see_room(room.is_public, who.role, who.banned, who.invited);
END $$;

CREATE FUNCTION create_link(p_room bigint, p_caller bigint, p_code bytea, p_now bigint, p_expires bigint, p_uses bigint,
                            OUT permitted boolean, OUT visible boolean, OUT link bigint)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT l.permitted, l.visible INTO permitted, visible FROM look_at_links(p_room, p_caller) AS l;
  link := 0;
  IF permitted THEN
    INSERT INTO room_links (room_id, code_hash, by_user, created, expires, uses_left)
    VALUES (p_room, p_code, p_caller, p_now, p_expires, p_uses) RETURNING link_id INTO link;
  END IF;
END $$;

CREATE FUNCTION revoke_link(p_room bigint, p_caller bigint, p_link bigint,
                            OUT permitted boolean, OUT visible boolean, OUT found_it boolean)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT l.permitted, l.visible INTO permitted, visible FROM look_at_links(p_room, p_caller) AS l;
  found_it := false;
  IF permitted THEN
    DELETE FROM room_links WHERE room_id = p_room AND link_id = p_link;
    found_it := FOUND;
  END IF;
END $$;

-- The code is the right: nobody's role is asked for, but the banned stay out. use: ports::LinkUse.
CREATE FUNCTION use_link(p_caller bigint, p_code bytea, p_now bigint, OUT use integer, OUT room bigint)
LANGUAGE plpgsql AS $$
DECLARE
  locked rooms%ROWTYPE;
  link   room_links%ROWTYPE;
  before standing;
  after  standing;
BEGIN
  use := 2;
  room := 0;
  SELECT r.* INTO locked FROM room_links AS l JOIN rooms AS r USING (room_id) WHERE l.code_hash = p_code FOR UPDATE OF r;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT * INTO link FROM room_links WHERE code_hash = p_code AND expires > p_now AND uses_left > 0;
  IF NOT FOUND THEN RETURN; END IF;
  before := standing_of(locked.room_id, p_caller);
  IF before.banned THEN
    use := 3;
    RETURN;
  END IF;
  room := locked.room_id;
  IF before.role <> 0 THEN
    use := 1;
    RETURN;
  END IF;
  use := 0;
  IF before.invited THEN RETURN; END IF;
  PERFORM lock_users(ARRAY[p_caller]);
  UPDATE room_links SET uses_left = uses_left - 1 WHERE link_id = link.link_id;
  after := before;
  after.invited := true;
  PERFORM put_member(room, p_caller, link.by_user, locked.head, 1, before, after);
  PERFORM set_invitation(room, p_caller, true, link.by_user, locked.head, locked.title);
END $$;
