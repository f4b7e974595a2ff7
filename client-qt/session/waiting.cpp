#include "client-qt/session/waiting.h"

#include <algorithm>
#include <utility>

namespace starling::qt {

void Waiting::restore(OutboxRow row) { add(std::move(row), 0); }

void Waiting::add(OutboxRow row, std::uint64_t token) {
  std::vector<Entry>& entries = rooms_[row.send.room];
  entries.push_back({std::move(row), token});
}

std::vector<OutboxRow> Waiting::durable(std::uint64_t token) {
  std::vector<OutboxRow> out;
  for (auto& [room, entries] : rooms_) {
    for (Entry& entry : entries) {
      if (entry.token == 0 || entry.token > token) continue;
      entry.token = 0;
      out.push_back(entry.row);
    }
  }
  return out;
}

std::optional<OutboxRow> Waiting::take(RoomId room, ClientMsgId id) {
  const auto at = rooms_.find(room);
  if (at == rooms_.end()) return std::nullopt;
  const auto found = std::ranges::find(at->second, id, [](const Entry& entry) { return entry.row.send.client_msg_id; });
  if (found == at->second.end()) return std::nullopt;
  OutboxRow row = std::move(found->row);
  at->second.erase(found);
  if (at->second.empty()) rooms_.erase(at);
  return row;
}

void Waiting::renumber(RoomId room, ClientMsgId id, Cseq to) {
  const auto at = rooms_.find(room);
  if (at == rooms_.end()) return;
  for (Entry& entry : at->second) {
    if (entry.row.send.client_msg_id == id) entry.row.send.cseq = to;
  }
}

std::vector<OutboxRow> Waiting::shown(RoomId room) const {
  std::vector<OutboxRow> out;
  if (const auto at = rooms_.find(room); at != rooms_.end()) {
    for (const Entry& entry : at->second) {
      if (entry.token == 0) out.push_back(entry.row);
    }
  }
  return out;
}

std::vector<OutboxRow> Waiting::orphans(RoomId room) const {
  std::vector<OutboxRow> out = shown(room);
  std::erase_if(out, [](const OutboxRow& row) { return !row.orphan; });
  return out;
}

bool Waiting::has_orphans(RoomId room) const {
  const auto at = rooms_.find(room);
  return at != rooms_.end() && std::ranges::any_of(at->second, [](const Entry& entry) { return entry.row.orphan; });
}

std::vector<RoomId> Waiting::rooms_with_orphans() const {
  std::vector<RoomId> out;
  for (const auto& [room, entries] : rooms_) {
    if (has_orphans(room)) out.push_back(room);
  }
  return out;
}

std::size_t Waiting::size() const {
  std::size_t n = 0;
  for (const auto& [room, entries] : rooms_) n += entries.size();
  return n;
}

}  // namespace starling::qt
