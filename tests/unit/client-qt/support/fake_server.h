// A server within the test: answers HTTP as it is told to, and speaks just enough of the protocol for one device.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/wire/codec.h"
#include "common/wire/frames.h"

namespace starling::qt::testing {

struct FakeRequest {
  QByteArray method;
  QByteArray path;  // with its query
  QByteArray authorization;
  QJsonObject body;
};
struct FakeAnswer {
  int status = 200;
  QJsonObject body;
};

class FakeServer {
 public:
  FakeServer() : sockets_(QStringLiteral("fake"), QWebSocketServer::NonSecureMode) {
    tcp_.listen(QHostAddress::LocalHost);
    QObject::connect(&tcp_, &QTcpServer::newConnection, [this] {
      while (QTcpSocket* next = tcp_.nextPendingConnection()) accept(next);
    });
    QObject::connect(&sockets_, &QWebSocketServer::newConnection, [this] {
      socket = sockets_.nextPendingConnection();
      QObject::connect(socket, &QWebSocket::binaryMessageReceived, [this](const QByteArray& bytes) {
        const auto frame =
            wire::decode_client(std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
        if (frame) std::visit([this](const auto& each) { on(each); }, *frame);
      });
    });
  }

  QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(tcp_.serverPort()); }

  /// By "METHOD /path" without the query; what is not here is answered 404.
  std::map<std::string, std::function<FakeAnswer(const FakeRequest&)>> answers;
  std::vector<FakeRequest> requests;

  // ---- the protocol: one user, one device, the rooms below
  UserId user{7};
  DeviceId device{70};
  std::map<RoomId, std::vector<wire::Event>> logs;
  std::map<RoomId, wire::RoomInfo> rooms;
  std::map<std::pair<wire::ItemKind, std::string>, wire::Item> items;
  std::uint64_t items_version = std::uint64_t{1} << 32;
  std::vector<std::string> tokens;                        // of the Hellos
  std::vector<wire::Send> sends;                          // as they came
  bool accepting = true;                                  // sends are committed
  std::uint16_t refuse_with = 0;                          // close code for the next Hellos
  int refusals = 0;                                       // how many of them
  wire::SendStatus refusal = wire::SendStatus::Accepted;  // another one: what sends are answered
  std::uint32_t retry_after_ms = 0;                       // with Busy
  Seq window;                                             // a new device gets what comes after
  QWebSocket* socket = nullptr;

  void send(const wire::ServerFrame& frame) {
    std::string bytes;
    wire::encode(frame, bytes);
    if (socket != nullptr) socket->sendBinaryMessage(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
  }
  /// Appends to the room's log and pushes it.
  void push(wire::Event event) {
    std::vector<wire::Event>& log = logs[event.room];
    event.epoch = Epoch(1);
    event.seq = Seq(log.size() + 1);
    event.msg_no = (log.empty() ? 0 : log.back().msg_no) + (event.kind == wire::EventKind::Message ? 1 : 0);
    if (event.ts == WallTime())
      event.ts = wall_from_ms(1'700'000'000'000 + static_cast<std::int64_t>(log.size()) * 1000);
    log.push_back(event);
    send(event);
  }
  /// What another device does, and all are told.
  void set_item(wire::ItemKind kind, const std::string& key, std::string value) {
    wire::Item& item = items[{kind, key}];
    item = {.kind = kind, .key = key, .value = std::move(value), .version = ++items_version};
    send(wire::Items{.prev = items_version - 1, .version = items_version, .items = {item}});
  }
  std::string item(wire::ItemKind kind, const std::string& key) const {
    const auto at = items.find({kind, key});
    return at == items.end() ? std::string() : at->second.value;
  }
  void drop(std::uint16_t code) {
    if (socket != nullptr) socket->close(static_cast<QWebSocketProtocol::CloseCode>(code));
  }

 private:
  void accept(QTcpSocket* tcp) {
    QObject::connect(tcp, &QTcpSocket::readyRead, tcp, [this, tcp] {
      const QByteArray seen = tcp->peek(65536);
      const qsizetype end = seen.indexOf("\r\n\r\n");
      if (end < 0) return;
      const QByteArray head = seen.first(end);
      if (head.toLower().contains("upgrade: websocket")) {
        tcp->disconnect();
        sockets_.handleConnection(tcp);
        emit tcp->readyRead();
        return;
      }
      const QByteArray length = field(head, "content-length");
      if (seen.size() < end + 4 + length.toInt()) return;
      tcp->readAll();
      const QList<QByteArray> words = head.left(head.indexOf('\r')).split(' ');
      FakeRequest request{words.value(0), words.value(1), field(head, "authorization"),
                          QJsonDocument::fromJson(seen.mid(end + 4)).object()};
      requests.push_back(request);
      QByteArray bare = request.path;
      if (bare.contains('?')) bare.truncate(bare.indexOf('?'));
      const auto at = answers.find((request.method + ' ' + bare).toStdString());
      const FakeAnswer answer = at == answers.end() ? FakeAnswer{404, {}} : at->second(request);
      const QByteArray body =
          answer.status == 204 ? QByteArray() : QJsonDocument(answer.body).toJson(QJsonDocument::Compact);
      tcp->write("HTTP/1.1 " + QByteArray::number(answer.status) +
                 " x\r\nConnection: close\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
      tcp->disconnectFromHost();
    });
    QObject::connect(tcp, &QTcpSocket::disconnected, tcp, &QObject::deleteLater);
  }

  static QByteArray field(const QByteArray& head, const QByteArray& name) {
    for (const QByteArray& line : head.split('\n')) {
      if (line.toLower().startsWith(name + ':')) return line.mid(name.size() + 1).trimmed();
    }
    return {};
  }

  void on(const wire::Hello& hello) {
    tokens.push_back(hello.token);
    if (refusals > 0) {
      --refusals;
      return drop(refuse_with);
    }
    send(wire::Welcome{.user = user,
                       .device = device,
                       .boot = 1,
                       .now = wall_from_ms(1),
                       .ticket = "ticket",
                       .ticket_expires = wall_from_ms(1),
                       .rooms_version = 1});
    wire::RoomList list{.rooms_version = 1};
    for (const auto& [room, info] : rooms) list.rooms.push_back(info);
    send(list);
    if (hello.items_version != items_version) send_items(hello.items_version);
  }
  void on(const wire::ReadItems& read) { send_items(read.after); }
  void send_items(std::uint64_t after) {
    wire::Items changes{.prev = after >> 32 == items_version >> 32 ? after : 0, .version = items_version};
    for (const auto& [key, item] : items) {
      if (item.version > changes.prev) changes.items.push_back(item);
    }
    send(changes);
  }
  void on(const wire::Sync& sync) {
    wire::Synced answer;
    for (const wire::SyncRoom& asked : sync.rooms) {
      const std::vector<wire::Event>& log = logs[asked.room];
      answer.rooms.push_back({.room = asked.room,
                              .status = asked.cursor.epoch ? wire::SyncStatus::Live : wire::SyncStatus::Reset,
                              .reason = asked.cursor.epoch ? wire::ResetReason::None : wire::ResetReason::NewDevice,
                              .epoch = Epoch(1),
                              .head = Seq(log.size()),
                              .head_msg_no = log.empty() ? 0 : log.back().msg_no,
                              .min_seq = Seq(1),
                              .start = asked.cursor.epoch ? asked.cursor : wire::Cursor{Epoch(1), window, PrefixHash()},
                              .next_cseq = Cseq(1)});
    }
    send(answer);
    for (const wire::SyncRoom& asked : sync.rooms) {
      for (const wire::Event& event : logs[asked.room]) {
        if (event.seq > (asked.cursor.epoch ? asked.cursor.seq : window)) send(event);
      }
    }
  }
  void on(const wire::Send& asked) {
    sends.push_back(asked);
    if (!accepting) return;
    if (refusal != wire::SendStatus::Accepted) {
      return send(wire::SendResult{.room = asked.room,
                                   .cseq = asked.cseq,
                                   .status = refusal,
                                   .epoch = Epoch(1),
                                   .retry_after_ms = retry_after_ms});
    }
    for (const wire::Event& known : logs[asked.room]) {
      if (known.device != device || known.cseq != asked.cseq || known.sender != user) continue;
      return send(wire::SendResult{.room = asked.room,
                                   .cseq = asked.cseq,
                                   .status = wire::SendStatus::Duplicate,
                                   .epoch = Epoch(1),
                                   .seq = known.seq});
    }
    wire::Event event{.room = asked.room,
                      .kind = asked.kind,
                      .sender = user,
                      .device = device,
                      .cseq = asked.cseq,
                      .client_msg_id = asked.client_msg_id,
                      .target = asked.target,
                      .subject = asked.subject,
                      .role = asked.role,
                      .body = asked.body};
    push(event);
    send(wire::SendResult{.room = asked.room,
                          .cseq = asked.cseq,
                          .status = wire::SendStatus::Accepted,
                          .epoch = Epoch(1),
                          .seq = Seq(logs[asked.room].size())});
  }
  void on(const wire::HistoryRequest& asked) {
    const std::vector<wire::Event>& log = logs[asked.room];
    wire::HistoryPage page{.request_id = asked.request_id,
                           .room = asked.room,
                           .epoch = Epoch(1),
                           .as_of = Seq(log.size()),
                           .min_seq = Seq(1),
                           .head = Seq(log.size())};
    for (auto event = log.rbegin(); event != log.rend() && page.events.size() < asked.limit; ++event) {
      if (!asked.from || event->seq < asked.from) page.events.insert(page.events.begin(), *event);
    }
    for (const wire::Event& event : log) {
      const bool refers = event.kind != wire::EventKind::Message && event.target && !page.events.empty();
      const bool later = refers && event.seq > page.events.back().seq;
      if (later && event.target >= page.events.front().seq && event.target <= page.events.back().seq) {
        page.related.push_back(event);
      }
    }
    send(page);
  }
  void on(const wire::ReadMark& mark) {
    send(wire::ReadMarked{.room = mark.room, .seq = mark.seq, .msg_no = mark.msg_no});
  }
  void on(const wire::PutItem& put) {
    wire::Item& item = items[{put.kind, put.key}];
    const bool as_expected = item.version == put.base || (item.value.empty() && put.base == 0);
    if (as_expected && item.value != put.value) set_item(put.kind, put.key, put.value);
    const bool there = item.value == put.value;
    send(wire::ItemPut{.request_id = put.request_id,
                       .status = there ? wire::PutStatus::Put : wire::PutStatus::Conflict,
                       .item = {.kind = put.kind, .key = put.key, .value = item.value, .version = item.version}});
  }
  void on(const auto&) {}

  QTcpServer tcp_;
  QWebSocketServer sockets_;
};

}  // namespace starling::qt::testing
