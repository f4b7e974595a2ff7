// What is known of each room without its log: for lists, switchers and headers.
#pragma once

#include <QObject>
#include <QString>
#include <map>
#include <vector>

#include "client-qt/cache/rows.h"
#include "common/client/output.h"

namespace starling::qt {

class Folders;
class ItemBook;
class SessionHost;

struct RoomSummary {
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  wire::Role role = wire::Role::None;
  QString title;
  QString topic;
  QString visibility = QStringLiteral("private");
  QString folder;
  UserId peer;  // Direct: the other one, once known
  Seq head;
  std::uint64_t head_msg_no = 0;
  Seq min_seq;
  Seq read_seq;
  std::uint64_t read_msg_no = 0;
  std::uint32_t mentions = 0;
  Preview preview;
  bool draft = false;
  bool muted = false;

  int unread() const {
    return head_msg_no > read_msg_no ? static_cast<int>(std::min<std::uint64_t>(head_msg_no - read_msg_no, 99'999)) : 0;
  }
};

/// Only rooms that the user is a member of. Owner: the GUI's thread.
class RoomBook final : public QObject {
  Q_OBJECT

 public:
  RoomBook(SessionHost* host, ItemBook* items, Folders* folders, QObject* parent = nullptr);

  void restore(const Snapshot& snapshot);
  const std::map<RoomId, RoomSummary>& rooms() const { return rooms_; }
  /// Null when there is none.
  const RoomSummary* find(RoomId room) const;
  /// The direct room with the user; null when there is none.
  const RoomSummary* direct_with(UserId user) const;

  /// What RoomInfo's further fields and GET /v1/rooms/{room} say.
  void set_topic(RoomId room, const QString& topic, const QString& visibility);
  void set_read(RoomId room, Seq seq, std::uint64_t msg_no);

 signals:
  void added(starling::RoomId room);
  void changed(starling::RoomId room);
  void removed(starling::RoomId room);

 private:
  void on(const client::RoomsListed& notice);
  void on(const client::RoomChanged& notice);
  void on(const client::RoomLeft& notice);
  void on(const client::RoomSynced& notice);
  void on(const client::RoomReset& notice);
  void on(const client::HeadMoved& notice);
  void on(const client::ReadMarked& notice);
  void on(const client::Applied& notice);
  void on(const auto&) {}

  void put(const wire::RoomInfo& info);
  /// What the user's items say of the room; true when that is news.
  bool look_up(RoomSummary& room) const;
  void apply_message(RoomSummary& room, const wire::Event& event);
  void find_peer(RoomSummary& room, const wire::Event& event);
  RoomSummary* edit(RoomId room);

  SessionHost* host_;
  ItemBook* items_;
  Folders* folders_;
  std::map<RoomId, RoomSummary> rooms_;
};

}  // namespace starling::qt
