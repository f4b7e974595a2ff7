// A broken promise as a value, and the list that collects them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "loadsim/check/guarantee.h"

namespace starling::check {

struct Violation {
  Guarantee guarantee = Guarantee::G1_AckedIsDurable;
  RoomId room;
  Seq seq;
  UserId user;
  DeviceId device;
  std::string text;
};
/// One line: "G2 room 7 seq 12 user 3 device 48: …".
std::string to_string(const Violation& violation);

/// Owner: one thread. Keeps the first ones; a broken run breaks in a thousand places, and the first is the interesting one.
class Violations {
 public:
  static constexpr std::size_t kKept = 64;

  void report(Violation violation) {
    ++count_;
    if (kept_.size() < kKept) kept_.push_back(std::move(violation));
  }
  std::uint64_t count() const { return count_; }
  const std::vector<Violation>& kept() const { return kept_; }
  bool empty() const { return count_ == 0; }

 private:
  std::uint64_t count_ = 0;
  std::vector<Violation> kept_;
};

}  // namespace starling::check
