-- The view and its leases, the barrier, and what an operator does after a loss.

-- A node keeps its place (docs/decisions/0014). Time is the server's, and passes only as far as somebody comes. The views
-- come back as an element a node of each.
CREATE FUNCTION keep_lease(
  p_first bigint, p_shards bigint, p_boot bigint, p_leaving boolean, p_lease_us bigint, p_known bigint, p_views_kept bigint,
  OUT kept boolean, OUT now_ms bigint, OUT view_ids bigint[], OUT firsts bigint[], OUT shard_counts bigint[],
  OUT boots bigint[], OUT leavings bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  c         cluster%ROWTYPE;
  mine      seats%ROWTYPE;
  at        timestamptz;
  passed_us bigint;
  changed   boolean := false;
BEGIN
  SELECT * INTO STRICT c FROM cluster WHERE id = 1 FOR UPDATE;
  at := clock_timestamp();
  now_ms := (extract(epoch FROM at) * 1000)::bigint;
  passed_us := least(greatest((extract(epoch FROM at - c.kept_at) * 1000000)::bigint, 0), p_lease_us / 2);
  UPDATE seats SET left_us = left_us - passed_us;
  SELECT * INTO mine FROM seats WHERE first_shard = p_first;
  IF FOUND AND mine.boot = p_boot THEN
    changed := (mine.shards, mine.leaving) <> (p_shards, p_leaving);
    UPDATE seats SET shards = p_shards, leaving = p_leaving, left_us = p_lease_us WHERE first_shard = p_first;
  ELSIF p_known = 0 AND (mine.boot IS NULL OR mine.boot < p_boot) THEN
    INSERT INTO seats VALUES (p_first, p_shards, p_boot, p_leaving, p_lease_us)
    ON CONFLICT (first_shard) DO UPDATE SET shards = excluded.shards, boot = excluded.boot, leaving = excluded.leaving,
      left_us = excluded.left_us;
    changed := true;
  END IF;
  DELETE FROM seats WHERE left_us <= 0;
  changed := changed OR FOUND;
  IF changed THEN
    c.last_view := c.last_view + 1;
    INSERT INTO views SELECT c.last_view, first_shard, shards, boot, leaving FROM seats;
    DELETE FROM views WHERE view_id <= c.last_view - p_views_kept;
  END IF;
  UPDATE cluster SET last_view = c.last_view, kept_at = at WHERE id = 1;
  kept := EXISTS (SELECT 1 FROM seats WHERE first_shard = p_first AND shards = p_shards AND boot = p_boot
                    AND leaving = p_leaving)
    AND NOT (p_known <> 0 AND p_known + 1 < coalesce((SELECT min(view_id) FROM views), 0));
  IF kept THEN
    SELECT array_agg(v.view_id ORDER BY v.view_id, v.first_shard), array_agg(v.first_shard ORDER BY v.view_id, v.first_shard),
           array_agg(v.shards ORDER BY v.view_id, v.first_shard), array_agg(v.boot ORDER BY v.view_id, v.first_shard),
           array_agg(v.leaving::integer::bigint ORDER BY v.view_id, v.first_shard)
    INTO view_ids, firsts, shard_counts, boots, leavings
    FROM views AS v WHERE CASE WHEN p_known <> 0 THEN v.view_id > p_known ELSE v.view_id = c.last_view END;
  END IF;
END $$;

-- A commit of nothing that waits as every commit waits: what was visible before it is replicated when it is over
-- (docs/decisions/0013, 0018). When no standby is waited for, it proves nothing, and its transaction is undone.
CREATE FUNCTION barrier() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('synchronous_standby_names') = '' THEN
    RAISE EXCEPTION 'synchronous_standby_names is empty: no commit waits for a standby' USING ERRCODE = 'STR01';
  END IF;
  PERFORM pg_logical_emit_message(true, 'starling', '');
END $$;

CREATE FUNCTION put_beacon(p_store bigint, p_nonce bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO beacons VALUES (p_store, p_nonce) ON CONFLICT (store) DO UPDATE SET nonce = excluded.nonce
$$;

-- After a backup was put in place, or a standby was promoted that nobody had waited for: names that clients may hold from
-- the time that is lost are never used again, and every node that ran before must start anew. Run it once, before any node
-- starts. p_unseen: more epochs than there may have been since; 1 when none was raised.
CREATE FUNCTION raise_epochs(p_unseen bigint DEFAULT 1) RETURNS void LANGUAGE sql AS $$
  UPDATE rooms SET epoch = epoch + p_unseen;
  UPDATE users SET rooms_version = rooms_version + 1048576,
    items_version = CASE WHEN items_version = 0 THEN 0 ELSE ((items_version >> 32) << 32) + (1::bigint << 32) END;
  UPDATE cluster SET last_view = last_view + 1048576;
  DELETE FROM seats;
  DELETE FROM views;
  UPDATE history SET number = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;
