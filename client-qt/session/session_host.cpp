#include "client-qt/session/session_host.h"

#include <QDateTime>
#include <QRandomGenerator>
#include <algorithm>

#include "client-qt/session/batch.h"
#include "common/wire/close_code.h"

namespace starling::qt {
namespace {

client::Settings settings() {
  client::Settings out;
  out.agent = "starling-qt";
  return out;
}

/// A token that expired although it was new: this computer's clock or the server's is wrong. Asked again after this.
constexpr int kClockTroubleMs = 10'000;

}  // namespace

SessionHost::SessionHost(ServerAddress server, Api* api, Cache* cache, Trust* trust, QObject* parent)
    : QObject(parent), server_(std::move(server)), api_(api), cache_(cache), settings_(settings()), socket_(trust) {
  clock_.start();
  make_engine();
  deadline_.setSingleShot(true);
  deadline_.setTimerType(Qt::PreciseTimer);
  connect(&deadline_, &QTimer::timeout, this, [this] {
    session_->on_time(now(), out_);
    carry_out();
  });
  connect(&socket_, &FrameSocket::opened, this, &SessionHost::on_opened);
  connect(&socket_, &FrameSocket::received, this, [this](const wire::ServerFrame& frame) {
    session_->on_frame(frame, now(), out_);
    carry_out();
  });
  connect(&socket_, &FrameSocket::closed, this, [this](quint16 code, const QString& why) {
    why_ = why;
    session_->on_disconnected(code, now(), out_);
    carry_out();
  });
  connect(cache_, &Cache::persisted, this, &SessionHost::on_persisted);
}

WallTime SessionHost::wall_now() { return wall_from_ms(QDateTime::currentMSecsSinceEpoch()); }

void SessionHost::make_engine() {
  session_ = std::make_unique<client::Session>(settings_, lender_, QRandomGenerator::system()->generate64());
  last_token_ = 0;
}

void SessionHost::restore(const Snapshot& snapshot) {
  me_ = snapshot.user;
  if (snapshot.device) {
    session_->restore_device(snapshot.device, snapshot.rooms_version, snapshot.items_version);
  }
  for (const RoomRow& room : snapshot.rooms) {
    session_->restore_room(room.state);
    read_[room.state.room] = {room.read_seq, room.read_msg_no};
  }
  waiting_.clear();
  for (const OutboxRow& row : snapshot.outbox) {
    if (!row.orphan) session_->restore_outbox(row.send);
    waiting_.restore(row);
  }
  refused_ = snapshot.refused;
}

void SessionHost::start() {
  session_->start(now(), out_);
  carry_out();
}

void SessionHost::stop() {
  starting_ = false;
  session_->stop(out_);
  carry_out();
}

void SessionHost::retry_now() {
  if (session_->state() == client::LinkState::Waiting) {
    session_->stop(out_);
    carry_out();
  }
  start();
}

void SessionHost::go_on_as_new_device() {
  stop();
  ticket_.clear();
  cache_->write({.token = 0, .ops = {ForsakeDevice{}}});
  cache_->ask(
      this, [](Store& store) { return store.snapshot(); },
      [this](const Snapshot& snapshot) {
        make_engine();
        restore(snapshot);
        start();
      });
}

// ---- the engine's wishes

void SessionHost::carry_out() {
  // A slot of `noticed` may call back in: it gets an Output of its own.
  const client::Output out = std::exchange(out_, {});
  Batch batch = batch_of(out, wall_now());
  for (const client::Notice& notice : out.notices) before_storing(notice, batch);
  std::ranges::move(std::exchange(also_, {}), std::back_inserter(batch.ops));
  if (batch.token != 0) last_token_ = batch.token;
  cache_->write(std::move(batch));
  for (const wire::ClientFrame& frame : out.frames) socket_.send(frame);
  if (out.link == client::Output::Link::Disconnect) socket_.close(out.close_code);
  if (out.link == client::Output::Link::Connect) open_connection();
  for (const client::Notice& notice : out.notices) {
    before_telling(notice);
    emit noticed(notice);
  }
  arm();
}

void SessionHost::arm() {
  const Instant next = session_->next_deadline();
  if (next == kNever) return deadline_.stop();
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now());
  deadline_.start(std::max(wait, std::chrono::milliseconds(0)));
}

void SessionHost::on_persisted(std::uint64_t token) {
  if (token > last_token_) return;  // of an engine that is no more
  session_->on_persisted(token, now(), out_);
  const std::vector<OutboxRow> rows = waiting_.durable(token);
  carry_out();
  for (const OutboxRow& row : rows) emit queued(row);
}

qint64 SessionHost::held_until_ms(RoomId room) const {
  const Instant until = session_->outbox().held_until(room);
  const Instant at = now();
  if (until <= at) return 0;
  return QDateTime::currentMSecsSinceEpoch() + std::chrono::ceil<std::chrono::milliseconds>(until - at).count();
}

/// What the log refused is stored in the transaction that takes it out of the outbox.
void SessionHost::before_storing(const client::Notice& notice, Batch& batch) {
  const auto* settled = std::get_if<client::Settled>(&notice);
  if (settled == nullptr) return;
  const std::optional<OutboxRow> row = waiting_.take(settled->room, settled->client_msg_id);
  const bool committed =
      settled->status == wire::SendStatus::Accepted || settled->status == wire::SendStatus::Duplicate;
  if (committed || !row) return;
  const RefusedRow refused{.send = row->send, .status = settled->status, .queued = row->queued};
  if (refused.send.kind == wire::EventKind::Message || refused.send.target) {
    batch.ops.insert(batch.ops.begin(), StoreRefused{refused.send, refused.status});
    refused_.push_back(refused);
  }
  QMetaObject::invokeMethod(this, [this, refused] { emit refusal(refused); }, Qt::QueuedConnection);
}

void SessionHost::before_telling(const client::Notice& notice) {
  if (const auto* changed = std::get_if<client::StateChanged>(&notice)) on_state(*changed);
  if (const auto* fatal = std::get_if<client::Fatal>(&notice)) on_fatal(fatal->reason);
  if (const auto* welcomed = std::get_if<client::Welcomed>(&notice)) {
    me_ = welcomed->welcome->user;
    ticket_ = welcomed->welcome->ticket;
    ticket_expires_ = welcomed->welcome->ticket_expires;
    token_renewed_ = false;
  }
  if (const auto* renumbered = std::get_if<client::Renumbered>(&notice)) {
    waiting_.renumber(renumbered->room, renumbered->client_msg_id, renumbered->to);
  }
  if (const auto* synced = std::get_if<client::RoomSynced>(&notice)) {
    const wire::SyncedRoom& answer = *synced->answer;
    const auto mine = read_.find(answer.room);
    if (mine != read_.end() && mine->second.first > answer.read_seq) {
      // Marked in an earlier run, which did not live to tell the server.
      std::ignore = session_->mark_read(answer.room, mine->second.first, mine->second.second, now(), out_);
    }
    if (waiting_.has_orphans(answer.room)) {
      orphans_after_[answer.room] = answer.head;
      settle_orphans(answer.room);
    }
  }
  if (const auto* applied = std::get_if<client::Applied>(&notice)) {
    if (orphans_after_.contains(applied->event->room)) settle_orphans(applied->event->room);
  }
  if (const auto* page = std::get_if<client::PageRead>(&notice)) {
    const auto at = orphan_pages_.find(page->page->room);
    if (at != orphan_pages_.end() && at->second == page->page->request_id) {
      orphan_pages_.erase(at);
      if (page->page->events.empty()) log_begins_.insert(page->page->room);
      settle_orphans(page->page->room);
    }
  }
  if (const auto* failed = std::get_if<client::PageFailed>(&notice)) {
    const auto at = orphan_pages_.find(failed->room);
    if (at != orphan_pages_.end() && at->second == failed->request_id) orphan_pages_.erase(at);
  }
  if (!out_.empty()) QMetaObject::invokeMethod(this, [this] { carry_out(); }, Qt::QueuedConnection);
}

// ---- the connection

void SessionHost::open_connection() {
  const bool by_ticket = !ticket_.empty() && wall_now() < ticket_expires_;
  if (!by_ticket) ticket_.clear();
  if (by_ticket) return socket_.open(server_.ws);
  if (std::exchange(starting_, true)) return;
  api_->credentials().with_token(this, [this](const Result<QByteArray, HttpReply>& token) {
    if (!std::exchange(starting_, false)) return;  // stopped meanwhile
    if (session_->state() != client::LinkState::Connecting) return;
    if (token) {
      token_ = *token;
      socket_.open(server_.ws);
      return;
    }
    why_ = token.error().text;
    const bool signed_out = token.error().status == 401;
    session_->on_disconnected(signed_out ? wire::close_code::kUnauthorized : wire::close_code::kNone, now(), out_);
    // The request may have failed before it began: the engine's Output of the attempt is still being carried out.
    QMetaObject::invokeMethod(this, [this] { carry_out(); }, Qt::QueuedConnection);
  });
}

void SessionHost::on_opened() {
  session_->on_connected(std::string_view(token_.constData(), static_cast<std::size_t>(token_.size())), ticket_, now(),
                         out_);
  carry_out();
}

void SessionHost::on_state(const client::StateChanged& changed) {
  using Phase = ConnectionState::Phase;
  switch (changed.state) {
    case client::LinkState::Stopped:
      return set_connection({.phase = Phase::Offline, .reason = connection_.reason});
    case client::LinkState::Connecting:
    case client::LinkState::Authenticating:
      return set_connection({.phase = Phase::Connecting, .reason = connection_.reason});
    case client::LinkState::Ready:
      why_.clear();
      return set_connection({.phase = Phase::Online});
    case client::LinkState::Waiting:
      break;
  }
  const bool refused =
      changed.close_code == wire::close_code::kUnauthorized || changed.close_code == wire::close_code::kTokenExpired;
  if (refused) ticket_.clear();
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(changed.next_attempt - now());
  set_connection({.phase = Phase::Waiting,
                  .reason = close_reason(changed.close_code, std::exchange(why_, {})),
                  .retry_at_ms = QDateTime::currentMSecsSinceEpoch() + std::max<qint64>(wait.count(), 0)});
}

void SessionHost::on_fatal(client::FatalReason reason) {
  switch (reason) {
    case client::FatalReason::TokenExpired: {
      api_->credentials().expired();
      set_connection(
          {.phase = ConnectionState::Phase::Connecting, .reason = close_reason(wire::close_code::kTokenExpired, {})});
      const int wait = std::exchange(token_renewed_, true) ? kClockTroubleMs : 0;
      QTimer::singleShot(wait, this, [this] { start(); });
      return;
    }
    case client::FatalReason::DeviceChanged:
      // The credentials are right, only the counters are another device's.
      QMetaObject::invokeMethod(this, [this] { go_on_as_new_device(); }, Qt::QueuedConnection);
      return;
    case client::FatalReason::Unauthorized:
    case client::FatalReason::Fenced:
    case client::FatalReason::Version:
    case client::FatalReason::DeviceConflict:
      break;
  }
  ticket_.clear();
  const QString text = fatal_reason(reason);
  set_connection({.phase = ConnectionState::Phase::Offline, .reason = text});
  QString code = QStringLiteral("signed_out");
  if (reason == client::FatalReason::DeviceConflict) code = QStringLiteral("device_conflict");
  if (reason == client::FatalReason::Fenced) code = QStringLiteral("fenced");
  if (reason == client::FatalReason::Version) code = QStringLiteral("version");
  emit signInNeeded(code, text);
}

void SessionHost::set_connection(ConnectionState state) {
  if (state == connection_) return;
  connection_ = std::move(state);
  emit connectionChanged();
}

}  // namespace starling::qt
