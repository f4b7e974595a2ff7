#include "client-qt/session/websocket_driver.h"

#include <QRandomGenerator>
#include <utility>

#include "common/client/close_code.h"
#include "common/wire/codec.h"
#include "common/wire/limits.h"

namespace starling::qt {
namespace {

client::Settings settings() {
  client::Settings out;
  out.agent = "starling-qt";
  out.durable = false;
  return out;
}

QWebSocketProtocol::CloseCode close_code(std::uint16_t code) {
  return code == client::close_code::kNone ? QWebSocketProtocol::CloseCodeNormal
                                           : static_cast<QWebSocketProtocol::CloseCode>(code);
}

}  // namespace

WebSocketDriver::WebSocketDriver(QUrl url, QByteArray token, QObject* parent)
    : QObject(parent),
      url_(std::move(url)),
      token_(std::move(token)),
      settings_(settings()),
      session_(settings_, lender_, QRandomGenerator::system()->generate64()) {
  clock_.start();
  deadline_.setSingleShot(true);
  deadline_.setTimerType(Qt::PreciseTimer);
  connect(&deadline_, &QTimer::timeout, this, [this] {
    session_.on_time(now(), out_);
    carry_out();
  });
}

WebSocketDriver::~WebSocketDriver() {
  if (socket_) socket_->disconnect(this);
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

void WebSocketDriver::connect_socket() {
  drop_socket();
  socket_ = std::make_unique<QWebSocket>();
  socket_->setMaxAllowedIncomingMessageSize(wire::limits::kMessageBytesMax);
  connect(socket_.get(), &QWebSocket::connected, this, [this] {
    session_.on_connected(std::string_view(token_.constData(), static_cast<std::size_t>(token_.size())), ticket_, now(),
                          out_);
    carry_out();
  });
  connect(socket_.get(), &QWebSocket::binaryMessageReceived, this, &WebSocketDriver::on_message);
  // Neither `disconnected` nor `error` alone covers both a refused and a broken connection; the state does.
  connect(socket_.get(), &QWebSocket::stateChanged, this, [this](QAbstractSocket::SocketState state) {
    if (state == QAbstractSocket::UnconnectedState) on_unconnected();
  });
  socket_->open(url_);
}

void WebSocketDriver::drop_socket() {
  if (!socket_) return;
  socket_->disconnect(this);
  socket_->abort();
  socket_.release()->deleteLater();  // it may be the sender of the signal that brought us here
}

void WebSocketDriver::on_message(const QByteArray& message) {
  const auto bytes = std::as_bytes(std::span(message.constData(), static_cast<std::size_t>(message.size())));
  const auto frame = wire::decode_server(bytes);
  if (!frame) {
    if (frame.error() == wire::DecodeError::Ignorable) return;
    socket_->close(close_code(client::close_code::kProtocolError), wire::describe(frame.error()));
    return;
  }
  session_.on_frame(*frame, now(), out_);
  carry_out();
}

void WebSocketDriver::on_unconnected() {
  const auto code = socket_->closeCode();
  drop_socket();
  session_.on_disconnected(static_cast<std::uint16_t>(code), now(), out_);
  carry_out();
}

void WebSocketDriver::carry_out() {
  // A slot of `noticed` may call back in: it gets an Output of its own.
  client::Output out = std::exchange(out_, {});
  for (const wire::ClientFrame& frame : out.frames) {
    if (!socket_) break;
    encoded_.clear();
    wire::encode(frame, encoded_);
    socket_->sendBinaryMessage(QByteArray(encoded_.data(), static_cast<qsizetype>(encoded_.size())));
  }
  if (out.link == client::Output::Link::Connect) connect_socket();
  if (out.link == client::Output::Link::Disconnect && socket_) socket_->close(close_code(out.close_code));
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
