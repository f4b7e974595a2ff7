// The client engine over QWebSocket against starlingd: qt_chat URL TOKEN. Logs in, creates a room, sends, and waits until
// its own message is both acknowledged and delivered.
#include <QCoreApplication>
#include <QDebug>
#include <QTimer>
#include <QUrl>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "client-qt/session/websocket_driver.h"

namespace {

using namespace starling;

constexpr int kPatience = 30'000;  // milliseconds
const std::string kBody = "Gr\u00fc\u00dfe \U0001F426";

class ChatPeer {
 public:
  ChatPeer(const QUrl& url, const QByteArray& token) : driver_(url, token) {
    QObject::connect(&driver_, &qt::WebSocketDriver::noticed,
                     [this](const client::Notice& notice) { std::visit([this](const auto& n) { on(n); }, notice); });
    driver_.start();
  }

 private:
  void on(const client::StateChanged& changed) {
    if (changed.close_code != 0 && !done_) fail("the connection was closed", changed.close_code);
    if (changed.state != client::LinkState::Ready) return;
    const auto asked = driver_.create_room(wire::RoomKind::Group, "conformance", {});
    if (!asked) fail("no room can be created", static_cast<int>(asked.error()));
  }

  void on(const client::RoomMade& made) {
    if (made.answer->status != wire::CreateStatus::Created) fail("no room", static_cast<int>(made.answer->status));
    room_ = made.answer->room;
    say_once();
  }

  void on(const client::RoomSynced&) { say_once(); }

  /// As soon as the room is known to the engine.
  void say_once() {
    if (sent_ || room_ == RoomId()) return;
    const auto sent = driver_.send(room_, {.body = kBody});
    if (sent) {
      sent_ = *sent;
    } else if (sent.error() != client::CommandError::UnknownRoom) {
      fail("the message cannot be sent", static_cast<int>(sent.error()));
    }
  }

  void on(const client::Settled& settled) {
    if (settled.status != wire::SendStatus::Accepted) fail("not accepted", static_cast<int>(settled.status));
    if (settled.client_msg_id == sent_->client_msg_id) acknowledged_ = settled.seq;
    finish();
  }

  void on(const client::Applied& applied) {
    if (applied.event->room == room_ && applied.event->body == kBody) delivered_ = applied.event->seq;
    finish();
  }

  void on(const client::Fatal& fatal) { fail("the session stopped", static_cast<int>(fatal.reason)); }
  void on(const auto&) {}

  void finish() {
    if (done_ || !acknowledged_ || !delivered_) return;
    if (*acknowledged_ != *delivered_) fail("delivered under another seq", static_cast<int>(delivered_->value));
    done_ = true;
    qInfo("QWebSocket: a message was acknowledged and delivered as seq %llu",
          static_cast<unsigned long long>(delivered_->value));
    QTimer::singleShot(0, [this] {
      driver_.stop();
      QCoreApplication::exit(0);
    });
  }

  [[noreturn]] static void fail(const char* what, int detail) {
    qCritical() << what << detail;
    std::exit(1);
  }

  qt::WebSocketDriver driver_;
  RoomId room_;
  std::optional<client::Sent> sent_;
  std::optional<Seq> acknowledged_;
  std::optional<Seq> delivered_;
  bool done_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  if (app.arguments().size() != 3) return 2;
  QTimer::singleShot(kPatience, [] { QCoreApplication::exit(3); });
  ChatPeer peer(QUrl(app.arguments().at(1)), app.arguments().at(2).toUtf8());
  return app.exec();
}
