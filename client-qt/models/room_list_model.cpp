#include "client-qt/models/room_list_model.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "client-qt/models/directory.h"
#include "client-qt/models/folders.h"
#include "client-qt/session/session_host.h"
#include "client-qt/text/markup.h"
#include "client-qt/text/words.h"

namespace starling::qt {
namespace {

enum Section : int { Unread = 0, Folder, Direct, Rooms };

int section_of(const RoomSummary& room) {
  if (!room.folder.isEmpty()) return Folder;
  if (room.unread() > 0 && !room.muted) return Unread;
  return room.kind == wire::RoomKind::Direct ? Direct : Rooms;
}

QString section_name(const RoomSummary& room) {
  switch (section_of(room)) {
    case Unread:
      return QObject::tr("Unread");
    case Folder:
      return {};  // it has a row instead
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
  connect(context.folders, &Folders::changed, this, &RoomListModel::sum_up);
  connect(context.folders, &Folders::collapsedChanged, this, [this](const QString& folder) {
    for (const auto& [id, room] : context_.rooms->rooms()) {
      if (room.folder == folder) update(id);
    }
    sum_up();
  });
  reload();
}

void RoomListModel::reload() {
  beginResetModel();
  order_.clear();
  for (const auto& [id, room] : context_.rooms->rooms()) {
    if (!hidden(room)) order_.push_back({place_of(room), id});
  }
  sums_ = sums();
  for (const auto& [folder, sum] : sums_) order_.push_back({place_of(folder), {}});
  std::ranges::sort(order_, {}, &Row::place);
  endResetModel();
  emit countChanged();
  emit unreadChanged();
}

RoomListModel::Place RoomListModel::place_of(const RoomSummary& room) {
  const int section = section_of(room);
  const QString folder = section == Folder ? room.folder : QString();
  return {section, folder.toCaseFolded(), folder, -to_ms(room.preview.ts), room.room.value};
}

/// Above all its rooms.
RoomListModel::Place RoomListModel::place_of(const QString& folder) {
  return {Folder, folder.toCaseFolded(), folder, std::numeric_limits<qint64>::min(), 0};
}

bool RoomListModel::hidden(const RoomSummary& room) const {
  return !room.folder.isEmpty() && context_.folders->collapsed(room.folder);
}

// ---- folders

std::map<QString, RoomListModel::Sum> RoomListModel::sums() const {
  std::map<QString, Sum> out;
  for (const auto& [id, room] : context_.rooms->rooms()) {
    if (room.folder.isEmpty()) continue;
    Sum& sum = out[room.folder];
    sum.mentions += static_cast<int>(room.mentions);
    if (!room.muted) sum.unread += room.unread();
  }
  return out;
}

/// The folders' own rows, as their rooms are now.
void RoomListModel::sum_up() {
  std::map<QString, Sum> now = sums();
  if (now.empty() && sums_.empty()) return;
  const std::map<QString, Sum> before = std::exchange(sums_, std::move(now));
  for (int row = count() - 1; row >= 0; --row) {
    const Row& each = order_[static_cast<std::size_t>(row)];
    if (each.room) continue;
    const auto at = sums_.find(each.folder());
    if (at == sums_.end()) {
      erase(row);
    } else {
      emit dataChanged(index(row), index(row));
    }
  }
  for (const auto& [folder, sum] : sums_) {
    if (!before.contains(folder)) insert({place_of(folder), {}});
  }
}

QVariant RoomListModel::folder_data(const QString& folder, int role) const {
  const auto sum = sums_.find(folder);
  switch (role) {
    case TitleRole:
    case FolderRole:
    case Qt::DisplayRole:
      return folder;
    case KindRole:
      return QStringLiteral("folder");
    case UnreadRole:
      return sum == sums_.end() ? 0 : sum->second.unread;
    case MentionsRole:
      return sum == sums_.end() ? 0 : sum->second.mentions;
    case CollapsedRole:
      return context_.folders->collapsed(folder);
    case PeerRole:
      return QVariant::fromValue<Person*>(nullptr);
    case MutedRole:
    case DraftRole:
    case ActiveRole:
      return false;
    case TimeMsRole:
      return qint64{0};
    default:
      return role < Qt::UserRole ? QVariant() : QString();
  }
}

// ---- rows

void RoomListModel::insert(Row row) {
  const auto at = std::ranges::lower_bound(order_, row.place, {}, &Row::place);
  const int where = static_cast<int>(at - order_.begin());
  beginInsertRows({}, where, where);
  order_.insert(at, std::move(row));
  endInsertRows();
  emit countChanged();
}

void RoomListModel::erase(int row) {
  beginRemoveRows({}, row, row);
  order_.erase(order_.begin() + row);
  endRemoveRows();
  emit countChanged();
}

int RoomListModel::find(RoomId room) const {
  if (!room) return -1;
  const auto at = std::ranges::find(order_, room, &Row::room);
  return at == order_.end() ? -1 : static_cast<int>(at - order_.begin());
}

int RoomListModel::indexOf(const QString& roomId) const { return find(RoomId(roomId.toULongLong())); }

void RoomListModel::add(RoomId id) {
  const RoomSummary* room = context_.rooms->find(id);
  if (room == nullptr || find(id) >= 0) return;
  if (!hidden(*room)) insert({place_of(*room), id});
  sum_up();
  emit unreadChanged();
}

void RoomListModel::update(RoomId id) {
  const RoomSummary* room = context_.rooms->find(id);
  if (room == nullptr) return;
  const int from = find(id);
  if (hidden(*room)) {
    if (from >= 0) erase(from);
  } else if (from < 0) {
    insert({place_of(*room), id});
  } else {
    settle(from, place_of(*room));
    touch(id);
  }
  sum_up();
  emit unreadChanged();
}

/// To where it would stand among the others.
void RoomListModel::settle(int from, const Place& place) {
  Row& row = order_[static_cast<std::size_t>(from)];
  if (place == row.place) return;
  const int to = static_cast<int>(
      std::ranges::count_if(order_, [&](const Row& other) { return &other != &row && other.place < place; }));
  row.place = place;
  if (to == from) return;
  beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
  const Row moved = row;
  order_.erase(order_.begin() + from);
  order_.insert(order_.begin() + to, moved);
  endMoveRows();
}

void RoomListModel::remove(RoomId id) {
  const int row = find(id);
  if (row >= 0) erase(row);
  sum_up();
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
  return {{RoomIdRole, "roomId"},      {TitleRole, "title"},       {KindRole, "kind"},
          {PeerRole, "peer"},          {UnreadRole, "unread"},     {MentionsRole, "mentions"},
          {MutedRole, "muted"},        {PreviewRole, "preview"},   {PreviewSenderRole, "previewSender"},
          {TimeMsRole, "timeMs"},      {TimeTextRole, "timeText"}, {DraftRole, "draft"},
          {ActiveRole, "active"},      {FolderRole, "folder"},     {SectionRole, "section"},
          {PresenceRole, "presence"},  {ColorRole, "color"},       {InitialsRole, "initials"},
          {CollapsedRole, "collapsed"}};
}

QVariant RoomListModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  const Row& row = order_[static_cast<std::size_t>(index.row())];
  if (!row.room) return folder_data(row.folder(), role);
  const RoomSummary* room = context_.rooms->find(row.room);
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
    case CollapsedRole:
      return false;
    default:
      return {};
  }
}

}  // namespace starling::qt
