#include "loadsim/load/virtual_user.h"

#include <algorithm>
#include <variant>

#include "common/base/rng.h"
#include "loadsim/check/stamp.h"
#include "loadsim/load/clock.h"

namespace starling::load {
namespace {

constexpr std::uint64_t kSessionStream = 0x5E;
/// One user in a hundred keeps its rooms' whole state (G10).
constexpr std::uint32_t kSampleEvery = 100;

const char* why_it_gave_up(client::FatalReason reason) {
  switch (reason) {
    case client::FatalReason::Unauthorized:
      return "has given up: its token was refused";
    case client::FatalReason::TokenExpired:
      return "has given up: its token has expired";
    case client::FatalReason::Fenced:
      return "has given up: it was told that it logged in elsewhere";
    case client::FatalReason::Version:
      return "has given up: it was told to update";
    case client::FatalReason::DeviceConflict:
      return "has given up: the log holds another message under its number";
    case client::FatalReason::DeviceChanged:
      return "has given up: it was welcomed as another device";
  }
  return "has given up";
}

check::DeviceWatch::Who who(const UserWorld& world, std::uint32_t index) {
  const Account account = world.accounts.at(index);
  return {.run = world.run_id, .user = account.user, .device = account.device, .sampled = index % kSampleEvery == 0};
}

}  // namespace

VirtualUser::VirtualUser(UserWorld& world, std::uint32_t index)
    : world_(&world),
      persona_(&world.scenario.persona_of(index)),
      watch_(who(world, index), world.names, world.violations),
      index_(index) {
  if (world.scenario.durable) storage_ = std::make_unique<DeviceStorage>();
  begin();
}

void VirtualUser::begin() {
  session_.emplace(world_->settings, world_->lender, draw(world_->seed, kSessionStream, index_, lives_++));
  if (storage_) storage_->restore(*session_, watch_, watch_.device());
}

void VirtualUser::crash() {
  odd_before_ = odd();
  ++world_->counters.crashes;
  if (was_ready_) ++world_->counters.disconnects;
  was_ready_ = false;
  lost_at_ = kNever;
  ticket_.clear();
  begin();
}

client::SessionCounters VirtualUser::odd() const {
  const client::SessionCounters& now = session_->counters();
  return {.redelivered = odd_before_.redelivered + now.redelivered,
          .gaps = odd_before_.gaps + now.gaps,
          .results_ignored = odd_before_.results_ignored + now.results_ignored,
          .replayed = odd_before_.replayed + now.replayed};
}

void VirtualUser::observe(const client::Output& out, Instant now) {
  watch_.on_output(out);
  if (storage_) storage_->apply(out.persists, watch_);
  for (const client::Notice& notice : out.notices) {
    std::visit([&](const auto& each) { on(each, now); }, notice);
  }
}

void VirtualUser::follow_all(Instant now, client::Output& out) {
  for (std::uint32_t i = 0; i < session_->rooms().size(); ++i) {
    const client::RoomCursor cursor = session_->rooms().cursor(i);
    if (cursor.member != 0) static_cast<void>(session_->set_mode(cursor.room, wire::SyncMode::Full, now, out));
  }
}

bool VirtualUser::live() const {
  if (!ready()) return false;
  const auto cursors = session_->rooms().cursors();
  return std::all_of(cursors.begin(), cursors.end(), [](const client::RoomCursor& cursor) {
    return cursor.member == 0 || cursor.mode() == wire::SyncMode::Off || cursor.sync() == client::SyncState::Settled;
  });
}

bool VirtualUser::settled(const char** why) const {
  const char* reason = nullptr;
  if (gave_up_) {
    reason = why_it_gave_up(*gave_up_);
  } else if (!ready()) {
    reason = "is not connected";
  } else if (!session_->outbox().empty()) {
    reason = "has sends that nobody answered";
  } else if (!live()) {
    reason = "has rooms whose Sync nobody answered";
  } else {
    const client::RoomTable& rooms = session_->rooms();
    for (std::uint32_t i = 0; i < rooms.size() && reason == nullptr; ++i) {
      const client::RoomCursor& cursor = rooms.cursor(i);
      if (cursor.member == 0 || cursor.mode() != wire::SyncMode::Full) continue;
      if (rooms.floor(i).value != cursor.seq) reason = "has not got the events up to a head that it was told";
    }
  }
  if (why != nullptr && reason != nullptr) *why = reason;
  return reason == nullptr;
}

// ---- notices

void VirtualUser::on(const client::Applied& notice, Instant now) {
  const wire::Event& event = *notice.event;
  ++world_->counters.deliveries;
  const bool live_event = views_.applied(event, watch_.device());
  if (event.kind != wire::EventKind::Message || !live_event) return;
  const auto stamp = check::read_stamp(event.body);
  if (!stamp || stamp->run != world_->run_id) return;
  ++world_->counters.live;
  world_->record(report::Metric::Delivery, microseconds_between(Instant(Duration(stamp->intended_ns)), now));
}

void VirtualUser::on(const client::Settled& notice, Instant now) {
  const bool committed = notice.status == wire::SendStatus::Accepted || notice.status == wire::SendStatus::Duplicate;
  if (!committed) ++world_->counters.refused;
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Waiting& each) { return each.id == notice.client_msg_id; });
  if (at == waiting_.end()) return;  // of the founding
  if (committed) ++world_->counters.accepted;
  world_->record(report::Metric::Ack, microseconds_between(at->intended, now));
  waiting_.erase(at);
}

void VirtualUser::on(const client::RoomReset& notice, Instant) {
  ++world_->counters.resets;
  if (notice.reason != wire::ResetReason::Epoch) return;
  ++world_->counters.epoch_resets;
  views_.began_anew(notice.answer->room);
}

void VirtualUser::on(const client::RoomSynced& notice, Instant now) {
  views_.synced(notice.answer->room, notice.answer->head);
  if (!open_) open_ = notice.answer->room;
  back_again(now);
}

void VirtualUser::on(const client::RoomMade& notice, Instant) {
  if (founding_) founding_->on_made(*notice.answer);
  // Somebody's open_direct; rooms made at the beginning are nobody's choice to look at.
  if (!founding_ && notice.answer->room) open_ = notice.answer->room;
}

void VirtualUser::on(const client::Welcomed& notice, Instant now) {
  ++world_->counters.logins;
  if (notice.by_ticket) ++world_->counters.ticket_logins;
  ticket_ = notice.welcome->ticket;
  was_ready_ = true;
  world_->record(report::Metric::Connect, microseconds_between(connecting_since_, now));
}

/// After the last room's answer, or with the Welcome when there are no rooms.
void VirtualUser::back_again(Instant now) {
  if (lost_at_ == kNever || !live()) return;
  world_->record(report::Metric::Outage, microseconds_between(lost_at_, now));
  lost_at_ = kNever;
}

void VirtualUser::on(const client::StateChanged& notice, Instant now) {
  switch (notice.state) {
    case client::LinkState::Ready:
      back_again(now);
      break;
    case client::LinkState::Waiting:
    case client::LinkState::Stopped:
      if (was_ready_) {
        ++world_->counters.disconnects;
        if (lost_at_ == kNever) lost_at_ = now;
      } else {
        ++world_->counters.connect_failures;
        // The engine comes back with the token; without a ticket the worker makes one.
        ticket_.clear();
      }
      was_ready_ = false;
      break;
    case client::LinkState::Connecting:
    case client::LinkState::Authenticating:
      break;
  }
}

void VirtualUser::on(const client::PageRead&, Instant) { ++world_->counters.pages; }
void VirtualUser::on(const client::PageFailed&, Instant) { ++world_->counters.page_failures; }
void VirtualUser::on(const client::Typing&, Instant) { ++world_->counters.typing; }
void VirtualUser::on(const client::ServerError&, Instant) { ++world_->counters.server_errors; }
void VirtualUser::on(const client::Fatal& notice, Instant) {
  gave_up_ = notice.reason;
  ++world_->counters.fatal;
  if (notice.reason == client::FatalReason::Fenced) ++world_->counters.fenced;
}

}  // namespace starling::load
