#include "client-qt/models/room_book.h"

#include <algorithm>

#include "client-qt/cache/place.h"
#include "client-qt/models/folders.h"
#include "client-qt/models/items.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {
namespace {

std::string key(const char* what, RoomId room) { return std::string(what) + "/" + std::to_string(room.value); }

}  // namespace

RoomBook::RoomBook(SessionHost* host, ItemBook* items, Folders* folders, QObject* parent)
    : QObject(parent), host_(host), items_(items), folders_(folders) {
  connect(host_, &SessionHost::noticed, this,
          [this](const client::Notice& notice) { std::visit([this](const auto& each) { on(each); }, notice); });
  connect(items_, &ItemBook::changed, this, [this](const wire::Item& item) {
    RoomSummary* room = edit(RoomId(QString::fromStdString(item.key).toULongLong()));
    if (room != nullptr && look_up(*room)) emit changed(room->room);
  });
  connect(folders_, &Folders::changed, this, [this] {
    for (auto& [id, room] : rooms_) {
      if (look_up(room)) emit changed(id);
    }
  });
}

void RoomBook::restore(const Snapshot& snapshot) {
  rooms_.clear();
  for (const RoomRow& row : snapshot.rooms) {
    if (!row.state.member) continue;
    const RoomId room = row.state.room;
    const auto kept = [&](const char* what) {
      const auto at = snapshot.account.find(key(what, room));
      return at == snapshot.account.end() ? QString() : QString::fromStdString(at->second);
    };
    rooms_[room] = {.room = room,
                    .kind = row.info.kind,
                    .role = row.info.role,
                    .title = QString::fromStdString(row.info.title),
                    .topic = kept("topic"),
                    .peer = row.peer,
                    .head = row.head,
                    .head_msg_no = row.head_msg_no,
                    .min_seq = row.min_seq,
                    .read_seq = row.read_seq,
                    .read_msg_no = row.read_msg_no,
                    .mentions = row.mentions,
                    .preview = row.preview};
    look_up(rooms_[room]);
  }
}

const RoomSummary* RoomBook::find(RoomId room) const {
  const auto at = rooms_.find(room);
  return at == rooms_.end() ? nullptr : &at->second;
}
bool RoomBook::look_up(RoomSummary& room) const {
  const bool muted = !items_->value(wire::ItemKind::Mute, room.room).empty();
  const bool draft = !items_->value(wire::ItemKind::Draft, room.room).empty();
  const QString folder = folders_->of(room.room);
  const bool news = muted != room.muted || draft != room.draft || folder != room.folder;
  room.muted = muted;
  room.draft = draft;
  room.folder = folder;
  return news;
}

RoomSummary* RoomBook::edit(RoomId room) { return const_cast<RoomSummary*>(find(room)); }

const RoomSummary* RoomBook::direct_with(UserId user) const {
  for (const auto& [id, room] : rooms_) {
    if (room.kind == wire::RoomKind::Direct && room.peer == user) return &room;
  }
  return nullptr;
}

// ---- the server's word

void RoomBook::put(const wire::RoomInfo& info) {
  const bool known = rooms_.contains(info.room);
  RoomSummary& room = rooms_[info.room];
  room.room = info.room;
  room.kind = info.kind;
  room.role = info.role;
  room.title = QString::fromStdString(info.title);
  if (known) {
    emit changed(info.room);
  } else {
    look_up(room);
    emit added(info.room);
  }
}

void RoomBook::on(const client::RoomsListed& notice) {
  for (const wire::RoomInfo& info : notice.list->rooms) put(info);
}

void RoomBook::on(const client::RoomChanged& notice) {
  if (notice.change->info.role != wire::Role::None) put(notice.change->info);
}

void RoomBook::on(const client::RoomLeft& notice) {
  if (rooms_.erase(notice.room) > 0) emit removed(notice.room);
}

void RoomBook::on(const client::RoomReset& notice) {
  RoomSummary* room = edit(notice.answer->room);
  if (room == nullptr) return;
  room->head = notice.answer->head;
  room->head_msg_no = notice.answer->head_msg_no;
}

void RoomBook::on(const client::RoomSynced& notice) {
  const wire::SyncedRoom& answer = *notice.answer;
  RoomSummary* room = edit(answer.room);
  if (room == nullptr) return;
  room->head = std::max(room->head, answer.head);
  room->head_msg_no = std::max(room->head_msg_no, answer.head_msg_no);
  room->min_seq = std::max(room->min_seq, answer.min_seq);
  set_read(answer.room, answer.read_seq, answer.read_msg_no);
  emit changed(answer.room);
}

void RoomBook::on(const client::HeadMoved& notice) {
  RoomSummary* room = edit(notice.head->room);
  if (room == nullptr) return;
  room->head = std::max(room->head, notice.head->seq);
  room->head_msg_no = std::max(room->head_msg_no, notice.head->msg_no);
  emit changed(notice.head->room);
}

void RoomBook::on(const client::ReadMarked& notice) {
  set_read(notice.mark->room, notice.mark->seq, notice.mark->msg_no);
}

void RoomBook::on(const client::Applied& notice) {
  const wire::Event& event = *notice.event;
  RoomSummary* room = edit(event.room);
  if (room == nullptr) return;
  room->head = std::max(room->head, event.seq);
  room->head_msg_no = std::max(room->head_msg_no, event.msg_no);
  find_peer(*room, event);
  switch (event.kind) {
    case wire::EventKind::Message:
    case wire::EventKind::Edit:
    case wire::EventKind::Delete:
      apply_message(*room, event);
      break;
    case wire::EventKind::RoomTitle:
      room->title = QString::fromStdString(event.body);
      break;
    case wire::EventKind::MemberAdd:
      if (event.subject == host_->me()) room->role = event.role;
      break;
    case wire::EventKind::RoomTopic:
      room->topic = QString::fromStdString(event.body);
      break;
    case wire::EventKind::RoomVisibility:
      room->visibility = QString::fromStdString(event.body);
      break;
    default:
      break;
  }
  emit changed(event.room);
}

void RoomBook::apply_message(RoomSummary& room, const wire::Event& event) {
  if (event.kind == wire::EventKind::Message) {
    room.preview = {.seq = event.seq,
                    .sender = event.sender,
                    .ts = event.ts,
                    .text = event.body,
                    .deleted = event.erased_hash != 0};
    if (event.seq > room.read_seq && mentions(event, host_->me())) ++room.mentions;
    return;
  }
  if (event.target != room.preview.seq) return;
  if (event.kind == wire::EventKind::Edit) {
    room.preview.text = event.body;
  } else {
    room.preview.deleted = true;
    room.preview.text.clear();
  }
}

void RoomBook::find_peer(RoomSummary& room, const wire::Event& event) {
  if (room.kind != wire::RoomKind::Direct || room.peer) return;
  for (const UserId user : {event.subject, event.sender}) {
    if (!user || user == host_->me()) continue;
    room.peer = user;
    host_->cache().write({.ops = {StorePeer{room.room, user}}});
    return;
  }
}

// ---- this user's word

void RoomBook::set_read(RoomId id, Seq seq, std::uint64_t msg_no) {
  RoomSummary* room = edit(id);
  if (room == nullptr || seq <= room->read_seq) return;
  room->read_seq = seq;
  room->read_msg_no = std::max(room->read_msg_no, msg_no);
  if (room->unread() == 0) {
    room->mentions = 0;
  } else if (room->mentions > 0) {
    host_->cache().ask(
        this, [id](Store& store) { return store.unread_mentions(id); },
        [this, id](std::uint32_t count) {
          RoomSummary* now = edit(id);
          if (now == nullptr || now->mentions == count) return;
          now->mentions = count;
          emit changed(id);
        });
  }
  emit changed(id);
}

void RoomBook::set_topic(RoomId id, const QString& topic, const QString& visibility) {
  RoomSummary* room = edit(id);
  if (room == nullptr || (room->topic == topic && room->visibility == visibility)) return;
  room->topic = topic;
  if (!visibility.isEmpty()) room->visibility = visibility;
  host_->cache().write({.ops = {StoreAccount{key("topic", id), topic.toStdString()}}});
  emit changed(id);
}

}  // namespace starling::qt
