// The store speaks SQLite everywhere: these names are its own.
#pragma once

#include "common/sqlite/sqlite.h"

namespace starling::store {

using sqlite::Blob;
using sqlite::Connection;
using sqlite::kExplained;
using sqlite::make_durable;
using sqlite::Rows;
using sqlite::Savepoint;
using sqlite::SavepointStatements;
using sqlite::SqliteError;
using sqlite::Statement;
using sqlite::Value;

}  // namespace starling::store
