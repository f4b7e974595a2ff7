// What a database holds: everything, or the people, or a part of the rooms (docs/decisions/0029).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/rng.h"
#include "common/base/start_error.h"

namespace starling::postgres {

class Session;

enum class Holds : std::uint8_t { Everything, People, Rooms };  // as the table `part` has them

struct Part {
  Holds holds = Holds::Everything;
  std::uint32_t number = 0;  // of the rooms', from 0 on
  std::uint32_t parts = 0;   // in how many the rooms are
  bool operator==(const Part&) const = default;
};
/// "the rooms of part 1 of 2", for an operator.
std::string text_of(const Part& part);

struct Database {
  Database(std::string reached_by, Part held = {})  // NOLINT(google-explicit-constructor)
      : conninfo(std::move(reached_by)), part(held) {}
  std::string conninfo;
  Part part;
};

/// In which of so many parts a room is, for good. By another hash than a store spreads rooms to its connections.
inline std::size_t part_of(RoomId room, std::size_t parts) {
  constexpr std::uint64_t kSalt = 0x726f6f6d70617274;
  return mix64(room.value ^ kSalt) % parts;
}

/// All that a server's rooms and people are kept in.
struct Databases {
  /// As the settings name them.
  Databases(const std::string& postgres,
            const std::vector<std::string>& rooms = {});  // NOLINT(google-explicit-constructor)

  Database people;              // and the rooms, where there are no parts of them
  std::vector<Database> parts;  // of the rooms

  bool one() const { return parts.empty(); }
  const Database& of(RoomId room) const { return one() ? people : parts[part_of(room, parts.size())]; }
  /// Where logs are.
  std::vector<Database> with_logs() const { return one() ? std::vector{people} : parts; }
  std::vector<Database> all() const;
};
/// Of a database that is brought up to date: an empty one becomes this part, another one has to be it. The error names the fix.
Result<void, StartError> take_part(const Database& database);
/// Throws Failed when the session's database holds something else.
void check_part(Session& session, const Part& part);

}  // namespace starling::postgres
