// After a backup was put in place: names that clients may hold from the time it lacks are never used again.
#pragma once

#include "server/store/sqlite/sqlite.h"

namespace starling::store {

struct OldDatabase {
  Connection* connection = nullptr;  // null: there is none, or it cannot be read
  bool unreadable = false;           // there is one
};

/// In one transaction: every room's epoch becomes higher than in both databases, every user's version of the room list
/// too. Throws.
void raise_epochs(Connection& restored, const OldDatabase& old);

}  // namespace starling::store
