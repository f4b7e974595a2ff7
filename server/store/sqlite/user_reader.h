// A user's rooms, how far each was read, and what the user keeps beside them.
#pragma once

#include "server/ports/store.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class UserReader {
 public:
  explicit UserReader(Connection& connection);
  ports::UserLoaded load(const ports::LoadUser& request);
  ports::ItemsLoaded items(const ports::LoadItems& request);

 private:
  Connection* connection_;
  Statement versions_;
  Statement rooms_;
  Statement items_;
};

}  // namespace starling::store
