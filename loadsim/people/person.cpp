#include "loadsim/people/person.h"

#include <algorithm>
#include <variant>

#include "loadsim/check/stamp.h"

namespace starling::people {

bool is_live(const client::Session& session) {
  if (session.state() != client::LinkState::Ready) return false;
  const auto cursors = session.rooms().cursors();
  return std::all_of(cursors.begin(), cursors.end(), [](const client::RoomCursor& cursor) {
    return cursor.member == 0 || cursor.mode() == wire::SyncMode::Off || cursor.sync() == client::SyncState::Settled;
  });
}

Person::Person(Company& company, std::uint32_t index)
    : company_(&company),
      persona_(&company.scenario.persona_of(index)),
      device_(company.accounts.at(index).device),
      index_(index) {}

void Person::observe(const client::Notice& notice, const client::Session& session, Instant now) {
  std::visit([&](const auto& each) { on(each, session, now); }, notice);
}

void Person::crashed() {
  ++company_->counters.crashes;
  if (online_) ++company_->counters.disconnects;
  online_ = false;
  lost_at_ = kNever;
  company_->rehoming.forget(index_);
}

void Person::on(const client::Applied& notice, const client::Session&, Instant now) {
  const wire::Event& event = *notice.event;
  ++company_->counters.deliveries;
  const bool live_event = views_.applied(event, device_);
  if (event.kind != wire::EventKind::Message || !live_event) return;
  const auto stamp = check::read_stamp(event.body);
  if (!stamp || stamp->run != company_->run_id) return;
  ++company_->counters.live;
  const Instant intended{Duration(stamp->intended_ns)};
  company_->record(report::Metric::Delivery, intended, now);
  if (company_->rehoming.shown(index_, event.room, intended)) company_->record(report::Metric::Rehomed, intended, now);
}

void Person::on(const client::Settled& notice, const client::Session&, Instant now) {
  const bool committed = notice.status == wire::SendStatus::Accepted || notice.status == wire::SendStatus::Duplicate;
  if (!committed) ++company_->counters.refused;
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Waiting& each) { return each.id == notice.client_msg_id; });
  if (at == waiting_.end()) return;  // nobody's: a room was being made
  if (committed) ++company_->counters.accepted;
  company_->record(report::Metric::Ack, at->intended, now);
  waiting_.erase(at);
}

void Person::on(const client::RoomReset& notice, const client::Session&, Instant) {
  ++company_->counters.resets;
  if (notice.reason != wire::ResetReason::Epoch) return;
  ++company_->counters.epoch_resets;
  views_.began_anew(notice.answer->room);
}

void Person::on(const client::RoomSynced& notice, const client::Session& session, Instant now) {
  views_.synced(notice.answer->room, notice.answer->head);
  if (!open_) open_ = notice.answer->room;
  back_again(session, now);
}

void Person::on(const client::RoomMade& notice, const client::Session&, Instant) {
  if (notice.answer->room) open_ = notice.answer->room;
}

void Person::on(const client::Welcomed& notice, const client::Session&, Instant now) {
  ++company_->counters.logins;
  if (notice.by_ticket) ++company_->counters.ticket_logins;
  online_ = true;
  company_->record(report::Metric::Connect, connecting_since_, now);
}

/// After the last room's answer, or with the Welcome when there are no rooms.
void Person::back_again(const client::Session& session, Instant now) {
  if (lost_at_ == kNever || !is_live(session)) return;
  company_->record(report::Metric::Outage, lost_at_, now);
  lost_at_ = kNever;
}

void Person::on(const client::StateChanged& notice, const client::Session& session, Instant now) {
  switch (notice.state) {
    case client::LinkState::Ready:
      back_again(session, now);
      break;
    case client::LinkState::Waiting:
    case client::LinkState::Stopped:
      if (online_) {
        ++company_->counters.disconnects;
        if (lost_at_ == kNever) lost_at_ = now;
        company_->rehoming.forget(index_);
      } else {
        ++company_->counters.connect_failures;
      }
      online_ = false;
      break;
    case client::LinkState::Connecting:
    case client::LinkState::Authenticating:
      break;
  }
}

void Person::on(const client::PageRead&, const client::Session&, Instant) { ++company_->counters.pages; }
void Person::on(const client::PageFailed&, const client::Session&, Instant) { ++company_->counters.page_failures; }
void Person::on(const client::Typing&, const client::Session&, Instant) { ++company_->counters.typing; }
void Person::on(const client::ServerError&, const client::Session&, Instant) { ++company_->counters.server_errors; }
void Person::on(const client::Fatal& notice, const client::Session&, Instant) {
  ++company_->counters.fatal;
  if (notice.reason == client::FatalReason::Fenced) ++company_->counters.fenced;
}

}  // namespace starling::people
