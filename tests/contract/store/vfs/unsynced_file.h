// One file as a power loss sees it: what is safe on the platter, and the writes since that may or may not get there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/rng.h"

namespace starling::contract {

class UnsyncedFile {
 public:
  /// A file that exists is safe as it is; a new one is not there until its first sync.
  explicit UnsyncedFile(std::optional<std::string> content)
      : durable_(content.value_or(std::string())), exists_(content.has_value()) {}

  void write(std::size_t offset, std::string_view bytes) { pending_.push_back({offset, std::string(bytes), false}); }
  void truncate(std::size_t size) { pending_.push_back({size, {}, true}); }
  /// How many there were ever: a sync that begins now covers these.
  std::uint64_t writes() const { return synced_ + pending_.size(); }
  /// The first `writes` of them are safe, and so is the file's existence.
  void sync(std::uint64_t writes);

  /// After a power loss, by the luck of `rng`: every unsynced write is there, or not, or only some of its 512-byte
  /// sectors are. Nothing when the file itself is not there.
  std::optional<std::string> after_power_loss(Rng& rng) const;

 private:
  struct Write {
    std::size_t offset = 0;  // of a truncation: the new size
    std::string bytes;
    bool truncates = false;
  };

  static void apply(std::string& content, const Write& write);
  static void tear(std::string& content, const Write& write, Rng& rng);

  std::string durable_;
  bool exists_;
  std::uint64_t synced_ = 0;
  std::vector<Write> pending_;  // after the first `synced_`
};

}  // namespace starling::contract
