#include "client-qt/session/websocket_driver.h"

#include <QRandomGenerator>
#include <utility>

namespace starling::qt {
namespace {

client::Settings settings() {
  client::Settings out;
  out.agent = "starling-qt";
  out.durable = false;
  return out;
}

}  // namespace

WebSocketDriver::WebSocketDriver(QUrl url, QByteArray token, QObject* parent)
    : QObject(parent),
      url_(std::move(url)),
      token_(std::move(token)),
      settings_(settings()),
      session_(settings_, lender_, QRandomGenerator::system()->generate64()),
      socket_(nullptr) {
  clock_.start();
  deadline_.setSingleShot(true);
  deadline_.setTimerType(Qt::PreciseTimer);
  connect(&deadline_, &QTimer::timeout, this, [this] {
    session_.on_time(now(), out_);
    carry_out();
  });
  connect(&socket_, &FrameSocket::opened, this, [this] {
    session_.on_connected(std::string_view(token_.constData(), static_cast<std::size_t>(token_.size())), ticket_, now(),
                          out_);
    carry_out();
  });
  connect(&socket_, &FrameSocket::received, this, [this](const wire::ServerFrame& frame) {
    session_.on_frame(frame, now(), out_);
    carry_out();
  });
  connect(&socket_, &FrameSocket::closed, this, [this](quint16 code) {
    session_.on_disconnected(code, now(), out_);
    carry_out();
  });
}

void WebSocketDriver::start() {
  session_.start(now(), out_);
  carry_out();
}

void WebSocketDriver::stop() {
  session_.stop(out_);
  carry_out();
}

Result<client::Sent, client::CommandError> WebSocketDriver::send(RoomId room, client::Draft draft) {
  auto sent = session_.send(room, std::move(draft), now(), out_);
  carry_out();
  return sent;
}

Result<std::uint64_t, client::CommandError> WebSocketDriver::create_room(wire::RoomKind kind, std::string title,
                                                                         std::vector<UserId> members) {
  auto request = session_.create_room(kind, std::move(title), std::move(members), now(), out_);
  carry_out();
  return request;
}

Result<void, client::CommandError> WebSocketDriver::set_mode(RoomId room, wire::SyncMode mode) {
  auto done = session_.set_mode(room, mode, now(), out_);
  carry_out();
  return done;
}

void WebSocketDriver::carry_out() {
  // A slot of `noticed` may call back in: it gets an Output of its own.
  client::Output out = std::exchange(out_, {});
  for (const wire::ClientFrame& frame : out.frames) socket_.send(frame);
  if (out.link == client::Output::Link::Connect) socket_.open(url_);
  if (out.link == client::Output::Link::Disconnect) socket_.close(out.close_code);
  for (const client::Notice& notice : out.notices) {
    if (const auto* welcomed = std::get_if<client::Welcomed>(&notice)) ticket_ = welcomed->welcome->ticket;
    emit noticed(notice);
  }

  const Instant next = session_.next_deadline();
  if (next == kNever) {
    deadline_.stop();
    return;
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now());
  deadline_.start(std::max(wait, std::chrono::milliseconds(0)));
}

}  // namespace starling::qt
