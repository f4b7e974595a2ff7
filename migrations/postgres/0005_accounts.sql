-- Changes of accounts: each is one call and one transaction, and answers in one shape. `happened`: it found what it was for,
-- and is worth a row of the audit log, of user_id and device_id where the caller could not know them.
CREATE TYPE account_change AS (
  happened boolean, code integer, number bigint, user_id bigint, device_id bigint, handle text, sealed bytea,
  revoked bigint[], room bigint, head bigint);

CREATE FUNCTION account_changed(p_happened boolean, p_number bigint DEFAULT 0, p_revoked bigint[] DEFAULT '{}')
RETURNS account_change LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW (p_happened, 0, p_number, 0, 0, '', '', p_revoked, 0, 0)::account_change
$$;

CREATE FUNCTION put_words(p_user bigint, p_words text[]) RETURNS void LANGUAGE sql AS $$
  DELETE FROM account_words WHERE user_id = p_user;
  INSERT INTO account_words (word, user_id) SELECT w, p_user FROM unnest(p_words) AS w ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION insert_device(p_device bigint, p_user bigint, p_name text, p_address text, p_created bigint, p_seen bigint,
                              p_family bytea, p_refresh bytea)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO devices (device_id, user_id, name, address, created, last_seen, family, refresh_hash, rotated)
  VALUES (p_device, p_user, p_name, p_address, p_created, p_seen, p_family, p_refresh, p_created)
$$;

-- `code`: ports::Creation; `number`: administrator. p_device of 0: none. The first account of all becomes administrator, and
-- is admitted whatever p_admission says (0 open, 1 by invitation, 2 closed).
CREATE FUNCTION create_account(
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
  -- Who is the first, and whose a handle is, is decided by one at a time.
  LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE;
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

-- Revokes the user's devices: p_device, or with 0 all but p_except. Newest first.
CREATE FUNCTION revoke_devices_of(p_user bigint, p_device bigint, p_except bigint, p_now bigint) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
  gone bigint[];
BEGIN
  SELECT coalesce(array_agg(d.device_id ORDER BY d.last_seen DESC, d.device_id), '{}') INTO gone
  FROM (SELECT device_id, last_seen FROM devices
        WHERE user_id = p_user AND revoked = 0
          AND CASE WHEN p_device <> 0 THEN device_id = p_device ELSE device_id <> p_except END
        ORDER BY device_id FOR UPDATE) AS d;
  UPDATE devices SET revoked = p_now WHERE device_id = ANY (gone);
  RETURN gone;
END $$;

CREATE FUNCTION revoke_devices(p_user bigint, p_device bigint, p_except bigint, p_now bigint) RETURNS account_change
LANGUAGE plpgsql AS $$
DECLARE
  gone CONSTANT bigint[] := revoke_devices_of(p_user, p_device, p_except, p_now);
BEGIN
  RETURN account_changed(p_device = 0 OR cardinality(gone) > 0, 0, gone);
END $$;

-- A login. Beyond p_devices_max the ones seen longest ago are revoked.
CREATE FUNCTION add_device(p_device bigint, p_user bigint, p_name text, p_address text, p_created bigint, p_seen bigint,
                           p_family bytea, p_refresh bytea, p_devices_max bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  gone bigint[];
BEGIN
  PERFORM 1 FROM accounts WHERE user_id = p_user AND NOT disabled FOR UPDATE;
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  PERFORM insert_device(p_device, p_user, p_name, p_address, p_created, p_seen, p_family, p_refresh);
  SELECT coalesce(array_agg(d.device_id ORDER BY d.last_seen DESC, d.device_id), '{}') INTO gone
  FROM (SELECT device_id, last_seen FROM devices WHERE user_id = p_user AND revoked = 0 AND device_id <> p_device
        ORDER BY last_seen DESC, device_id OFFSET greatest(p_devices_max - 1, 0)) AS d;
  UPDATE devices SET revoked = p_created WHERE device_id = ANY (gone);
  RETURN account_changed(true, 0, gone);
END $$;

-- The rule is ports::RotateRefresh's. `code`: ports::Rotation. Only a token that was used twice is worth a note.
CREATE FUNCTION rotate_refresh(p_family bytea, p_presented bytea, p_next bytea, p_next_sealed bytea, p_address text,
                               p_now bigint, p_repeat_ms bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  d    devices%ROWTYPE;
  made account_change := account_changed(false);
BEGIN
  made.code := 2;
  SELECT devices.* INTO d FROM devices WHERE family = p_family AND revoked = 0 FOR UPDATE;
  IF NOT FOUND THEN RETURN made; END IF;
  SELECT handle INTO made.handle FROM accounts WHERE user_id = d.user_id AND NOT disabled;
  IF NOT FOUND THEN
    made.handle := '';
    RETURN made;
  END IF;
  made.user_id := d.user_id;
  made.device_id := d.device_id;
  IF d.refresh_hash = p_presented THEN
    UPDATE devices SET previous_hash = refresh_hash, refresh_hash = p_next, next_sealed = p_next_sealed, rotated = p_now,
      last_seen = p_now, address = p_address WHERE device_id = d.device_id;
    made.code := 0;
  ELSIF d.previous_hash <> p_presented THEN
    UPDATE devices SET revoked = p_now WHERE device_id = d.device_id;
    made.code := 3;
    made.happened := true;
  ELSIF p_now < d.rotated + p_repeat_ms THEN
    made.code := 1;
    made.sealed := d.next_sealed;
  ELSE
    -- Its successor was never used, so its answer may never have arrived. Who has it after all is found out by using it.
    UPDATE devices SET refresh_hash = p_next, next_sealed = p_next_sealed, rotated = p_now, last_seen = p_now,
      address = p_address WHERE device_id = d.device_id;
    made.code := 0;
  END IF;
  RETURN made;
END $$;

CREATE FUNCTION put_password(p_user bigint, p_hash text, p_expected text, p_revoke boolean, p_except bigint, p_now bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET password_hash = p_hash WHERE user_id = p_user AND (p_expected = '' OR password_hash = p_expected);
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  IF NOT p_revoke THEN RETURN account_changed(true); END IF;
  RETURN account_changed(true, 0, revoke_devices_of(p_user, 0, p_except, p_now));
END $$;

-- NULL: as it is. The caller reads the account afterwards.
CREATE FUNCTION put_profile(p_user bigint, p_name text, p_color text, p_status text, p_words text[])
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET display_name = coalesce(p_name, display_name), avatar_color = coalesce(p_color, avatar_color),
    status_text = coalesce(p_status, status_text) WHERE user_id = p_user;
  IF FOUND AND p_name IS NOT NULL THEN
    PERFORM put_words(p_user, p_words || (SELECT handle FROM accounts WHERE user_id = p_user));
  END IF;
  RETURN account_changed(true);
END $$;

CREATE FUNCTION put_totp(p_user bigint, p_sealed bytea, p_on boolean, p_step bigint, p_recovery bytea[])
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET totp_sealed = p_sealed, totp_on = p_on, totp_step = p_step WHERE user_id = p_user;
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  DELETE FROM recovery_codes WHERE user_id = p_user;
  INSERT INTO recovery_codes (user_id, hash) SELECT p_user, h FROM unnest(p_recovery) AS h ON CONFLICT DO NOTHING;
  RETURN account_changed(true);
END $$;

CREATE FUNCTION use_totp_step(p_user bigint, p_step bigint) RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET totp_step = p_step WHERE user_id = p_user AND totp_on AND totp_step < p_step;
  RETURN account_changed(FOUND);
END $$;

CREATE FUNCTION use_recovery_code(p_user bigint, p_code bytea) RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM recovery_codes WHERE user_id = p_user AND hash = p_code;
  RETURN account_changed(FOUND);
END $$;

-- NULL: as it is. To disable revokes all devices.
CREATE FUNCTION put_flags(p_user bigint, p_disabled boolean, p_admin boolean, p_now bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts SET disabled = coalesce(p_disabled, disabled), admin = coalesce(p_admin, admin) WHERE user_id = p_user;
  IF NOT FOUND THEN RETURN account_changed(false); END IF;
  IF NOT coalesce(p_disabled, false) THEN RETURN account_changed(true); END IF;
  RETURN account_changed(true, 0, revoke_devices_of(p_user, 0, 0, p_now));
END $$;

CREATE FUNCTION put_block(p_user bigint, p_blocked bigint, p_on boolean) RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM accounts WHERE user_id = p_blocked) THEN RETURN account_changed(false); END IF;
  IF p_on THEN
    INSERT INTO blocks VALUES (p_user, p_blocked) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM blocks WHERE user_id = p_user AND blocked = p_blocked;
  END IF;
  RETURN account_changed(true);
END $$;

CREATE FUNCTION create_invite(p_code bytea, p_by bigint, p_now bigint, p_expires bigint, p_uses bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO server_invites (code_hash, by_user, created, expires, uses_left)
  VALUES (p_code, p_by, p_now, p_expires, p_uses) RETURNING invite_id INTO made;
  RETURN account_changed(true, made);
END $$;

CREATE FUNCTION revoke_invite(p_invite bigint) RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM server_invites WHERE invite_id = p_invite;
  RETURN account_changed(FOUND);
END $$;

CREATE FUNCTION prune_accounts(p_devices_before bigint, p_invites_before bigint, p_audit_before bigint)
RETURNS account_change LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM devices WHERE revoked <> 0 AND revoked < p_devices_before;
  DELETE FROM server_invites WHERE expires < p_invites_before OR (uses_left = 0 AND created < p_invites_before);
  DELETE FROM audit WHERE at < p_audit_before;
  RETURN account_changed(true);
END $$;
