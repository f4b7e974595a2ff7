// A user's rooms, and how far each was read.
#pragma once

#include "server/ports/store.h"
#include "server/store/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class UserReader {
 public:
  explicit UserReader(Connection& connection);
  ports::UserLoaded load(const ports::LoadUser& request);

 private:
  Connection* connection_;
  Statement version_;
  Statement rooms_;
};

}  // namespace starling::store
