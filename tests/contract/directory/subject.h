// What the contract is held against: each implementation of server/ports/directory.h, one operation at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/ports/directory.h"

namespace starling::contract {

class DirectorySubject {
 public:
  virtual ~DirectorySubject() = default;
  /// By the shard; done when this returns.
  virtual void write(ShardId by, ports::DirectoryRequest request) = 0;
  virtual std::vector<wire::Event> read(ShardId by, const ports::ReadTail& request) = 0;
  /// On the directory's clock.
  virtual void pass(Duration time) = 0;
  /// Everything is gone.
  virtual void flush() = 0;
};

enum class DirectoryKind : std::uint8_t {
  Model,  // the simulator's, without faults
  Redis,  // a real server on this machine, of two nodes
};
std::unique_ptr<DirectorySubject> make_directory(DirectoryKind kind, const ports::TailLimits& limits);
std::string name_of(DirectoryKind kind);

}  // namespace starling::contract
