#include "client-qt/models/folders.h"

#include <algorithm>
#include <sstream>

#include "client-qt/models/items.h"
#include "client-qt/session/session_host.h"
#include "common/wire/limits.h"

namespace starling::qt {
namespace {

const std::string kCollapsed = "collapsed/";

std::string value_of(const std::vector<RoomId>& rooms) {
  std::string out;
  for (const RoomId room : rooms) out += (out.empty() ? "" : " ") + std::to_string(room.value);
  return out;
}

bool holds(const std::vector<RoomId>& rooms, RoomId room) { return std::ranges::find(rooms, room) != rooms.end(); }

}  // namespace

std::vector<RoomId> rooms_of(const std::string& folder) {
  std::vector<RoomId> out;
  std::istringstream words(folder);
  for (std::uint64_t room = 0; words >> room;) out.emplace_back(room);
  return out;
}

std::string merged_folder(const std::string& base, const std::string& mine, const std::string& theirs) {
  const std::vector<RoomId> before = rooms_of(base);
  const std::vector<RoomId> here = rooms_of(mine);
  std::vector<RoomId> out = rooms_of(theirs);
  std::erase_if(out, [&](RoomId room) { return holds(before, room) && !holds(here, room); });
  for (const RoomId room : here) {
    if (!holds(before, room) && !holds(out, room)) out.push_back(room);
  }
  return value_of(out);
}

Folders::Folders(SessionHost* host, ItemBook* items, QObject* parent) : QObject(parent), host_(host), items_(items) {
  connect(items_, &ItemBook::changed, this, [this](const wire::Item& item) {
    if (item.kind != wire::ItemKind::Folder) return;
    read();
    emit changed();
  });
}

void Folders::restore(const Snapshot& snapshot) {
  for (auto at = snapshot.account.lower_bound(kCollapsed); at != snapshot.account.end(); ++at) {
    if (!at->first.starts_with(kCollapsed)) break;
    if (at->second == "1") collapsed_.insert(QString::fromStdString(at->first.substr(kCollapsed.size())));
  }
  read();
}

void Folders::read() {
  names_.clear();
  of_.clear();
  for (const auto& [name, rooms] : items_->all(wire::ItemKind::Folder)) {
    names_ += QString::fromStdString(name);
    for (const RoomId room : rooms_of(rooms)) of_.try_emplace(room, names_.back());
  }
  names_.sort(Qt::CaseInsensitive);
}

QString Folders::of(RoomId room) const {
  const auto at = of_.find(room);
  return at == of_.end() ? QString() : at->second;
}

std::vector<RoomId> Folders::in(const QString& folder) const {
  return rooms_of(items_->value(wire::ItemKind::Folder, folder.toStdString()));
}

void Folders::put(const QString& folder, const std::vector<RoomId>& rooms) {
  items_->put(wire::ItemKind::Folder, folder.toStdString(), value_of(rooms));
}

bool Folders::may_be_called(const QString& name) {
  if (name.toUtf8().size() <= static_cast<qsizetype>(wire::limits::kItemKeyBytesMax)) return true;
  emit failed(tr("That name is too long for a folder: choose a shorter one."));
  return false;
}

void Folders::move(const QString& roomId, const QString& folder) {
  const RoomId room(roomId.toULongLong());
  const QString to = folder.trimmed();
  if (!may_be_called(to)) return;
  // Into the new one first: a room that is in both is shown, one that is in neither would not be.
  if (std::vector<RoomId> there = in(to); !to.isEmpty() && !holds(there, room)) {
    there.push_back(room);
    put(to, there);
  }
  for (const QString& name : names()) {
    std::vector<RoomId> there = in(name);
    if (name != to && std::erase(there, room) > 0) put(name, there);
  }
}

void Folders::rename(const QString& from, const QString& to) {
  const QString name = to.trimmed();
  if (name.isEmpty() || name == from || !may_be_called(name)) return;
  std::vector<RoomId> rooms = in(name);
  for (const RoomId room : in(from)) {
    if (!holds(rooms, room)) rooms.push_back(room);
  }
  if (collapsed(from)) setCollapsed(name, true);
  put(name, rooms);
  put(from, {});
}

void Folders::remove(const QString& folder) { put(folder, {}); }

void Folders::setCollapsed(const QString& folder, bool collapsed) {
  if (collapsed == this->collapsed(folder)) return;
  if (collapsed) {
    collapsed_.insert(folder);
  } else {
    collapsed_.erase(folder);
  }
  host_->cache().write({.ops = {StoreAccount{kCollapsed + folder.toStdString(), collapsed ? "1" : "0"}}});
  emit collapsedChanged(folder);
}

}  // namespace starling::qt
