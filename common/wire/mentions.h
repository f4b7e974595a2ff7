// Who a text calls: `<@NUMBER>` is a user, `<@room>` everybody. Ids rather than handles, which change.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/event.h"

namespace starling::wire {

/// Beyond, a text calls nobody else: it is a list, and each name costs a write.
inline constexpr std::size_t kMentionsMax = 50;

struct Mentions {
  bool room = false;
  std::vector<UserId> users;  // each once, in the order of the text
};
Mentions mentions_of(std::string_view text);

/// True for a text that calls everybody.
bool mentions_room(EventKind kind, std::string_view body);

}  // namespace starling::wire
