// The newest events of a room, kept by its home: gaps are mended and duplicates answered without the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/wire/event.h"

namespace starling::core {

class Tail {
 public:
  /// `before`: the fold up to the event before. A tail that does not reach up to it begins anew.
  void append(const wire::Event& event, PrefixHash before);
  /// Drops the oldest until at most `bytes_max` are left.
  void trim(std::size_t bytes_max);
  void clear();

  std::size_t bytes() const { return bytes_; }
  /// True when every event after `seq` is here.
  bool covers_after(Seq seq) const {
    return !events_.empty() && seq.next() >= events_.front().seq && seq <= events_.back().seq;
  }
  std::span<const wire::Event> after(Seq seq) const;
  /// The fold up to `seq`, which covers_after().
  PrefixHash hash_at(Seq seq) const;

  const wire::Event* find(DeviceId device, Cseq cseq) const;
  bool holds(DeviceId device, ClientMsgId message) const;
  /// A deletion erases the text of a message and of its edits, and leaves the hash.
  void erase_texts_of(Seq message);

 private:
  static std::size_t size_of(const wire::Event& event) { return sizeof(wire::Event) + event.body.size(); }

  std::vector<wire::Event> events_;
  PrefixHash before_;
  std::size_t bytes_ = 0;
};

}  // namespace starling::core
