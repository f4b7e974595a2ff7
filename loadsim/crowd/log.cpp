#include "loadsim/crowd/log.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "server/ports/authorize.h"

namespace starling::crowd {
namespace {

const Epoch kEpoch{1};

}  // namespace

Log::Log(const Plan& plan, const Words& words, check::Violations& violations)
    : plan_(&plan), words_(&words), violations_(&violations), rooms_(plan.rooms()) {
  for (Room& room : rooms_) room.checkpoint = plan.members();
}

ports::StoreResult Log::execute(ports::StoreRequest&& request) {
  return std::visit(
      [&](auto& each) -> ports::StoreResult {
        using Request = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Request, ports::CommitBatch>) {
          return on(std::move(each));
        } else if constexpr (std::is_same_v<Request, ports::PutReadMarks> ||
                             std::is_same_v<Request, ports::PutCheckpoint>) {
          on(each);
          return ports::Done{};
        } else if constexpr (std::is_same_v<Request, ports::ReadDevice>) {
          const std::uint32_t room = plan_->room_of(each.room);
          const auto& last = rooms_[room].last;
          return ports::DeviceRead{.last_cseq = last.empty() ? Cseq() : last[seat_of(room, each.device)]};
        } else if constexpr (std::is_same_v<Request, ports::LoadItems>) {
          return ports::ItemsLoaded{};
        } else if constexpr (std::is_same_v<Request, ports::LoadRoom> || std::is_same_v<Request, ports::ReadPage> ||
                             std::is_same_v<Request, ports::LoadUser>) {
          return on(each);
        } else if constexpr (std::is_same_v<Request, ports::RaiseEpoch>) {
          violations_->report({.guarantee = check::Guarantee::G1_AckedIsDurable,
                               .room = each.room,
                               .text = "a device was shown what the log does not hold: the epoch is to be raised"});
          return ports::EpochRaised{.epoch = kEpoch};
        } else {
          violations_->report({.guarantee = check::Guarantee::G8_Integrity,
                               .text = "the store is asked for what nobody in a crowd does, operation " +
                                       std::to_string(request.index())});
          return ports::Done{};
        }
      },
      request);
}

// ---- what is there

std::uint32_t Log::seat_of(std::uint32_t room, DeviceId device) const {
  const std::uint32_t user = plan_->user_of(device);
  if (user >= plan_->users()) return UINT32_MAX;
  const Place place = plan_->place_of(user, plan_->pass_of(room));
  return place.room == room ? place.seat : UINT32_MAX;
}

wire::Event Log::event(std::uint32_t room, Seq seq) const {
  const bool founder = seq <= founded();
  const Entry entry = founder ? Entry{.seat = static_cast<std::uint32_t>(seq.value - 1)}
                              : rooms_[room].entries[seq.value - founded().value - 1];
  const std::uint32_t user = plan_->user_at({.room = room, .seat = entry.seat});
  wire::Event event{.room = plan_->room_id(room),
                    .epoch = kEpoch,
                    .seq = seq,
                    .kind = wire::EventKind::MemberAdd,
                    .sender = plan_->user_id(user),
                    .ts = kBeginning + std::chrono::milliseconds(entry.at_ms)};
  if (founder) {
    event.subject = event.sender;
    event.role = wire::Role::Member;
    return event;
  }
  const Written written{
      .room = room, .user = user, .cseq = entry.cseq, .kind = static_cast<wire::EventKind>(entry.kind)};
  event.kind = written.kind;
  event.device = plan_->device_id(user);
  event.cseq = entry.cseq;
  event.client_msg_id = words_->name(written);
  event.target = Seq(entry.target);
  event.body = words_->body(written);
  return event;
}

std::uint64_t Log::msg_no_at(std::uint32_t room, Seq seq) const {
  if (seq <= founded()) return 0;
  const auto& entries = rooms_[room].entries;
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(seq.value - founded().value);
  return static_cast<std::uint64_t>(std::count_if(entries.begin(), end, [](const Entry& each) {
    return static_cast<wire::EventKind>(each.kind) == wire::EventKind::Message;
  }));
}

/// Of seqs in [first, last), with their message numbers.
std::vector<wire::Event> Log::events_of(std::uint32_t room, std::uint64_t first, std::uint64_t last) const {
  std::vector<wire::Event> events;
  if (first >= last) return events;
  events.reserve(last - first);
  std::uint64_t msg_no = msg_no_at(room, Seq(first - 1));
  for (std::uint64_t seq = first; seq < last; ++seq) {
    events.push_back(event(room, Seq(seq)));
    msg_no += events.back().kind == wire::EventKind::Message ? 1 : 0;
    events.back().msg_no = msg_no;
  }
  return events;
}

PrefixHash Log::hash_at(std::uint32_t room, Seq seq) const {
  const auto known = std::min<std::uint64_t>(seq.value / kStride, rooms_[room].hashes.size());
  PrefixHash hash = known == 0 ? PrefixHash() : rooms_[room].hashes[known - 1];
  for (std::uint64_t at = known * kStride + 1; at <= seq.value; ++at) hash = wire::fold(hash, event(room, Seq(at)));
  return hash;
}

check::LedgerRoom Log::ledger(std::uint32_t room) const {
  check::LedgerRoom ledger{.room = plan_->room_id(room), .epoch = kEpoch, .head = head(room)};
  for (const wire::Event& each : events_of(room, 1, head(room).value + 1)) {
    ledger.events.push_back(check::ledger_event(each));
  }
  const auto& last = rooms_[room].last;
  for (std::uint32_t seat = 0; seat < last.size(); ++seat) {
    if (!last[seat]) continue;
    const DeviceId device = plan_->device_id(plan_->user_at({.room = room, .seat = seat}));
    ledger.devices.push_back({.device = device, .last_cseq = last[seat]});
  }
  std::sort(ledger.devices.begin(), ledger.devices.end(),
            [](const check::LedgerDevice& a, const check::LedgerDevice& b) { return a.device < b.device; });
  return ledger;
}

// ---- reads

ports::RoomLoaded Log::on(const ports::LoadRoom& request) {
  const std::uint32_t room = plan_->room_of(request.room);
  if (room >= rooms_.size()) return {};
  Room& r = rooms_[room];
  if (request.fence && request.fence < r.fence) return {.fenced = true};
  r.fence = std::max(r.fence, request.fence);
  ports::RoomLoaded loaded{.exists = true,
                           .title = "room",
                           .epoch = kEpoch,
                           .head = head(room),
                           .msg_no = r.messages,
                           .checkpoint_seq = Seq(r.checkpoint),
                           .checkpoint_hash = hash_at(room, Seq(r.checkpoint))};
  for (std::uint32_t seat = 0; seat < plan_->members(); ++seat) {
    loaded.members.push_back({.user = plan_->user_id(plan_->user_at({.room = room, .seat = seat})),
                              .role = wire::Role::Member,
                              .join_seq = Seq(seat + 1)});
  }
  std::sort(loaded.members.begin(), loaded.members.end(),
            [](const ports::Member& a, const ports::Member& b) { return a.user < b.user; });
  loaded.tail = events_of(room, r.checkpoint + std::uint64_t{1}, head(room).value + 1);
  return loaded;
}

ports::PageRead Log::on(const ports::ReadPage& request) const {
  const std::uint32_t room = plan_->room_of(request.room);
  if (room >= rooms_.size()) return {.exists = false};
  const std::uint64_t head = this->head(room).value;
  std::uint64_t first = request.from.value + 1;
  std::uint64_t last = std::min(head + 1, first + request.limit);
  if (request.backward) {
    last = !request.from || request.from.value > head ? head + 1 : request.from.value;
    first = last > request.limit ? last - request.limit : 1;
  }
  ports::PageRead page{.epoch = kEpoch, .head = Seq(head), .related_to = Seq(head)};
  page.events = events_of(room, first, last);
  std::size_t bytes = 0;
  const auto fits = [&](const wire::Event& each) { return (bytes += each.body.size() + 64) <= request.bytes_max; };
  if (request.backward) {
    auto from = page.events.end();
    while (from != page.events.begin() && (fits(*(from - 1)) || from == page.events.end())) --from;
    page.events.erase(page.events.begin(), from);
  } else {
    auto to = page.events.begin();
    while (to != page.events.end() && (fits(*to) || to == page.events.begin())) ++to;
    page.events.erase(to, page.events.end());
  }
  const Seq before = page.events.empty() ? Seq(std::min(first - 1, head)) : page.events.front().seq.prev();
  page.hash_before = hash_at(room, before);
  if (!request.related || page.events.empty()) return page;
  const Seq end = page.events.back().seq;
  for (wire::Event& each : events_of(room, end.value + 1, head + 1)) {
    const bool refers =
        each.kind != wire::EventKind::Message && each.target >= page.events.front().seq && each.target <= end;
    if (refers) page.related.push_back(std::move(each));
  }
  return page;
}

ports::UserLoaded Log::on(const ports::LoadUser& request) const {
  const std::uint32_t user = plan_->user_of(request.user);
  ports::UserLoaded loaded{.rooms_version = 1};
  if (user >= plan_->users()) return loaded;
  for (std::uint32_t pass = 0; pass < plan_->passes(); ++pass) {
    const std::uint32_t room = plan_->place_of(user, pass).room;
    ports::UserRoom entry{.info = {.room = plan_->room_id(room), .role = wire::Role::Member, .title = "room"}};
    if (!marks_.empty()) {
      entry.read_seq = Seq(marks_[std::size_t{user} * plan_->passes() + pass]);
      entry.read_msg_no = msg_no_at(room, entry.read_seq);
    }
    loaded.rooms.push_back(std::move(entry));
  }
  return loaded;
}

// ---- writes

void Log::on(const ports::PutReadMarks& request) {
  if (marks_.empty()) marks_.resize(std::size_t{plan_->users()} * plan_->passes());
  for (const ports::ReadMarkRow& row : request.marks) {
    const std::uint32_t user = plan_->user_of(row.user);
    const std::uint32_t pass = plan_->pass_of(plan_->room_of(row.room));
    std::uint32_t& mark = marks_[std::size_t{user} * plan_->passes() + pass];
    mark = std::max(mark, static_cast<std::uint32_t>(row.seq.value));
  }
}

void Log::on(const ports::PutCheckpoint& request) {
  const std::uint32_t room = plan_->room_of(request.room);
  if (request.seq > head(room) || request.seq.value <= rooms_[room].checkpoint) return;
  rooms_[room].checkpoint = static_cast<std::uint32_t>(request.seq.value);
  if (request.hash == hash_at(room, request.seq)) return;
  violations_->report({.guarantee = check::Guarantee::G2_TotalOrder,
                       .room = request.room,
                       .seq = request.seq,
                       .text = "a checkpoint is not the fold of the log"});
}

ports::Committed Log::on(ports::CommitBatch&& batch) {
  const std::uint32_t room = plan_->room_of(batch.room);
  if (room >= rooms_.size()) {
    ports::Committed none{.batch = std::move(batch), .exists = false};
    none.results.assign(none.batch.rows.size(), {.status = wire::SendStatus::NoSuchRoom});
    return none;
  }
  ports::Committed done{.batch = std::move(batch), .epoch = kEpoch, .prev_head = head(room)};
  done.head = done.prev_head;
  done.fenced = done.batch.fence && done.batch.fence < rooms_[room].fence;
  if (done.fenced) return done;
  done.results.reserve(done.batch.rows.size());
  for (const ports::CommitRow& row : done.batch.rows) {
    const bool stale = done.batch.epoch != kEpoch;
    done.results.push_back(stale ? ports::CommitRowResult{.status = wire::SendStatus::StaleEpoch}
                                 : commit_row(room, row, done.batch.now));
  }
  done.head = head(room);
  return done;
}

Seq Log::find(std::uint32_t room, std::uint32_t seat, Cseq cseq) const {
  const auto& entries = rooms_[room].entries;
  const auto at = std::find_if(entries.rbegin(), entries.rend(),
                               [&](const Entry& each) { return each.seat == seat && each.cseq == cseq; });
  return at == entries.rend() ? Seq() : Seq(founded().value + static_cast<std::uint64_t>(entries.rend() - at));
}

ports::CommitRowResult Log::result_of(std::uint32_t room, wire::SendStatus status, Seq seq) const {
  return {.status = status,
          .seq = seq,
          .msg_no = msg_no_at(room, seq),
          .ts = kBeginning + std::chrono::milliseconds(rooms_[room].entries[seq.value - founded().value - 1].at_ms)};
}

ports::CommitRowResult Log::commit_row(std::uint32_t room, const ports::CommitRow& row, WallTime now) {
  const std::uint32_t user = plan_->user_of(row.user);
  const std::uint32_t seat = seat_of(room, row.device);
  if (seat == UINT32_MAX || plan_->user_of(row.device) != user) return {.status = wire::SendStatus::Forbidden};
  check_words(room, user, row);
  Room& r = rooms_[room];
  if (r.last.empty()) r.last.resize(plan_->members());
  if (row.cseq <= r.last[seat]) {
    const Seq original = find(room, seat, row.cseq);
    return original ? result_of(room, wire::SendStatus::Duplicate, original)
                    : ports::CommitRowResult{.status = wire::SendStatus::RejectedBefore};
  }
  if (row.cseq != r.last[seat].next()) {
    return {.status = wire::SendStatus::OutOfOrder, .expected = r.last[seat].next()};
  }
  r.last[seat] = row.cseq;
  ports::Target target;
  if (row.target && row.target <= head(room)) {
    const wire::Event at = event(room, row.target);
    target = {.exists = true, .kind = at.kind, .sender = at.sender};
  }
  const bool may = ports::may_append({.kind = row.kind, .sender = {.role = wire::Role::Member}});
  if (!may) return {.status = wire::SendStatus::Forbidden};
  if (!ports::target_fits(row.kind, row.target, target, row.thread, {})) return {.status = wire::SendStatus::Rejected};
  append(room, {.seat = seat,
                .cseq = row.cseq,
                .kind = static_cast<std::uint32_t>(row.kind) & 15,
                .target = static_cast<std::uint32_t>(row.target.value) & ((1u << 28) - 1),
                .at_ms = static_cast<std::uint32_t>(std::max(now, kBeginning).time_since_epoch().count() -
                                                    kBeginning.time_since_epoch().count())});
  return result_of(room, wire::SendStatus::Accepted, head(room));
}

void Log::append(std::uint32_t room, const Entry& entry) {
  Room& r = rooms_[room];
  ++events_;
  if (r.entries.size() == r.entries.capacity()) r.entries.reserve(r.entries.size() + r.entries.size() / 4 + 4);
  r.entries.push_back(entry);
  if (static_cast<wire::EventKind>(entry.kind) == wire::EventKind::Message) ++r.messages;
  while ((r.hashes.size() + 1) * kStride <= head(room).value) {
    r.hashes.push_back(hash_at(room, Seq((r.hashes.size() + 1) * kStride)));
  }
}

/// The log keeps no texts: what is stored must be what was written.
void Log::check_words(std::uint32_t room, std::uint32_t user, const ports::CommitRow& row) {
  const Written written{.room = room, .user = user, .cseq = row.cseq, .kind = row.kind};
  const bool same = row.client_msg_id == words_->name(written) && row.body == words_->body(written) &&
                    row.body_hash == wire::body_hash(row.body);
  if (same) return;
  violations_->report({.guarantee = check::Guarantee::G8_Integrity,
                       .room = plan_->room_id(room),
                       .user = row.user,
                       .device = row.device,
                       .text = "cseq " + std::to_string(row.cseq.value) + " is stored as what nobody wrote"});
}

}  // namespace starling::crowd
