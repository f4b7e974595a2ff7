#include "server/bus/shape.h"

#include "common/wire/body.h"
#include "common/wire/limits.h"
#include "common/wire/utf8.h"
#include "server/ports/view.h"

namespace starling::bus {

bool has_shape(const wire::Event& event) {
  if (!event.room || !event.seq) return false;
  return event.erased_hash != 0 ? event.body.empty() : wire::check_body(event.kind, event.body).has_value();
}

bool has_shape(const wire::Send& send) {
  return send.room && wire::check_body(send.kind, send.body) && (!send.renumbered || send.client_msg_id);
}

bool has_shape(const wire::RoomInfo& info) {
  return info.room && info.title.size() <= wire::limits::kTitleBytesMax && wire::is_utf8(info.title);
}

bool has_shape(const wire::Item& item) {
  return item.key.size() <= wire::limits::kItemKeyBytesMax && wire::is_utf8(item.key) &&
         item.value.size() <= wire::limits::kItemValueBytesMax;
}

bool has_shape(const wire::SendResult& result) {
  return result.room && (result.status != wire::SendStatus::Busy || result.retry_after_ms > 0) &&
         (result.status != wire::SendStatus::OutOfOrder || result.expected);
}

bool has_shape(const wire::Receipts& receipts) {
  return receipts.room && receipts.members.size() <= wire::limits::kReceiptMembersMax &&
         receipts.delivered_counts.size() <= wire::limits::kReceiptCountsMax &&
         receipts.read_counts.size() <= wire::limits::kReceiptCountsMax;
}

bool has_shape(const ports::EnvelopeHeader& header) {
  return header.from.value < ports::kShardsMax && header.boot != 0;
}

bool has_shape(const ports::Post& post) {
  if (post.to.value >= ports::kShardsMax || post.also.size() >= ports::kShardsMax) return false;
  for (const ports::Post::Copy& copy : post.also) {
    if (copy.to.value >= ports::kShardsMax) return false;
  }
  return true;
}

}  // namespace starling::bus
