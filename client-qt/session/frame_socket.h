// Frames over one WebSocket at a time.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>
#include <memory>
#include <string>

#include "client-qt/account/trust.h"
#include "common/wire/frames.h"

namespace starling::qt {

/// Owner: the thread it was made on. `trust` (or null: only what the system trusts) outlives it.
class FrameSocket final : public QObject {
  Q_OBJECT

 public:
  explicit FrameSocket(Trust* trust, QObject* parent = nullptr);
  ~FrameSocket() override;

  /// Gives up whatever connection there is. `opened` or `closed` follows, once.
  void open(const QUrl& url);
  void send(const wire::ClientFrame& frame);
  /// `closed` does not follow.
  void close(std::uint16_t code);

 signals:
  void opened();
  /// The frame dies when the slot returns.
  void received(const starling::wire::ServerFrame& frame);
  /// `code`: of the close frame; 0 when there was none. `why`: for people; may be empty.
  void closed(quint16 code, const QString& why);

 private:
  void drop();
  void on_message(const QByteArray& message);
  void on_unconnected();
  void watch();

  Trust* trust_;
  QUrl url_;
  std::unique_ptr<QWebSocket> socket_;
  std::string encoded_;
  QTimer ping_;
  QElapsedTimer heard_;
  bool refused_ = false;  // for its certificate
  bool up_ = false;
};

}  // namespace starling::qt
