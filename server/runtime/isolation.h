// Whether a node may be home to anything (docs/decisions/0023): only while it and the others that are hear each other. Without
// I/O. Owner: the thread that drives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/ports/view.h"

namespace starling::runtime {

/// A node of the view, and what there is of a connection to it.
struct Reach {
  std::uint16_t node = 0;
  bool heard = false;  // it says something here
  bool hears = false;  // it listens to this node

  bool both() const { return heard && hears; }
  bool operator==(const Reach&) const = default;
};

/// As in "node 1 is not heard, and does not hear this node; node 2 is not heard".
std::string text_of(const std::vector<Reach>& unreached);

class Isolation {
 public:
  /// The store puts out who has not come for a `lease`: until then a node that died is in the view, and cannot be heard.
  Isolation(Duration lease, std::uint16_t self) : patience_(2 * lease), self_(self) {}

  /// `view`: the newest that the store has told of; `reach`: of every other node in it.
  void look(Instant now, const ports::View& view, const std::vector<Reach>& reach);
  /// The store did not answer: meanwhile nobody is put out, so that who is silent may be dead.
  void store_away() { silent_since_.clear(); }

  /// Nothing may have its home here. So it begins.
  bool isolated() const { return isolated_; }
  /// The homes that are not reached.
  const std::vector<Reach>& unreached() const { return unreached_; }

 private:
  /// Why it may have homes.
  enum class Way : std::uint8_t {
    None,
    Nobody,    // has any
    All,       // who have some are reached
    Majority,  // of the nodes is, and of those that have homes none
  };

  bool may_come_in(Instant now, const ports::View& view, const std::vector<Reach>& reach, std::size_t homes);
  Way way_in(const std::vector<Reach>& reach, std::size_t homes) const;
  bool must_give_way(Instant now, const std::vector<Reach>& homes);
  std::vector<std::uint16_t> silent_for(Duration time, Instant now) const;

  Duration patience_;
  std::uint16_t self_;
  bool isolated_ = true;
  Duration proof_{};     // how long all have to be reached before it comes in
  Way way_ = Way::None;  // while it is isolated
  Instant way_since_{};
  std::vector<Reach> unreached_;
  std::map<std::uint16_t, Instant> silent_since_;  // of unreached_, while it is not isolated
};

}  // namespace starling::runtime
