// The user's rooms, in sections, the liveliest first; a folder has a row of its own above its rooms, which it may hide.
#pragma once

#include <QAbstractListModel>
#include <map>
#include <tuple>
#include <vector>

#include "client-qt/models/context.h"
#include "client-qt/models/room_book.h"

namespace starling::qt {

class Person;

/// Owner: the GUI's thread.
class RoomListModel final : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(int unreadRooms READ unreadRooms NOTIFY unreadChanged)

 public:
  enum Role {
    RoomIdRole = Qt::UserRole,
    TitleRole,
    KindRole,
    PeerRole,
    UnreadRole,
    MentionsRole,
    MutedRole,
    PreviewRole,
    PreviewSenderRole,
    TimeMsRole,
    TimeTextRole,
    DraftRole,
    ActiveRole,
    FolderRole,
    SectionRole,
    PresenceRole,
    ColorRole,
    InitialsRole,
    CollapsedRole,
  };

  explicit RoomListModel(const Context& context, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

  int count() const { return static_cast<int>(order_.size()); }
  int unreadRooms() const;
  /// -1: not there.
  Q_INVOKABLE int indexOf(const QString& roomId) const;
  void set_active(RoomId room);
  void reload();

 signals:
  void countChanged();
  void unreadChanged();

 private:
  /// Rows are in ascending order of it: section, folder (as it is sorted, and its name), time, room.
  using Place = std::tuple<int, QString, QString, qint64, std::uint64_t>;
  struct Row {
    Place place;
    RoomId room;  // 0: the row is the folder's own
    const QString& folder() const { return std::get<2>(place); }
  };
  struct Sum {
    int unread = 0;
    int mentions = 0;
  };

  static Place place_of(const RoomSummary& room);
  static Place place_of(const QString& folder);
  bool hidden(const RoomSummary& room) const;
  std::map<QString, Sum> sums() const;
  void sum_up();
  void insert(Row row);
  void erase(int row);
  void settle(int from, const Place& place);
  QVariant folder_data(const QString& folder, int role) const;
  int find(RoomId room) const;
  void add(RoomId room);
  void update(RoomId room);
  void remove(RoomId room);
  void touch(RoomId room);

  Context context_;
  std::vector<Row> order_;
  std::map<QString, Sum> sums_;  // of folders that are shown
  RoomId active_;
};

/// A room's name for people: its title, the other one's name, or how many it is for.
QString room_title(const RoomSummary& room, const Context& context);

}  // namespace starling::qt
