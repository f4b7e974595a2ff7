-- Accounts beside everything else: who makes one waits for nobody but who makes another, and what is old goes in slices. A
-- change whose answer was lost is asked for again as it was, and finds by its random values, or its time, that it has been done.

CREATE OR REPLACE FUNCTION create_account(
  p_user bigint, p_handle text, p_name text, p_color text, p_status text, p_password text, p_admin boolean,
  p_disabled boolean, p_created bigint, p_words text[], p_admission bigint, p_has_invite boolean, p_invite bytea,
  p_empty_hash bigint, p_device bigint, p_device_name text, p_device_address text, p_device_created bigint,
  p_device_seen bigint, p_family bytea, p_refresh bytea)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  made      account_change := account_changed(false);
  first     boolean;
  into_room boolean := false;
  link      record;
  entered   record;
BEGIN
  -- Who is the first, and whose a handle is, is decided by one at a time. No lock of the table: VACUUM and ANALYZE have one.
  PERFORM pg_advisory_xact_lock('accounts'::regclass::integer, 0);
  SELECT admin::integer INTO made.number FROM accounts
  WHERE user_id = p_user AND handle = p_handle AND password_hash = p_password;
  IF FOUND THEN
    -- A repeat, so that nobody is this account yet: the only room is the one that the invitation led into.
    SELECT coalesce(max(r.room_id), 0), coalesce(max(r.head), 0) INTO made.room, made.head
    FROM members AS m JOIN rooms AS r USING (room_id) WHERE m.user_id = p_user AND m.leave_seq = 0;
    RETURN made;
  END IF;
  made.number := 0;
  first := NOT EXISTS (SELECT 1 FROM accounts);
  IF NOT first THEN
    made.code := 2;
    IF p_admission = 2 THEN RETURN made; END IF;
    made.code := 3;
    IF p_admission = 1 AND NOT p_has_invite THEN RETURN made; END IF;
    into_room := p_has_invite AND EXISTS (SELECT 1 FROM room_links WHERE code_hash = p_invite AND expires > p_created
                                            AND uses_left > 0);
    -- Before the name: who has no invitation learns nothing of whom there is.
    made.code := 4;
    IF p_admission = 1 AND NOT into_room THEN
      PERFORM 1 FROM server_invites WHERE code_hash = p_invite AND uses_left > 0 AND expires > p_created FOR UPDATE;
      IF NOT FOUND THEN RETURN made; END IF;
    END IF;
    made.code := 1;
    IF EXISTS (SELECT 1 FROM accounts WHERE handle = p_handle OR user_id = p_user) THEN RETURN made; END IF;
    IF p_admission = 1 AND NOT into_room THEN
      UPDATE server_invites SET uses_left = uses_left - 1 WHERE code_hash = p_invite;
    END IF;
  END IF;
  INSERT INTO accounts (user_id, handle, display_name, avatar_color, status_text, password_hash, admin, disabled, created)
  VALUES (p_user, p_handle, p_name, p_color, p_status, p_password, p_admin OR first, p_disabled, p_created);
  PERFORM put_words(p_user, p_words);
  IF p_device <> 0 THEN
    PERFORM insert_device(p_device, p_user, p_device_name, p_device_address, p_device_created, p_device_seen, p_family,
                          p_refresh);
  END IF;
  made.happened := true;
  made.code := 0;
  made.number := (p_admin OR first)::integer;
  IF into_room THEN
    -- A member with the transaction that makes the account, so that nobody is left between the two.
    SELECT * INTO link FROM use_link(p_user, p_invite, p_created);
    IF link.use = 0 THEN
      SELECT b.* INTO entered
      FROM rooms AS r, commit_batch(
        r.room_id, r.epoch, 0, p_created, 4294967295, false, '{}', ARRAY[p_user], ARRAY[p_user], '{0}', '{1}', '{1}', '{0}',
        ARRAY[p_user], '{6}', '{0}', '{0}', ARRAY[p_user], '{1}', '{0}', ARRAY[p_empty_hash], ARRAY[''::bytea], '{}', '{}') AS b
      WHERE r.room_id = link.room;
      IF entered.answers[1] = 1 THEN
        made.room := link.room;
        made.head := entered.head;
      END IF;
    END IF;
  END IF;
  RETURN made;
END $$;

-- A login. Beyond p_devices_max the ones seen longest ago are revoked.
CREATE OR REPLACE FUNCTION add_device(
  p_device bigint, p_user bigint, p_name text, p_address text, p_created bigint, p_seen bigint, p_family bytea,
  p_refresh bytea, p_devices_max bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  gone bigint[];
BEGIN
  PERFORM 1 FROM accounts WHERE user_id = p_user AND NOT disabled FOR UPDATE;
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  IF EXISTS (SELECT 1 FROM devices WHERE device_id = p_device AND user_id = p_user AND family = p_family) THEN
    RETURN account_changed(true);
  END IF;
  PERFORM insert_device(p_device, p_user, p_name, p_address, p_created, p_seen, p_family, p_refresh);
  SELECT coalesce(array_agg(d.device_id ORDER BY d.last_seen DESC, d.device_id), '{}') INTO gone
  FROM (SELECT device_id, last_seen FROM devices WHERE user_id = p_user AND revoked = 0 AND device_id <> p_device
        ORDER BY last_seen DESC, device_id OFFSET greatest(p_devices_max - 1, 0)) AS d;
  UPDATE devices SET revoked = p_created WHERE device_id = ANY (gone);
  RETURN account_changed(true, 0, gone);
END $$;

-- A hash has a salt of its own: the new one in the place of the old one is this change.
CREATE OR REPLACE FUNCTION put_password(
  p_user bigint, p_hash text, p_expected text, p_revoke boolean, p_except bigint, p_now bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET password_hash = p_hash
  WHERE user_id = p_user AND (p_expected = '' OR password_hash IN (p_expected, p_hash));
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  IF NOT p_revoke THEN RETURN account_changed(true); END IF;
  RETURN account_changed(true, 0, revoke_devices_of(p_user, 0, p_except, p_now));
END $$;

-- What was revoked at this very moment is what is being repeated.
CREATE OR REPLACE FUNCTION revoke_devices_of(p_user bigint, p_device bigint, p_except bigint, p_now bigint) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
  gone bigint[];
BEGIN
  SELECT coalesce(array_agg(d.device_id ORDER BY d.last_seen DESC, d.device_id), '{}') INTO gone
  FROM (SELECT device_id, last_seen FROM devices
        WHERE user_id = p_user AND (revoked = 0 OR revoked = p_now)
          AND CASE WHEN p_device <> 0 THEN device_id = p_device ELSE device_id <> p_except END
        ORDER BY device_id FOR UPDATE) AS d;
  UPDATE devices SET revoked = p_now WHERE device_id = ANY (gone);
  RETURN gone;
END $$;

CREATE OR REPLACE FUNCTION create_invite(p_code bytea, p_by bigint, p_now bigint, p_expires bigint, p_uses bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO server_invites (code_hash, by_user, created, expires, uses_left)
  VALUES (p_code, p_by, p_now, p_expires, p_uses)
  ON CONFLICT (code_hash) DO UPDATE SET code_hash = excluded.code_hash RETURNING invite_id INTO made;
  RETURN account_changed(true, made);
END $$;

CREATE OR REPLACE FUNCTION create_link(
  p_room bigint, p_caller bigint, p_code bytea, p_now bigint, p_expires bigint, p_uses bigint,
  OUT permitted boolean, OUT visible boolean, OUT link bigint)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT l.permitted, l.visible INTO permitted, visible FROM look_at_links(p_room, p_caller) AS l;
  link := 0;
  IF permitted THEN
    INSERT INTO room_links (room_id, code_hash, by_user, created, expires, uses_left)
    VALUES (p_room, p_code, p_caller, p_now, p_expires, p_uses)
    ON CONFLICT (code_hash) DO UPDATE SET code_hash = excluded.code_hash RETURNING link_id INTO link;
  END IF;
END $$;

-- A thousand rows of each at most, some milliseconds; `happened`: nothing is left. What another node is deleting is left to it.
CREATE OR REPLACE FUNCTION prune_accounts(p_devices_before bigint, p_invites_before bigint, p_audit_before bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  slice CONSTANT bigint := 1000;
  gone  bigint;
  done  boolean;
BEGIN
  DELETE FROM devices WHERE device_id = ANY (ARRAY(
    SELECT device_id FROM devices WHERE revoked <> 0 AND revoked < p_devices_before LIMIT slice FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  done := gone < slice;
  DELETE FROM server_invites WHERE invite_id = ANY (ARRAY(
    SELECT invite_id FROM server_invites WHERE expires < p_invites_before OR (uses_left = 0 AND created < p_invites_before)
    LIMIT slice FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  done := done AND gone < slice;
  DELETE FROM audit WHERE audit_id = ANY (ARRAY(
    SELECT audit_id FROM audit WHERE at < p_audit_before LIMIT slice FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN account_changed(done AND gone < slice);
END $$;
