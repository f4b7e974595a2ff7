// QWebSocket as a client of the echo server: qt_echo URL. What it sends comes back the same, in order; then it closes.
#include <QCoreApplication>
#include <QDebug>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>
#include <deque>
#include <utility>

namespace {

constexpr int kPatience = 30'000;  // milliseconds

class EchoPeer {
 public:
  explicit EchoPeer(const QUrl& url) {
    socket_.setMaxAllowedIncomingMessageSize(17u << 20);
    socket_.setMaxAllowedIncomingFrameSize(17u << 20);
    QObject::connect(&socket_, &QWebSocket::connected, [this] { send_all(); });
    QObject::connect(&socket_, &QWebSocket::textMessageReceived, [this](const QString& text) { take(text.toUtf8()); });
    QObject::connect(&socket_, &QWebSocket::binaryMessageReceived, [this](const QByteArray& bytes) { take(bytes); });
    QObject::connect(&socket_, &QWebSocket::pong, [this](quint64, const QByteArray& payload) { take(payload); });
    QObject::connect(&socket_, &QWebSocket::disconnected, [this] { closed(); });
    socket_.open(url);
  }

 private:
  void send_all() {
    for (const int size : {0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20}) {
      const QByteArray bytes(size, static_cast<char>(0xFE));
      socket_.sendBinaryMessage(bytes);
      socket_.sendTextMessage(QString(size, u't'));
      expected_.push_back(bytes);
      expected_.push_back(QByteArray(size, 't'));
    }
    const QString text = QStringLiteral("Gr\u00fc\u00dfe \U0001F426");
    socket_.sendTextMessage(text);
    expected_.push_back(text.toUtf8());
    socket_.ping("payload");
    expected_.push_back("payload");
  }

  void take(const QByteArray& came) {
    if (expected_.empty() || came != expected_.front()) fail("a message came back changed");
    expected_.pop_front();
    if (expected_.empty()) socket_.close(QWebSocketProtocol::CloseCodeGoingAway, QStringLiteral("done"));
  }

  void closed() {
    if (!expected_.empty()) fail("the connection ended early");
    if (socket_.closeCode() != QWebSocketProtocol::CloseCodeGoingAway) fail("another close code came back");
    qInfo("QWebSocket: the echo server passed");
    QCoreApplication::exit(0);
  }

  [[noreturn]] void fail(const char* what) {
    qCritical() << what << socket_.errorString() << socket_.closeCode();
    std::exit(1);
  }

  QWebSocket socket_;
  std::deque<QByteArray> expected_;
};

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  if (app.arguments().size() != 2) return 2;
  QTimer::singleShot(kPatience, [] { QCoreApplication::exit(3); });
  EchoPeer peer(QUrl(app.arguments().at(1)));
  return app.exec();
}
