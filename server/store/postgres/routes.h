// Where a request goes when the rooms are in several databases.
#pragma once

#include <optional>
#include <vector>

#include "common/base/ids.h"
#include "server/ports/store.h"

namespace starling::postgres {

/// The room in whose database all of it is answered; none: it is the people's, or several databases'.
std::optional<RoomId> room_of(const ports::StoreRequest& request);

/// Something of what was answered concerns people, who are elsewhere.
bool tells_people(const ports::Committed& committed);

/// Users who join by these rows, if they may.
std::vector<UserId> joining(const ports::CommitBatch& batch);

}  // namespace starling::postgres
