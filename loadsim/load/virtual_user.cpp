#include "loadsim/load/virtual_user.h"

#include <algorithm>
#include <variant>

#include "common/base/rng.h"

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
  const people::Account account = world.accounts.at(index);
  return {.run = world.run_id, .user = account.user, .device = account.device, .sampled = index % kSampleEvery == 0};
}

}  // namespace

VirtualUser::VirtualUser(UserWorld& world, std::uint32_t index)
    : world_(&world), person_(world, index), watch_(who(world, index), world.names, world.violations, world.nodes) {
  if (world.scenario.durable) storage_ = std::make_unique<DeviceStorage>();
  begin();
}

void VirtualUser::begin() {
  session_.emplace(world_->settings, world_->lender, draw(world_->seed, kSessionStream, index(), lives_++));
  if (storage_) storage_->restore(*session_, watch_, watch_.device());
}

void VirtualUser::crash() {
  odd_before_ = odd();
  person_.crashed();
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
    std::visit([&](const auto& each) { on(each); }, notice);
    // A room that is made for the run to begin with is nobody's choice to look at.
    if (founding_ && std::holds_alternative<client::RoomMade>(notice)) continue;
    person_.observe(notice, *session_, now);
  }
}

void VirtualUser::follow_all(Instant now, client::Output& out) {
  for (std::uint32_t i = 0; i < session_->rooms().size(); ++i) {
    const client::RoomCursor cursor = session_->rooms().cursor(i);
    if (cursor.member != 0) static_cast<void>(session_->set_mode(cursor.room, wire::SyncMode::Full, now, out));
  }
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

void VirtualUser::on(const client::RoomMade& notice) {
  if (founding_) founding_->on_made(*notice.answer);
}

void VirtualUser::on(const client::Welcomed& notice) { ticket_ = notice.welcome->ticket; }

/// Who is not let in comes back with the token: without a ticket the worker makes one.
void VirtualUser::on(const client::StateChanged& notice) {
  const bool lost = notice.state == client::LinkState::Waiting || notice.state == client::LinkState::Stopped;
  if (lost && !person_.online()) ticket_.clear();
}

}  // namespace starling::load
