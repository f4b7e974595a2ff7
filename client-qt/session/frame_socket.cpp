#include "client-qt/session/frame_socket.h"

#include <span>

#include "common/wire/close_code.h"
#include "common/wire/codec.h"
#include "common/wire/limits.h"

namespace starling::qt {
namespace {

/// As the server does it: a ping this often, and a peer that has been silent for so long is gone.
constexpr int kPingMs = 25'000;
constexpr qint64 kDeadMs = 60'000;

QWebSocketProtocol::CloseCode close_code(std::uint16_t code) {
  return code == wire::close_code::kNone ? QWebSocketProtocol::CloseCodeNormal
                                         : static_cast<QWebSocketProtocol::CloseCode>(code);
}

}  // namespace

FrameSocket::FrameSocket(Trust* trust, QObject* parent) : QObject(parent), trust_(trust) {
  ping_.setInterval(kPingMs);
  connect(&ping_, &QTimer::timeout, this, &FrameSocket::watch);
}

FrameSocket::~FrameSocket() {
  if (socket_) socket_->disconnect(this);
}

void FrameSocket::open(const QUrl& url) {
  drop();
  url_ = url;
  refused_ = up_ = false;
  socket_ = std::make_unique<QWebSocket>();
  socket_->setMaxAllowedIncomingMessageSize(wire::limits::kMessageBytesMax);
  connect(socket_.get(), &QWebSocket::connected, this, [this] {
    up_ = true;
    heard_.start();
    ping_.start();
    emit opened();
  });
  connect(socket_.get(), &QWebSocket::binaryMessageReceived, this, &FrameSocket::on_message);
  connect(socket_.get(), &QWebSocket::pong, this, [this] { heard_.start(); });
  connect(socket_.get(), &QWebSocket::sslErrors, this, [this](const QList<QSslError>& errors) {
    if (trust_ == nullptr) return;
    if (trust_->judge(url_, errors, socket_->sslConfiguration().peerCertificate())) {
      socket_->ignoreSslErrors();
    } else {
      refused_ = true;
    }
  });
  // Neither `disconnected` nor `error` alone covers both a refused and a broken connection; the state does.
  connect(socket_.get(), &QWebSocket::stateChanged, this, [this](QAbstractSocket::SocketState state) {
    if (state == QAbstractSocket::UnconnectedState) on_unconnected();
  });
  socket_->open(url);
}

void FrameSocket::drop() {
  ping_.stop();
  if (!socket_) return;
  socket_->disconnect(this);
  socket_->abort();
  socket_.release()->deleteLater();  // it may be the sender of the signal that brought us here
}

void FrameSocket::send(const wire::ClientFrame& frame) {
  if (!socket_) return;
  encoded_.clear();
  wire::encode(frame, encoded_);
  socket_->sendBinaryMessage(QByteArray(encoded_.data(), static_cast<qsizetype>(encoded_.size())));
}

void FrameSocket::close(std::uint16_t code) {
  ping_.stop();
  if (!socket_) return;
  socket_->disconnect(this);
  socket_->close(close_code(code));
  socket_.release()->deleteLater();
}

void FrameSocket::on_message(const QByteArray& message) {
  heard_.start();
  const auto bytes = std::as_bytes(std::span(message.constData(), static_cast<std::size_t>(message.size())));
  const auto frame = wire::decode_server(bytes);
  if (!frame) {
    if (frame.error() == wire::DecodeError::Ignorable) return;
    socket_->close(close_code(wire::close_code::kProtocolError), wire::describe(frame.error()));
    return;
  }
  emit received(*frame);
}

void FrameSocket::on_unconnected() {
  const auto code = static_cast<quint16>(socket_->closeCode());
  QString why;
  if (refused_) {
    why = tr("The server's certificate is not trusted.");
  } else if (!up_) {
    switch (socket_->error()) {
      case QAbstractSocket::ConnectionRefusedError:
        why = tr("Nothing listens at %1.").arg(url_.authority());
        break;
      case QAbstractSocket::HostNotFoundError:
        why = tr("There is no computer named %1.").arg(url_.host());
        break;
      default:
        why = socket_->errorString();
    }
  }
  drop();
  emit closed(up_ ? code : 0, why);
}

void FrameSocket::watch() {
  if (!socket_) return;
  if (heard_.elapsed() >= kDeadMs) {
    drop();
    emit closed(0, tr("The server went silent."));
    return;
  }
  socket_->ping();
}

}  // namespace starling::qt
