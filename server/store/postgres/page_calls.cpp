#include "server/store/postgres/page_calls.h"

#include <algorithm>
#include <utility>

#include "server/store/postgres/events.h"

namespace starling::postgres {
namespace {

constexpr Statement kHeader{"page_header", "SELECT epoch, min_seq, head FROM rooms WHERE room_id = $1"};
constexpr Statement kPage{"read_page",
                          "SELECT part, " STARLING_PG_EVENT_COLUMNS " FROM read_page($1, $2, $3, $4, $5, $6)"};
constexpr Statement kDevices{
    "read_devices",
    "SELECT q.place, d.last_cseq FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS q (room_id, device, place) "
    "CROSS JOIN LATERAL (SELECT last_cseq FROM device_pos WHERE room_id = q.room_id AND device = q.device OFFSET 0) AS "
    "d"};

// Of read_page's rows.
enum class Part : std::uint8_t { Checkpoint = 0, Fold = 1, Event = 2, Related = 3 };
constexpr int kEventAt = 1;  // its first column

/// What a row of a page counts beyond its body.
constexpr std::size_t kEventBytes = 64;

}  // namespace

std::vector<Call> calls_of(const ports::ReadPage& request) {
  Params page;
  page.add(request.room).add(request.from).add(request.backward).add(request.limit).add(request.bytes_max);
  page.add(request.related);
  return {{&kHeader, Params().add(request.room)}, {&kPage, std::move(page)}};
}

ports::PageRead result_of(const ports::ReadPage& request, std::span<const Rows> answers) {
  const Rows& header = answers[0];
  if (header.empty()) return {.exists = false};
  ports::PageRead page{.epoch = header.as<Epoch>(0, 0), .min_seq = header.as<Seq>(0, 1), .head = header.as<Seq>(0, 2)};
  page.related_to = page.head;
  const Rows& rows = answers[1];
  std::size_t related_bytes = 0;
  for (int row = 0; row < rows.count(); ++row) {
    wire::Event event = event_of(rows, row, kEventAt, request.room);
    switch (rows.as<Part>(row, 0)) {
      case Part::Checkpoint:
        page.hash_before = PrefixHash(event.erased_hash);
        break;
      case Part::Fold:
        page.hash_before = wire::fold(page.hash_before, event);
        break;
      case Part::Event:
        page.events.push_back(std::move(event));
        break;
      case Part::Related:
        related_bytes += event.body.size() + kEventBytes;
        if (!page.related.empty() && related_bytes > request.bytes_max) {
          page.related_to = event.seq.prev();
        } else {
          page.related.push_back(std::move(event));
        }
        break;
    }
  }
  if (request.backward) std::ranges::reverse(page.events);
  return page;
}

bool reaches(const ports::PageRead& page, const ports::Floor& floor) {
  return page.exists && page.epoch == floor.epoch && page.head >= floor.seq;
}

std::vector<Call> calls_of(Asked<ports::ReadDevice> asked) {
  return {{&kDevices, Params()
                          .add_array(bigints_of(asked, &ports::ReadDevice::room))
                          .add_array(bigints_of(asked, &ports::ReadDevice::device))}};
}

Answered<ports::DeviceRead> results_of(Asked<ports::ReadDevice> asked, std::span<const Rows> answers) {
  Answered<ports::DeviceRead> answered(asked.size(), ports::DeviceRead{});
  const Rows& rows = answers[0];
  for (int row = 0; row < rows.count(); ++row) {
    answered[static_cast<std::size_t>(rows.i64(row, 0)) - 1]->last_cseq = rows.as<Cseq>(row, 1);
  }
  return answered;
}

}  // namespace starling::postgres
