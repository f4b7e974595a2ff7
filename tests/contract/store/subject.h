// What the contract is held against: each implementation of server/ports/store.h, one operation at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "server/ports/store.h"

namespace starling::contract {

/// A directory of its own, gone with it.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class Subject {
 public:
  virtual ~Subject() = default;
  virtual ports::StoreCompletion run(ports::StoreRequest request) = 0;
  /// Retention: the oldest event kept becomes `min_seq`.
  virtual void cut(RoomId room, Seq min_seq) = 0;
  /// On the store's clock, when the test can move it.
  virtual void pass(Duration /*time*/) {}

  template <class Result>
  Result get(ports::StoreRequest request) {
    return std::get<Result>(run(std::move(request)).result);
  }
};

enum class Kind : std::uint8_t {
  Sqlite,
  Model,          // the simulator's database
  PostgresModel,  // the same behind the simulated server: locks, standbys and no faults
  Postgres,       // the store on a real server
  PostgresParts,  // the same with the rooms in two databases, and the people in a third
};
std::unique_ptr<Subject> make_subject(Kind kind);
std::string name_of(Kind kind);

/// Everything of a result but the batch that is given back, as lines: what two implementations must agree on.
std::string text_of(const ports::StoreCompletion& completion);

}  // namespace starling::contract
