#include "loadsim/sim/device.h"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <variant>

#include "common/base/assert.h"
#include "common/base/probe.h"

namespace starling::sim {
namespace {

constexpr auto kTokenLife = std::chrono::minutes(30);

template <class T>
bool holds(const client::Notice& notice) {
  return std::holds_alternative<T>(notice);
}

}  // namespace

Device::Device(Identity who, Surroundings around)
    : who_(who),
      context_(around.context),
      network_(around.network),
      nodes_(around.nodes),
      witness_(around.witness),
      names_(around.names),
      chronicle_(*around.context, who.index, who.user, who_.device),
      views_(who.user, around.context->options.keep_texts) {
  watch_ = new_watch();
}

Device::~Device() = default;

std::unique_ptr<check::DeviceWatch> Device::new_watch() {
  // A script writes what it likes; everybody else writes stamps.
  const std::uint32_t run = context_->options.keep_texts ? 0 : 1;
  return std::make_unique<check::DeviceWatch>(
      check::DeviceWatch::Who{.run = run, .user = who_.user, .device = who_.device, .sampled = who_.sampled}, *names_,
      context_->violations, context_->options.nodes);
}

// ---- life

void Device::start() {
  if (running() || retired_) return;
  const std::uint64_t seed = context_->draw_at(Stream::DeviceSeed, (1ull << 40) | who_.index, incarnation_);
  chronicle_.started();
  session_ = std::make_unique<client::Session>(context_->options.client, lender_, seed);
  disk_.restore(*session_, who_.device);
  listed_ = !disk_.rooms().empty();
  for (const auto& [id, room] : disk_.rooms()) {
    watch_->on_restart(id, room.watch);
    views_.rewind(id, room.state.cursor.seq);
    views_.at(id).member = room.state.member;
  }
  for (const check::WatchedRoom& room : watch_->rooms()) {
    if (!disk_.rooms().contains(room.room)) watch_->on_restart(room.room, {});
  }
  input([](client::Session& session, Instant now, client::Output& out) { session.start(now, out); });
}

void Device::crash() {
  if (!running()) return;
  ++context_->tally(users::FaultKind::ClientCrash).effective;
  chronicle_.crashed(static_cast<std::uint64_t>(crash_step_));
  count_oddities();
  if (person_) person_->crashed();
  // The write under way is one transaction: it is on the disk or not, and nobody was told.
  if (writing_to_ != 0 && random() % 2 == 0) apply_written(writing_to_);
  unwritten_.clear();
  lazy_.clear();
  writing_to_ = 0;
  network_->hang_up(who_.index);
  session_.reset();
  out_.clear();
  asked_least_.clear();
  watched_.clear();
  presence_.clear();
  away_ = false;
  presence_moved_ = context_->now();
  paging_.stop();
  ++incarnation_;
  ++ticket_number_;
  armed_ = kNever;
  crash_step_ = CrashStep::None;
  page_due_ = false;
  context_->trace.add(0x600, who_.index, incarnation_);
  start_again(within({50ms, 3s}, random()));
}

void Device::crash_at(CrashStep step, Instant latest) {
  if (!running()) return;
  if (step == CrashStep::Now) {
    crash();
    return;
  }
  crash_step_ = step;
  context_->wheel.schedule(latest, Happening::DeviceCrashes, who_.index, incarnation_);
}

void Device::on_crashes(std::uint64_t incarnation) {
  if (incarnation == incarnation_ && crash_step_ != CrashStep::None) crash();
}

void Device::retire() {
  retired_ = true;
  if (!running()) return;
  network_->hang_up(who_.index);
  session_.reset();
  ++incarnation_;
  ++ticket_number_;
  armed_ = kNever;
}

void Device::start_again(Duration after) {
  context_->wheel.schedule(context_->now() + after, Happening::DeviceStarts, who_.index, incarnation_);
}

void Device::on_starts(std::uint64_t incarnation) {
  if (incarnation != incarnation_ || retired_) return;
  if (!running()) {
    start();
  } else {
    input([](client::Session& session, Instant now, client::Output& out) { session.start(now, out); });
  }
}

bool Device::offline() const { return context_->now() < offline_until_; }

void Device::go_offline(Instant until) {
  offline_until_ = until;
  Link& link = network_->link(who_.index);
  if (!running() || !link.client_end) return;
  ++context_->tally(users::FaultKind::ClientOffline).effective;
  if (random() % 2 == 0) {
    link.broken = true;  // out of reach: the server is not told
    context_->wheel.schedule(context_->now() + within({1s, 35s}, random()), Happening::ServerNotices, who_.index,
                             link.server_key());
  }
  hang_up_and_return();
}

void Device::become_clone_of(Device& original) {
  clone_ = true;
  disk_ = original.disk_;
  ticket_ = original.ticket_;
  for (const auto& [id, view] : original.views_.all()) views_.at(id) = view;
  watch_->cloned();
  original.watch_->cloned();
}

/// The log holds what this device never wrote under its id. The messages that wait are sent anew under another.
void Device::become_another() {
  another_due_ = false;
  ++context_->tally(users::FaultKind::ClientClone).effective;
  for (const RoomId room : session_->outbox().rooms()) {
    for (const client::OutboxEntry& entry : session_->outbox().entries(room)) to_send_anew_.push_back(entry.send);
  }
  crash();
  disk_ = {};
  who_.device = DeviceId(who_.device.value + (static_cast<std::uint64_t>(who_.index + 1) << 32));
  if (person_) person_->renamed(who_.device);
  ticket_.clear();
  past_.push_back(std::move(watch_));
  watch_ = new_watch();
}

// ---- inputs

void Device::on_dialled(std::uint64_t attempt, bool made) {
  Link& link = network_->link(who_.index);
  if (!running() || link.attempt != attempt || session_->state() != client::LinkState::Connecting) return;
  if (!made) {
    link.client_end = false;
    input([](client::Session& session, Instant now, client::Output& out) { session.on_disconnected(0, now, out); });
    return;
  }
  connected_ = context_->now();
  input([&](client::Session& session, Instant now, client::Output& out) {
    session.on_connected(token(), ticket_, now, out);
  });
}

void Device::on_link_down(std::uint64_t attempt) {
  std::vector<std::shared_ptr<const wire::ServerFrame>> frames;
  network_->take_down(who_.index, attempt, frames);
  for (const auto& frame : frames) {
    const Link& link = network_->link(who_.index);
    if (!running() || link.attempt != attempt || !link.client_end) return;
    context_->trace.add(0x610, who_.index, frame->index());
    chronicle_.received(*frame);
    input([&](client::Session& session, Instant now, client::Output& out) { session.on_frame(*frame, now, out); });
  }
}

void Device::on_hang_up(std::uint64_t attempt, std::uint16_t code) {
  Link& link = network_->link(who_.index);
  if (link.attempt != attempt || !std::exchange(link.client_end, false) || !running()) return;
  context_->trace.add(0x620, who_.index, code);
  input([&](client::Session& session, Instant now, client::Output& out) { session.on_disconnected(code, now, out); });
}

void Device::on_timer(std::uint64_t ticket) {
  if (!running() || ticket != ticket_number_) return;
  armed_ = kNever;
  if (session_->next_deadline() > context_->now()) {
    arm();
    return;
  }
  input([](client::Session& session, Instant now, client::Output& out) { session.on_time(now, out); });
}

void Device::arm() {
  const Instant deadline = session_->next_deadline();
  if (deadline >= armed_) return;
  armed_ = deadline;
  context_->wheel.schedule(deadline, Happening::DeviceTimer, who_.index, ++ticket_number_);
}

// ---- outputs

void Device::carry_out() {
  context_->trace.add(0x630, (static_cast<std::uint64_t>(who_.index) << 32) | out_.persists.size(),
                      (out_.frames.size() << 16) | out_.notices.size());
  chronicle_.output(out_);
  watch_->on_output(out_);
  for (const client::Notice& each : out_.notices) {
    notice(each);
    if (person_) person_->observe(each, *session_, context_->now());
  }
  for (const client::Persist& each : out_.persists) store(each);
  for (const wire::ClientFrame& frame : out_.frames) {
    note_asked(frame);
    network_->send_up(who_.index, frame);
  }
  follow_link();
  const bool dies = reaches_crash_step();
  out_.clear();
  if (dies) {
    crash();
    return;
  }
  write();
  arm();
}

void Device::follow_link() {
  if (out_.link == client::Output::Link::Disconnect) network_->hang_up(who_.index);
  if (out_.link != client::Output::Link::Connect) return;
  if (person_) {
    ++person_->company().counters.connects;
    person_->connecting(context_->now());
  }
  const std::uint32_t attempt = network_->dial(who_.index);
  network_->link(who_.index).wanted = out_.node;
  const Duration handshake = 2 * within(context_->options.link_latency, random());
  context_->wheel.schedule(context_->now() + handshake, Happening::Dial, who_.index, attempt);
}

bool Device::reaches_crash_step() const {
  const auto stores_message = [](const client::Persist& p) {
    return std::holds_alternative<client::PersistOutboxPut>(p.op);
  };
  const auto sends = [](const wire::ClientFrame& f) { return std::holds_alternative<wire::Send>(f); };
  switch (crash_step_) {
    case CrashStep::BeforePut:
      return std::ranges::any_of(out_.persists, stores_message);
    case CrashStep::AfterSend:
      return std::ranges::any_of(out_.frames, sends);
    case CrashStep::AfterAck:
      return std::ranges::any_of(out_.notices, holds<client::Settled>);
    case CrashStep::AfterApply:
      return std::ranges::any_of(out_.notices, holds<client::Applied>);
    case CrashStep::None:
    case CrashStep::Now:
    case CrashStep::AfterPut:
    case CrashStep::AfterStored:
    case CrashStep::kCount:
      return false;
  }
  return false;
}

void Device::follow_up() {
  if (!running()) return;
  if (another_due_) {
    become_another();
    return;
  }
  if (ready() && listed_ && !to_send_anew_.empty()) {
    for (const wire::Send& entry : std::exchange(to_send_anew_, {})) send_anew(entry);
  }
  if (std::exchange(page_due_, false)) ask_next_page();
}

/// Good by every node's clock.
std::string Device::token() const {
  WallTime latest{};
  for (const auto& node : *nodes_) latest = std::max(latest, node->wall());
  return to_text({.user = who_.user, .device = who_.device, .expires = latest + kTokenLife});
}

LogWitness::Viewer Device::viewer() const {
  return {.user = who_.user, .device = who_.device, .connected = connected_};
}

// ---- storage

void Device::store(const client::Persist& persist) {
  StoredChange change{.token = persist.token};
  std::visit(
      [&](const auto& op) {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, client::PersistEvent> || std::is_same_v<Op, client::PersistRoom>) {
          change.what = StoredChange::What::Room;
          change.room = op.state;
          if (const check::WatchedRoom* seen = watch_->find(op.state.room)) change.watch = seen->seen;
          change.watch.cap_floor(op.state.floor);  // the output may have raised it behind this Persist
        } else if constexpr (std::is_same_v<Op, client::PersistOutboxPut>) {
          change.what = StoredChange::What::OutboxPut;
          change.send = op.send;
          change.last_cseq = op.last_cseq;
        } else if constexpr (std::is_same_v<Op, client::PersistOutboxRemove>) {
          change.what = StoredChange::What::OutboxRemove;
          change.client_msg_id = op.client_msg_id;
          change.room = op.state;
        } else if constexpr (std::is_same_v<Op, client::PersistItems>) {
          change.what = StoredChange::What::Items;
          change.items = *op.items;
        } else {
          change.what = StoredChange::What::RoomsVersion;
          change.rooms_version = op.rooms_version;
        }
      },
      persist.op);
  unwritten_.push_back(std::move(change));
}

/// One transaction at a time takes all that waits.
void Device::write() {
  if (writing_to_ != 0 || (unwritten_.empty() && lazy_.empty())) return;
  writing_to_ = unwritten_.empty() ? written_to_ : unwritten_.back().token;
  const Duration latency =
      within(context_->options.disk_latency, context_->next_draw(Stream::DiskLatency, who_.index, disk_writes_));
  context_->wheel.schedule(context_->now() + latency, Happening::DevicePersisted, who_.index, incarnation_);
}

void Device::apply_written(std::uint64_t token) {
  written_to_ = token;
  for (const StoredChange& change : std::exchange(lazy_, {})) disk_.apply(change);
  while (!unwritten_.empty() && unwritten_.front().token <= token) {
    StoredChange& change = unwritten_.front();
    const std::uint64_t random = context_->next_draw(Stream::LazyRemoval, who_.index, lazies_);
    const bool lazy =
        change.what == StoredChange::What::OutboxRemove && scale(random, 100) < context_->options.lazy_removal_percent;
    if (lazy) {
      lazy_.push_back(std::move(change));
    } else {
      disk_.apply(change);
    }
    unwritten_.pop_front();
  }
}

void Device::on_persisted(std::uint64_t incarnation) {
  if (!running() || incarnation != incarnation_) return;
  std::uint64_t token = std::exchange(writing_to_, 0);
  const auto wrote = [&](StoredChange::What what) {
    return std::ranges::any_of(unwritten_, [&](const StoredChange& c) { return c.token <= token && c.what == what; });
  };
  const bool dies = (crash_step_ == CrashStep::AfterPut && wrote(StoredChange::What::OutboxPut)) ||
                    (crash_step_ == CrashStep::AfterStored && wrote(StoredChange::What::Room));
  apply_written(token);
  if (!lazy_.empty()) token = lazy_.front().token - 1;  // the rest is told with them
  chronicle_.line("stored to", token);
  if (dies) {
    crash();
    return;
  }
  input([&](client::Session& session, Instant now, client::Output& out) { session.on_persisted(token, now, out); });
}

}  // namespace starling::sim
