// What an event of a room changes in the items of users: who is invited, and who is called. Pure, called inside the commit
// by every store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/wire/frames.h"
#include "common/wire/mentions.h"
#include "server/ports/authorize.h"
#include "server/ports/store.h"

namespace starling::ports {

/// Whether `after` is a version of items that are at `version`, and not from before a loss.
constexpr bool continues(std::uint64_t after, std::uint64_t version) {
  return after <= version && after >> 32 == version >> 32;
}
/// The first version after a loss: nobody has seen one that is as high.
constexpr std::uint64_t version_after_loss(std::uint64_t version) { return (version >> 32 << 32) + (1ull << 32); }

struct ItemChange {
  UserId user;
  wire::ItemKind kind = wire::ItemKind::Invitation;
  std::string key;    // empty: a slot for mentions
  std::string value;  // empty: it goes
};

/// Of a row at `seq` after which its subject is invited, or not any more.
inline ItemChange invitation_change(RoomId room, Seq seq, const CommitRow& row, std::string_view title) {
  ItemChange change{.user = row.subject, .key = std::to_string(room.value), .value = {}};
  if (row.kind == wire::EventKind::MemberInvite) {
    change.value = std::to_string(row.user.value) + ' ' + std::to_string(seq.value) + ' ' + std::string(title);
  }
  return change;
}

inline ItemChange mention_change(RoomId room, Seq seq, UserId sender, UserId called) {
  return {.user = called,
          .kind = wire::ItemKind::Mention,
          .key = {},
          .value = std::to_string(room.value) + ' ' + std::to_string(seq.value) + ' ' + std::to_string(sender.value)};
}

}  // namespace starling::ports
