// A prepared statement, and one execution of it.
#pragma once

#include "server/store/postgres/params.h"

namespace starling::postgres {

/// Prepared on each connection the first time that it is called there. Literals of static life.
struct Statement {
  const char* name;
  const char* sql;
};

struct Call {
  const Statement* statement;
  Params params;
};

}  // namespace starling::postgres
