#include "server/store/postgres/ledger.h"

#include <algorithm>
#include <memory>

#include "server/store/ledger_lines.h"
#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

constexpr std::uint32_t kEventsAtOnce = 4096;

void write_room(Session& session, RoomId room, Seq min_seq, store::LedgerLines& lines) {
  for (Seq after = min_seq.prev();;) {
    const Rows events = session.ask("SELECT " STARLING_PG_EVENT_COLUMNS
                                    ", body_hash FROM events WHERE room_id = $1::bigint AND seq > $2::bigint "
                                    "ORDER BY seq LIMIT $3::bigint",
                                    Params().add(room).add(after).add(kEventsAtOnce));
    for (int i = 0; i < events.count(); ++i) {
      const wire::Event event = event_of(events, i, 0, room);
      lines.event(event, events.u64(i, kEventColumns));
      after = event.seq;
    }
    if (events.count() < static_cast<int>(kEventsAtOnce)) break;
  }
  const Rows devices =
      session.ask("SELECT device, last_cseq FROM device_pos WHERE room_id = $1::bigint ORDER BY device < 0, device",
                  Params().add(room));
  for (int i = 0; i < devices.count(); ++i) lines.device(devices.as<DeviceId>(i, 0), devices.as<Cseq>(i, 1));
}

struct Found {
  RoomId room;
  Epoch epoch;
  Seq head;
  Seq min_seq;
  Session* session = nullptr;
};

bool write_all(std::vector<std::unique_ptr<Session>>& sessions, std::vector<RoomId> wanted, std::FILE* out) {
  std::sort(wanted.begin(), wanted.end());
  std::vector<Found> found;
  for (auto& session : sessions) {
    session->begin_snapshot();
    const Rows rooms = session->ask("SELECT room_id, epoch, head, min_seq FROM rooms");
    for (int i = 0; i < rooms.count(); ++i) {
      const auto room = rooms.as<RoomId>(i, 0);
      if (!wanted.empty() && !std::binary_search(wanted.begin(), wanted.end(), room)) continue;
      found.push_back({room, rooms.as<Epoch>(i, 1), rooms.as<Seq>(i, 2), rooms.as<Seq>(i, 3), session.get()});
    }
  }
  std::ranges::sort(found, {}, &Found::room);
  store::LedgerLines lines(out);
  for (const Found& each : found) {
    lines.room(each.room, each.epoch, each.head, each.min_seq);
    write_room(*each.session, each.room, each.min_seq, lines);
  }
  for (auto& session : sessions) session->run("COMMIT");
  return lines.end();
}

}  // namespace

Result<void, std::string> dump_ledger(const Databases& databases, const std::vector<RoomId>& rooms, std::FILE* out) {
  try {
    std::vector<std::unique_ptr<Session>> sessions;
    for (const Database& database : databases.with_logs()) {
      sessions.push_back(std::make_unique<Session>(database.conninfo));
      check_current(*sessions.back(), database.part);
    }
    if (write_all(sessions, rooms, out)) return {};
    return tl::unexpected(std::string("the ledger could not be written to the end"));
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
