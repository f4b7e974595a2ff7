-- Reads that need more than one statement. A STABLE function sees one snapshot.

-- A row of a page: part 0 the checkpoint that the fold before the page begins with (seq, body_hash), 1 an event of the fold
-- after it, without its body, 2 an event of the page, 3 one that later refers to the page. Event rows count 64 bytes beyond
-- their bodies. The header is the caller's own statement, in the same snapshot.
CREATE TYPE page_row AS (
  part integer, seq bigint, epoch bigint, kind smallint, sender bigint, device bigint, cseq bigint, client_msg_id bigint,
  ts bigint, msg_no bigint, target bigint, thread bigint, subject bigint, role smallint, body_hash bigint, erased boolean,
  body bytea);

CREATE FUNCTION page_row_of(p_part integer, e events) RETURNS page_row LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW (p_part, e.seq, e.epoch, e.kind, e.sender, e.device, e.cseq, e.client_msg_id, e.ts, e.msg_no, e.target, e.thread,
              e.subject, e.role, e.body_hash, e.erased, e.body)::page_row
$$;

CREATE FUNCTION read_page(p_room bigint, p_from bigint, p_backward boolean, p_limit bigint, p_bytes_max bigint,
                          p_related boolean)
RETURNS SETOF page_row LANGUAGE plpgsql STABLE AS $$
DECLARE
  room   rooms%ROWTYPE;
  e      events%ROWTYPE;
  below  bigint;
  begun  bigint;       -- the fold is of what was before it
  low    bigint := 0;  -- the page's seqs
  high   bigint := 0;
  bytes  bigint := 0;
  taken  bigint := 0;
  base   bigint;
  hash   bigint;
BEGIN
  SELECT * INTO room FROM rooms WHERE room_id = p_room;
  IF NOT FOUND THEN RETURN; END IF;
  IF p_backward THEN
    below := CASE WHEN p_from = 0 OR p_from > room.head THEN room.head + 1 ELSE p_from END;
    FOR e IN SELECT * FROM events WHERE room_id = p_room AND seq < below AND seq >= room.min_seq ORDER BY seq DESC LIMIT p_limit
    LOOP
      bytes := bytes + length(e.body) + 64;
      EXIT WHEN high <> 0 AND bytes > p_bytes_max;
      low := e.seq;
      high := greatest(high, e.seq);
      RETURN NEXT page_row_of(2, e);
    END LOOP;
    begun := CASE WHEN high <> 0 THEN low ELSE greatest(below, room.min_seq) END - 1;
  ELSE
    begun := greatest(p_from, room.min_seq - 1);
    FOR e IN SELECT * FROM events WHERE room_id = p_room AND seq > begun AND seq <= room.head ORDER BY seq LIMIT p_limit LOOP
      bytes := bytes + length(e.body) + 64;
      EXIT WHEN high <> 0 AND bytes > p_bytes_max;
      low := CASE WHEN low = 0 THEN e.seq ELSE low END;
      high := e.seq;
      RETURN NEXT page_row_of(2, e);
    END LOOP;
    begun := CASE WHEN high <> 0 THEN low - 1 ELSE least(begun, room.head) END;
  END IF;
  IF p_related AND high <> 0 THEN
    bytes := 0;
    FOR e IN SELECT * FROM events WHERE room_id = p_room AND target >= low AND target <= high AND target <> 0 AND kind <> 1
               AND seq > high ORDER BY seq LOOP
      bytes := bytes + length(e.body) + 64;
      taken := taken + 1;
      RETURN NEXT page_row_of(3, e);
      EXIT WHEN taken > 1 AND bytes > p_bytes_max;  -- that one says where the rest begins
    END LOOP;
  END IF;
  SELECT c.seq, c.hash INTO base, hash FROM checkpoints AS c WHERE c.room_id = p_room AND c.seq <= begun
  ORDER BY c.seq DESC LIMIT 1;
  IF FOUND THEN
    RETURN NEXT ROW (0, base, 0, 0::smallint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0::smallint, hash, true, ''::bytea)::page_row;
  END IF;
  RETURN QUERY
  SELECT 1, f.seq, f.epoch, f.kind, f.sender, f.device, f.cseq, f.client_msg_id, f.ts, f.msg_no, f.target, f.thread, f.subject,
         f.role, f.body_hash, true, ''::bytea
  FROM events AS f WHERE f.room_id = p_room AND f.seq > coalesce(base, 0) AND f.seq <= begun ORDER BY f.seq;
END $$;

-- The first event at or after a moment that the caller may read; the head's successor when there is none. Times hardly ever
-- fall along a log: halved, not walked.
CREATE FUNCTION seq_at(p_room bigint, p_caller bigint, p_at bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  low    bigint;
  beyond bigint;
  middle bigint;
BEGIN
  SELECT greatest(r.min_seq, m.visible_from), r.head + 1 INTO low, beyond
  FROM rooms AS r JOIN members AS m USING (room_id) WHERE r.room_id = p_room AND m.user_id = p_caller;
  beyond := greatest(low, beyond);
  WHILE low < beyond LOOP
    middle := low + (beyond - low) / 2;
    IF EXISTS (SELECT 1 FROM events WHERE room_id = p_room AND seq = middle AND ts < p_at) THEN
      low := middle + 1;
    ELSE
      beyond := middle;
    END IF;
  END LOOP;
  RETURN low;
END $$;
