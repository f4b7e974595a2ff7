#include "client-qt/models/room_list_model.h"

#include <algorithm>

#include "client-qt/models/directory.h"
#include "client-qt/session/session_host.h"
#include "client-qt/text/markup.h"
#include "client-qt/text/words.h"

namespace starling::qt {
namespace {

enum Section : int { Unread = 0, Folder, Direct, Rooms };

int section_of(const RoomSummary& room) {
  if (room.unread() > 0 && !room.muted) return Unread;
  if (!room.folder.isEmpty()) return Folder;
  return room.kind == wire::RoomKind::Direct ? Direct : Rooms;
}

QString section_name(const RoomSummary& room) {
  switch (section_of(room)) {
    case Unread:
      return QObject::tr("Unread");
    case Folder:
      return room.folder;
    case Direct:
      return QObject::tr("Direct");
    default:
      return QObject::tr("Rooms");
  }
}

}  // namespace

QString room_title(const RoomSummary& room, const Context& context) {
  if (room.kind == wire::RoomKind::Direct && room.peer) return context.people->name(room.peer);
  return room.title.isEmpty() ? QObject::tr("Room without a name") : room.title;
}

RoomListModel::RoomListModel(const Context& context, QObject* parent) : QAbstractListModel(parent), context_(context) {
  connect(context.rooms, &RoomBook::added, this, &RoomListModel::add);
  connect(context.rooms, &RoomBook::changed, this, &RoomListModel::update);
  connect(context.rooms, &RoomBook::removed, this, &RoomListModel::remove);
  connect(context.people, &Directory::changed, this, [this](UserId user) {
    for (const Row& row : order_) {
      const RoomSummary* room = context_.rooms->find(row.room);
      if (room != nullptr && (room->peer == user || room->preview.sender == user)) touch(row.room);
    }
  });
  reload();
}

void RoomListModel::reload() {
  beginResetModel();
  order_.clear();
  for (const auto& [id, room] : context_.rooms->rooms()) order_.push_back({place_of(room), id});
  std::ranges::sort(order_, {}, &Row::place);
  endResetModel();
  emit countChanged();
  emit unreadChanged();
}

RoomListModel::Place RoomListModel::place_of(const RoomSummary& room) const {
  const int section = section_of(room);
  return {section, section == Folder ? room.folder : QString(), -to_ms(room.preview.ts), room.room.value};
}

int RoomListModel::find(RoomId room) const {
  const auto at = std::ranges::find(order_, room, &Row::room);
  return at == order_.end() ? -1 : static_cast<int>(at - order_.begin());
}

int RoomListModel::indexOf(const QString& roomId) const { return find(RoomId(roomId.toULongLong())); }

void RoomListModel::add(RoomId id) {
  const RoomSummary* room = context_.rooms->find(id);
  if (room == nullptr || find(id) >= 0) return;
  const Place place = place_of(*room);
  const auto at = std::ranges::lower_bound(order_, place, {}, &Row::place);
  const int row = static_cast<int>(at - order_.begin());
  beginInsertRows({}, row, row);
  order_.insert(at, {place, id});
  endInsertRows();
  emit countChanged();
  emit unreadChanged();
}

void RoomListModel::update(RoomId id) {
  const RoomSummary* room = context_.rooms->find(id);
  const int from = find(id);
  if (room == nullptr || from < 0) return;
  const Place place = place_of(*room);
  if (place != order_[static_cast<std::size_t>(from)].place) {
    // Where it would stand among the others.
    const auto before = [&](const Row& row) { return row.room != id && row.place < place; };
    const int to = static_cast<int>(std::ranges::count_if(order_, before));
    order_[static_cast<std::size_t>(from)].place = place;
    if (to != from) {
      beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
      const Row moved = order_[static_cast<std::size_t>(from)];
      order_.erase(order_.begin() + from);
      order_.insert(order_.begin() + to, moved);
      endMoveRows();
    }
  }
  touch(id);
  emit unreadChanged();
}

void RoomListModel::remove(RoomId id) {
  const int row = find(id);
  if (row < 0) return;
  beginRemoveRows({}, row, row);
  order_.erase(order_.begin() + row);
  endRemoveRows();
  emit countChanged();
  emit unreadChanged();
}

void RoomListModel::touch(RoomId id) {
  const int row = find(id);
  if (row >= 0) emit dataChanged(index(row), index(row));
}

void RoomListModel::set_active(RoomId room) {
  const RoomId before = std::exchange(active_, room);
  touch(before);
  touch(active_);
}

int RoomListModel::unreadRooms() const {
  int n = 0;
  for (const auto& [id, room] : context_.rooms->rooms()) n += room.unread() > 0 && !room.muted ? 1 : 0;
  return n;
}

int RoomListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QHash<int, QByteArray> RoomListModel::roleNames() const {
  return {{RoomIdRole, "roomId"},     {TitleRole, "title"},       {KindRole, "kind"},
          {PeerRole, "peer"},         {UnreadRole, "unread"},     {MentionsRole, "mentions"},
          {MutedRole, "muted"},       {PreviewRole, "preview"},   {PreviewSenderRole, "previewSender"},
          {TimeMsRole, "timeMs"},     {TimeTextRole, "timeText"}, {DraftRole, "draft"},
          {ActiveRole, "active"},     {FolderRole, "folder"},     {SectionRole, "section"},
          {PresenceRole, "presence"}, {ColorRole, "color"},       {InitialsRole, "initials"}};
}

QVariant RoomListModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const RoomSummary* room = context_.rooms->find(order_[static_cast<std::size_t>(index.row())].room);
  if (room == nullptr) return {};
  const bool direct = room->kind == wire::RoomKind::Direct;
  Person* peer = direct && room->peer ? context_.people->person(room->peer) : nullptr;
  const auto name_of = [this](quint64 user) { return context_.people->name(UserId(user)); };
  switch (role) {
    case RoomIdRole:
      return QString::number(room->room.value);
    case TitleRole:
    case Qt::DisplayRole:
      return room_title(*room, context_);
    case KindRole:
      return direct ? QStringLiteral("direct") : QStringLiteral("group");
    case PeerRole:
      return QVariant::fromValue(peer);
    case UnreadRole:
      return room->unread();
    case MentionsRole:
      return static_cast<int>(room->mentions);
    case MutedRole:
      return room->muted;
    case PreviewRole:
      if (room->preview.deleted) return tr("Message deleted");
      return to_line(QString::fromStdString(room->preview.text), name_of);
    case PreviewSenderRole:
      if (!room->preview.sender) return QString();
      return room->preview.sender == context_.host->me() ? tr("You") : context_.people->name(room->preview.sender);
    case TimeMsRole:
      return static_cast<qint64>(to_ms(room->preview.ts));
    case TimeTextRole:
      return room->preview.sender ? time_text(to_ms(room->preview.ts)) : QString();
    case DraftRole:
      return room->draft;
    case ActiveRole:
      return room->room == active_;
    case FolderRole:
      return room->folder;
    case SectionRole:
      return section_name(*room);
    case PresenceRole:
      return peer != nullptr ? peer->presence() : QString();
    case ColorRole:
      return peer != nullptr ? peer->color() : color_of(room->room.value);
    case InitialsRole:
      return initials_of(room_title(*room, context_));
    default:
      return {};
  }
}

}  // namespace starling::qt
