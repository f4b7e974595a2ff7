// Why the cache is not there, as values.
#pragma once

#include <QString>
#include <cstdint>

namespace starling::qt {

enum class CacheFault : std::uint8_t {
  Damaged = 1,  // not a database, or a broken one
  Locked = 2,   // another program has it open
  Newer = 3,    // written by a later version of this program
  Storage = 4,  // the disk is full, read-only or failing
};

struct CacheError {
  CacheFault fault = CacheFault::Storage;
  QString text;  // for people: what happened and what to do
};

}  // namespace starling::qt
