-- Rooms that a home takes over together, each as load_room does it. One that somebody holds is left out, as is one that is not
-- there: who asks asks for it alone, and waits. So nobody waits for a room who holds another.
CREATE FUNCTION load_rooms(p_rooms bigint[], p_fences bigint[])
RETURNS TABLE (place bigint, fenced boolean, kind smallint, title text, epoch bigint, head bigint, msg_no bigint,
               min_seq bigint, last_ts bigint, history_joined boolean)
LANGUAGE plpgsql AS $$
DECLARE
  r rooms%ROWTYPE;
BEGIN
  FOR i IN 1 .. cardinality(p_rooms) LOOP
    SELECT * INTO r FROM rooms WHERE room_id = p_rooms[i] FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    IF p_fences[i] > r.fence THEN UPDATE rooms SET fence = p_fences[i] WHERE room_id = p_rooms[i]; END IF;
    RETURN QUERY SELECT i::bigint, p_fences[i] <> 0 AND p_fences[i] < r.fence, r.kind, r.title, r.epoch, r.head, r.msg_no,
                        r.min_seq, r.last_ts, r.history_joined;
  END LOOP;
END $$;
