-- A batch for one room, as one call: the rules of a commit as server/ports/store.h states them. Whoever changes a room locks
-- its row first, then the rows of the users concerned by number, so that no two transactions wait for each other.

CREATE FUNCTION unsigned(id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN id < 0 THEN (id::numeric + 18446744073709551616)::text ELSE id::text END
$$;

-- ports::may_append (server/ports/authorize.h), kinds and roles by number. A test compares the two over all there is.
CREATE FUNCTION may_append(
  kind integer, is_group boolean, is_public boolean, sender_role integer, muted boolean, sender_banned boolean,
  invited boolean, subject_is_sender boolean, subject_role integer, subject_banned boolean, granted integer,
  target_is_own boolean, mentions_room boolean, blocked boolean)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  member    CONSTANT boolean := sender_role <> 0;
  speaks    CONSTANT boolean := sender_role <> 0 AND NOT muted AND NOT blocked;
  moderates CONSTANT boolean := is_group AND sender_role >= 2;
  outranks  CONSTANT boolean := is_group AND sender_role >= 2 AND subject_role < sender_role;
BEGIN
  CASE kind
    WHEN 1 THEN RETURN speaks AND (NOT mentions_room OR NOT is_group OR moderates);
    WHEN 2 THEN RETURN speaks AND target_is_own AND (NOT mentions_room OR NOT is_group OR moderates);
    WHEN 3 THEN RETURN member AND (target_is_own OR moderates);
    WHEN 4 THEN RETURN speaks;
    WHEN 5 THEN RETURN member;
    WHEN 6 THEN
      IF NOT member THEN
        RETURN is_group AND subject_is_sender AND granted = 1 AND NOT sender_banned AND (is_public OR invited);
      END IF;
      RETURN moderates AND granted >= 1 AND granted <= sender_role AND NOT subject_banned
        AND (subject_role < sender_role OR (subject_is_sender AND subject_role <= sender_role));
    WHEN 7 THEN
      IF NOT member THEN RETURN subject_is_sender AND invited; END IF;
      RETURN is_group AND subject_role <> 0 AND (subject_is_sender OR outranks);
    WHEN 8, 9 THEN RETURN moderates;
    WHEN 10, 11 THEN RETURN is_group AND sender_role >= 3;
    WHEN 12, 13 THEN RETURN CASE WHEN is_group THEN moderates ELSE speaks END;
    WHEN 14 THEN
      RETURN is_group AND member AND (is_public OR moderates) AND subject_role = 0 AND NOT subject_banned;
    WHEN 15, 16 THEN RETURN outranks AND NOT subject_is_sender AND subject_role <> 0;
    WHEN 17 THEN RETURN outranks AND NOT subject_is_sender;
    WHEN 18 THEN RETURN moderates AND subject_banned;
    ELSE RETURN false;
  END CASE;
END $$;

-- Their rows exist after it, and are the transaction's until its end.
CREATE FUNCTION lock_users(p_users bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users (user_id) SELECT u FROM unnest(p_users) AS u ORDER BY u ON CONFLICT DO NOTHING;
  PERFORM 1 FROM users WHERE user_id = ANY (p_users) ORDER BY user_id FOR UPDATE;
END $$;

CREATE FUNCTION next_items_version(p_user bigint) RETURNS bigint LANGUAGE sql AS $$
  UPDATE users SET items_version = items_version + 1 WHERE user_id = p_user RETURNING items_version
$$;

CREATE FUNCTION set_item(p_user bigint, p_kind bigint, p_key text, p_value bytea) RETURNS void LANGUAGE sql AS $$
  INSERT INTO user_items (user_id, kind, key, version, value)
  VALUES (p_user, p_kind, p_key, next_items_version(p_user), p_value)
  ON CONFLICT (user_id, kind, key) DO UPDATE SET version = excluded.version, value = excluded.value
$$;

-- Into one of 256 slots (ports::kMentionSlots), over an old one.
CREATE FUNCTION add_mention(p_user bigint, p_value bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v CONSTANT bigint := next_items_version(p_user);
BEGIN
  INSERT INTO user_items (user_id, kind, key, version, value) VALUES (p_user, 2, (v % 256)::text, v, p_value)
  ON CONFLICT (user_id, kind, key) DO UPDATE SET version = excluded.version, value = excluded.value;
END $$;

CREATE FUNCTION utf8(t text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT convert_to(t, 'UTF8') $$;

-- The item of an invitation: there, or gone.
CREATE FUNCTION set_invitation(p_room bigint, p_user bigint, p_invited boolean, p_by bigint, p_seq bigint, p_title text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  k CONSTANT text := unsigned(p_room);
BEGIN
  IF p_invited THEN
    PERFORM set_item(p_user, 1, k, utf8(unsigned(p_by) || ' ' || p_seq || ' ' || p_title));
  ELSIF EXISTS (SELECT 1 FROM user_items WHERE user_id = p_user AND kind = 1 AND key = k AND value <> '') THEN
    PERFORM set_item(p_user, 1, k, '');
  END IF;
END $$;

CREATE FUNCTION in_rooms(p_user bigint, p_count bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM members WHERE user_id = p_user AND leave_seq = 0 OFFSET p_count - 1)
$$;

CREATE TYPE standing AS (role integer, muted boolean, banned boolean, invited boolean);

-- Writes how an event at p_seq leaves its subject; +1 when that one joined by it, -1 when that one left.
CREATE FUNCTION put_member(
  p_room bigint, p_user bigint, p_by bigint, p_seq bigint, p_visible_from bigint, p_before standing, p_after standing)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  was CONSTANT boolean := (p_before).role <> 0;
  now_is CONSTANT boolean := (p_after).role <> 0;
BEGIN
  IF now_is AND NOT was THEN
    INSERT INTO members (room_id, user_id, role, join_seq, visible_from)
    VALUES (p_room, p_user, (p_after).role, p_seq, p_visible_from)
    ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role, leave_seq = 0, join_seq = excluded.join_seq,
      visible_from = excluded.visible_from;
  ELSIF now_is AND (p_after).role <> (p_before).role THEN
    UPDATE members SET role = (p_after).role WHERE room_id = p_room AND user_id = p_user;
  ELSIF was AND NOT now_is THEN
    UPDATE members SET leave_seq = p_seq WHERE room_id = p_room AND user_id = p_user;
  END IF;
  IF ((p_after).muted, (p_after).banned, (p_after).invited) <> ((p_before).muted, (p_before).banned, (p_before).invited)
  THEN
    INSERT INTO members (room_id, user_id, role, join_seq, leave_seq) VALUES (p_room, p_user, 0, 0, p_seq)
    ON CONFLICT DO NOTHING;
    UPDATE members SET muted = (p_after).muted, banned = (p_after).banned,
      invited_by = CASE WHEN NOT (p_after).invited THEN 0 WHEN invited_by = 0 THEN p_by ELSE invited_by END
    WHERE room_id = p_room AND user_id = p_user;
  END IF;
  IF (p_after).role <> (p_before).role THEN
    UPDATE users SET rooms_version = rooms_version + 1 WHERE user_id = p_user;
  END IF;
  RETURN now_is::integer - was::integer;
END $$;

-- user_at, subject_at and device_at are places in the batch's arrays of users and devices; subject_at is 0 for the kinds
-- without one, device_at for the server's own rows.
CREATE TYPE commit_row AS (
  place integer, device_at integer, user_at integer, subject_at integer, cseq bigint, client_msg_id bigint, kind integer,
  target bigint, thread bigint, subject bigint, role integer, renumbered boolean, calls_room boolean, calls_users boolean,
  body_hash bigint, body bytea);

-- The rows, one after another, into a room that the caller has locked. Answers status, seq, expected cseq, msg_no and ts of
-- each, in one array. called_*: which row calls which user.
CREATE FUNCTION commit_rows(
  p_room bigint, p_now bigint, p_rooms_max bigint, p_devices bigint[], p_users bigint[], p_rows commit_row[],
  p_called_rows bigint[], p_called_users bigint[])
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  room      rooms%ROWTYPE;
  r         commit_row;
  stored    bigint[];    -- by device: the last cseq
  counter   bigint[];    -- likewise, as this batch moves it
  standings standing[];  -- by user
  sender    standing;
  subject   standing;
  after     standing;
  verdict   integer;     -- wire::SendStatus; 0: it may be appended
  expected  bigint;
  at_seq    bigint;      -- of the event that the row is, or was before
  at_msg_no bigint;
  at_ts     bigint;
  at_name   bigint;
  at_hash   bigint;
  of_kind   smallint;    -- of the event that the row refers to
  of_sender bigint;
  n         integer := 0;
  answers   bigint[] := '{}';
BEGIN
  SELECT * INTO STRICT room FROM rooms WHERE room_id = p_room;
  -- One by one off the index (OFFSET 0): joined, the rows of everybody in the room might be read.
  SELECT array_agg(coalesce(d.last_cseq, 0) ORDER BY u.at) INTO stored
  FROM unnest(p_devices) WITH ORDINALITY AS u (device, at)
  LEFT JOIN LATERAL (SELECT last_cseq FROM device_pos WHERE room_id = p_room AND device = u.device OFFSET 0) AS d ON true;
  counter := stored;
  SELECT array_agg(ROW (CASE WHEN m.leave_seq = 0 THEN m.role ELSE 0 END, coalesce(m.muted, false),
                        coalesce(m.banned, false), coalesce(m.invited_by <> 0, false))::standing ORDER BY u.at)
  INTO standings
  FROM unnest(p_users) WITH ORDINALITY AS u (user_id, at)
  LEFT JOIN LATERAL (SELECT role, leave_seq, muted, banned, invited_by FROM members
                     WHERE room_id = p_room AND user_id = u.user_id OFFSET 0) AS m ON true;

  FOREACH r IN ARRAY p_rows LOOP
    verdict := 0;
    expected := 0;
    at_seq := 0;
    at_msg_no := 0;
    at_ts := 0;
    of_kind := NULL;
    of_sender := NULL;
    sender := standings[r.user_at];
    IF r.device_at = 0 THEN
      -- No counter tells a repeat: that it would change nothing does.
      IF sender.role <> 0 OR (r.kind <> 6 AND NOT sender.invited) THEN
        verdict := 2;
      END IF;
    ELSE
      IF r.renumbered THEN
        SELECT sent.seq, sent.msg_no, sent.ts INTO at_seq, at_msg_no, at_ts
        FROM (SELECT seq, cseq, msg_no, ts, client_msg_id FROM events
              WHERE room_id = p_room AND device = p_devices[r.device_at] AND device <> 0
              ORDER BY cseq DESC LIMIT 32) AS sent
        WHERE sent.client_msg_id = r.client_msg_id AND sent.seq >= room.min_seq ORDER BY sent.cseq DESC LIMIT 1;
        IF FOUND THEN
          verdict := 2;
          IF r.cseq = counter[r.device_at] + 1 THEN counter[r.device_at] := r.cseq; END IF;
        END IF;
      END IF;
      IF verdict <> 0 THEN
        NULL;
      ELSIF r.cseq <= counter[r.device_at] THEN
        SELECT e.seq, e.msg_no, e.ts, e.client_msg_id, e.body_hash INTO at_seq, at_msg_no, at_ts, at_name, at_hash
        FROM events AS e
        WHERE e.room_id = p_room AND e.device = p_devices[r.device_at] AND e.cseq = r.cseq AND e.device <> 0
          AND e.seq >= room.min_seq;
        IF NOT FOUND THEN
          verdict := 6;
        ELSIF at_name <> r.client_msg_id OR at_hash <> r.body_hash THEN
          verdict := 3;
        ELSE
          verdict := 2;
        END IF;
      ELSIF r.cseq <> counter[r.device_at] + 1 THEN
        verdict := 7;
        expected := counter[r.device_at] + 1;
      ELSE
        counter[r.device_at] := r.cseq;
      END IF;
    END IF;

    IF verdict = 0 THEN
      subject := CASE WHEN r.subject_at = 0 THEN ROW (0, false, false, false)::standing ELSE standings[r.subject_at] END;
      IF r.device_at <> 0 AND r.target <> 0 THEN
        SELECT e.kind, e.sender INTO of_kind, of_sender FROM events AS e
        WHERE e.room_id = p_room AND e.seq = r.target AND e.seq >= room.min_seq;
      END IF;
      IF NOT may_append(r.kind, room.kind = 1, room.is_public, sender.role, sender.muted, sender.banned, sender.invited,
                        r.subject = p_users[r.user_at], subject.role, subject.banned, r.role,
                        coalesce(of_sender = p_users[r.user_at], false), r.calls_room,
                        room.kind = 2 AND is_blocked(p_room, p_users[r.user_at])) THEN
        verdict := 4;
      ELSIF r.device_at <> 0 THEN
        IF r.kind IN (2, 3, 4, 5, 12, 13) THEN
          IF r.thread <> 0 OR of_kind IS DISTINCT FROM 1 THEN verdict := 5; END IF;
        ELSIF r.kind = 1 THEN
          IF r.target <> 0 AND of_kind IS DISTINCT FROM 1 THEN
            verdict := 5;
          ELSIF r.thread <> 0 THEN
            -- Threads are one level deep: their root is in none.
            PERFORM 1 FROM events AS e WHERE e.room_id = p_room AND e.seq = r.thread AND e.seq >= room.min_seq
              AND e.kind = 1 AND e.thread = 0;
            IF NOT FOUND THEN verdict := 5; END IF;
          END IF;
        ELSIF r.thread <> 0 THEN
          verdict := 5;
        END IF;
      END IF;
      IF verdict = 0 AND r.kind = 6 AND subject.role = 0 AND in_rooms(p_users[r.subject_at], p_rooms_max) THEN
        verdict := 11;
      END IF;
    END IF;

    IF verdict = 0 THEN
      verdict := 1;
      room.head := room.head + 1;
      -- ports::event_time: a clock that goes back by more than a minute was wrong before, or is now.
      room.last_ts := CASE WHEN room.last_ts - p_now > 60000 THEN p_now ELSE greatest(room.last_ts, p_now) END;
      IF r.kind = 1 THEN room.msg_no := room.msg_no + 1; END IF;
      INSERT INTO events (room_id, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject,
                          role, body_hash, body)
      VALUES (p_room, room.head, room.epoch, r.kind, p_users[r.user_at],
              CASE WHEN r.device_at = 0 THEN 0 ELSE p_devices[r.device_at] END, r.cseq, r.client_msg_id, room.last_ts,
              room.msg_no, r.target, r.thread, r.subject, r.role, r.body_hash, r.body);
      at_seq := room.head;
      at_msg_no := room.msg_no;
      at_ts := room.last_ts;
      IF r.kind = 1 THEN
        IF r.calls_users THEN
          FOR i IN 1..cardinality(p_called_rows) LOOP
            CONTINUE WHEN p_called_rows[i] <> r.place OR p_called_users[i] = r.user_at;
            CONTINUE WHEN (standings[p_called_users[i]]).role = 0;
            PERFORM add_mention(p_users[p_called_users[i]],
                                utf8(unsigned(p_room) || ' ' || room.head || ' ' || unsigned(p_users[r.user_at])));
          END LOOP;
        END IF;
      ELSIF r.subject_at <> 0 THEN
        after := subject;
        CASE r.kind
          WHEN 6 THEN after.role := r.role; after.invited := false;
          WHEN 7 THEN after.role := 0; after.invited := false;
          WHEN 14 THEN after.invited := true;
          WHEN 15 THEN after.muted := true;
          WHEN 16 THEN after.muted := false;
          WHEN 17 THEN after.role := 0; after.invited := false; after.banned := true;
          WHEN 18 THEN after.banned := false;
        END CASE;
        room.members := room.members + put_member(
          p_room, p_users[r.subject_at], p_users[r.user_at], room.head,
          CASE WHEN room.history_joined THEN room.head ELSE 1 END, subject, after);
        IF after.invited <> subject.invited THEN
          PERFORM set_invitation(p_room, p_users[r.subject_at], after.invited, p_users[r.user_at], room.head, room.title);
        END IF;
        standings[r.subject_at] := after;
      ELSE
        CASE r.kind
          WHEN 3 THEN
            DELETE FROM pins WHERE room_id = p_room AND seq = r.target;
            UPDATE events SET erased = true, body = '' WHERE room_id = p_room AND seq = r.target AND NOT erased;
            UPDATE events SET erased = true, body = ''
            WHERE room_id = p_room AND events.target = r.target AND events.target <> 0 AND kind <> 1 AND kind = 2
              AND NOT erased;
          WHEN 8 THEN room.title := convert_from(r.body, 'UTF8');
          WHEN 9 THEN room.topic := convert_from(r.body, 'UTF8');
          WHEN 10 THEN room.is_public := r.body = 'public';
          WHEN 11 THEN room.history_joined := r.body = 'joined';
          WHEN 12 THEN INSERT INTO pins VALUES (p_room, r.target, room.head) ON CONFLICT DO NOTHING;
          WHEN 13 THEN DELETE FROM pins WHERE room_id = p_room AND seq = r.target;
          ELSE NULL;
        END CASE;
      END IF;
    END IF;

    answers[n + 1] := verdict;
    answers[n + 2] := CASE WHEN verdict <= 2 THEN at_seq ELSE 0 END;
    answers[n + 3] := expected;
    answers[n + 4] := CASE WHEN verdict <= 2 THEN at_msg_no ELSE 0 END;
    answers[n + 5] := CASE WHEN verdict <= 2 THEN at_ts ELSE 0 END;
    n := n + 5;
  END LOOP;

  INSERT INTO device_pos (room_id, device, last_cseq)
  SELECT p_room, u.device, u.moved FROM unnest(p_devices, stored, counter) AS u (device, before, moved)
  WHERE u.moved <> u.before
  ON CONFLICT (room_id, device) DO UPDATE SET last_cseq = excluded.last_cseq;
  UPDATE rooms SET head = room.head, msg_no = room.msg_no, last_ts = room.last_ts, title = room.title, topic = room.topic,
    is_public = room.is_public, history_joined = room.history_joined, members = room.members
  WHERE room_id = p_room AND head <> room.head;
  RETURN answers;
END $$;

-- In a direct room: the other member has blocked the user, or is blocked by that one.
CREATE FUNCTION is_blocked(p_room bigint, p_user bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM members AS m JOIN blocks AS b
                   ON (b.user_id = m.user_id AND b.blocked = p_user) OR (b.user_id = p_user AND b.blocked = m.user_id)
                 WHERE m.room_id = p_room AND m.user_id <> p_user)
$$;

-- The same when the server has refused one of the rows: the halves are tried by themselves, down to the one that is
-- rejected alone. A final answer, so its cseq is consumed.
CREATE FUNCTION commit_carefully(
  p_room bigint, p_now bigint, p_rooms_max bigint, p_devices bigint[], p_users bigint[], p_rows commit_row[],
  p_called_rows bigint[], p_called_users bigint[])
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  half CONSTANT integer := cardinality(p_rows) / 2;
BEGIN
  RETURN commit_rows(p_room, p_now, p_rooms_max, p_devices, p_users, p_rows, p_called_rows, p_called_users);
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
  IF half = 0 THEN
    IF (p_rows[1]).device_at <> 0 THEN
      INSERT INTO device_pos AS d (room_id, device, last_cseq)
      VALUES (p_room, p_devices[(p_rows[1]).device_at], (p_rows[1]).cseq)
      ON CONFLICT (room_id, device) DO UPDATE SET last_cseq = greatest(d.last_cseq, excluded.last_cseq);
    END IF;
    RETURN ARRAY[5, 0, 0, 0, 0]::bigint[];
  END IF;
  RETURN commit_carefully(p_room, p_now, p_rooms_max, p_devices, p_users, p_rows[:half], p_called_rows, p_called_users)
    || commit_carefully(p_room, p_now, p_rooms_max, p_devices, p_users, p_rows[half + 1:], p_called_rows, p_called_users);
END $$;

-- Arrays named row_* have an element a row. p_touched: users of whom the batch may change anything, beside their standing.
CREATE FUNCTION commit_batch(
  p_room bigint, p_epoch bigint, p_fence bigint, p_now bigint, p_rooms_max bigint, p_carefully boolean,
  p_devices bigint[], p_users bigint[], p_touched bigint[], row_device bigint[], row_user bigint[], row_subject_at bigint[],
  row_cseq bigint[], row_client_msg_id bigint[], row_kind bigint[], row_target bigint[], row_thread bigint[],
  row_subject bigint[], row_role bigint[], row_flags bigint[], row_body_hash bigint[], row_body bytea[],
  p_called_rows bigint[], p_called_users bigint[],
  OUT fenced boolean, OUT epoch bigint, OUT prev_head bigint, OUT head bigint, OUT answers bigint[])
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
  fence  bigint;
  b_rows commit_row[];
BEGIN
  SELECT r.epoch, r.head, r.fence INTO epoch, prev_head, fence FROM rooms AS r WHERE r.room_id = p_room FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  -- From here on each statement sees what was committed before the lock was had.
  head := prev_head;
  answers := '{}';
  fenced := p_fence <> 0 AND p_fence < fence;
  IF fenced OR epoch <> p_epoch OR cardinality(row_cseq) = 0 THEN
    RETURN NEXT;
    RETURN;
  END IF;
  IF cardinality(p_touched) <> 0 THEN PERFORM lock_users(p_touched); END IF;
  SELECT array_agg(ROW (u.place, u.device, u.user_at, u.subject_at, u.cseq, u.client_msg_id, u.kind, u.target, u.thread,
                        u.subject, u.role, u.flags & 1 <> 0, u.flags & 2 <> 0, u.flags & 4 <> 0, u.body_hash,
                        u.body)::commit_row ORDER BY u.place)
  INTO b_rows
  FROM unnest(row_device, row_user, row_subject_at, row_cseq, row_client_msg_id, row_kind, row_target, row_thread,
              row_subject, row_role, row_flags, row_body_hash, row_body) WITH ORDINALITY
    AS u (device, user_at, subject_at, cseq, client_msg_id, kind, target, thread, subject, role, flags, body_hash, body,
          place);
  IF p_carefully THEN
    answers := commit_carefully(p_room, p_now, p_rooms_max, p_devices, p_users, b_rows, p_called_rows, p_called_users);
  ELSE
    answers := commit_rows(p_room, p_now, p_rooms_max, p_devices, p_users, b_rows, p_called_rows, p_called_users);
  END IF;
  SELECT r.head INTO head FROM rooms AS r WHERE r.room_id = p_room;
  RETURN NEXT;
END $$;
