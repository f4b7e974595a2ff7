// The user's rooms, in sections, the liveliest first.
#pragma once

#include <QAbstractListModel>
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
  /// Rows are in ascending order of it.
  using Place = std::tuple<int, QString, qint64, std::uint64_t>;
  struct Row {
    Place place;
    RoomId room;
  };

  Place place_of(const RoomSummary& room) const;
  int find(RoomId room) const;
  void add(RoomId room);
  void update(RoomId room);
  void remove(RoomId room);
  void touch(RoomId room);

  Context context_;
  std::vector<Row> order_;
  RoomId active_;
};

/// A room's name for people: its title, the other one's name, or how many it is for.
QString room_title(const RoomSummary& room, const Context& context);

}  // namespace starling::qt
