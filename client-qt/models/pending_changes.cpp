#include "client-qt/models/pending_changes.h"

#include <algorithm>

namespace starling::qt {

Seq PendingChanges::add(const wire::Send& send) {
  if (!is_change(send.kind) || !send.target) return {};
  if (std::ranges::find(changes_, send.client_msg_id, &wire::Send::client_msg_id) != changes_.end()) return {};
  changes_.push_back(send);
  return send.target;
}

Seq PendingChanges::remove(ClientMsgId id) {
  const auto at = std::ranges::find(changes_, id, &wire::Send::client_msg_id);
  if (at == changes_.end()) return {};
  const Seq message = at->target;
  changes_.erase(at);
  return message;
}

Seq PendingChanges::rename(ClientMsgId from, ClientMsgId to) {
  const auto at = std::ranges::find(changes_, from, &wire::Send::client_msg_id);
  if (at == changes_.end()) return {};
  at->client_msg_id = to;
  return at->target;
}

bool PendingChanges::concerns(Seq message) const {
  return std::ranges::find(changes_, message, &wire::Send::target) != changes_.end();
}

bool PendingChanges::rewrites(Seq message) const {
  return std::ranges::any_of(changes_, [message](const wire::Send& each) {
    return each.target == message && (each.kind == wire::EventKind::Edit || each.kind == wire::EventKind::Delete);
  });
}

TimelineRow PendingChanges::applied(TimelineRow row, UserId me) const {
  for (const wire::Send& each : changes_) {
    if (each.target != row.event.seq) continue;
    // Behind whatever the log says of the message now.
    apply_change(row, {.seq = row.edited_by.next(), .kind = each.kind, .sender = me, .body = each.body});
  }
  return row;
}

}  // namespace starling::qt
