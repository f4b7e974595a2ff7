// Events as the directory keeps them. What comes back may be anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/wire/codec.h"
#include "server/ports/directory.h"

namespace starling::directory {

/// Appends to `out`, as the wire has it.
void write_value(const wire::Event& event, std::string& out);

/// The events after request.after, one by one, of its room. Nothing when any value is not what it should be.
class TailReader {
 public:
  void begin(const ports::ReadTail& request);
  /// False: this one is wrong, and so are all. The codec holds it against the limits of the wire.
  bool take(std::string_view value);
  std::vector<wire::Event> events() { return std::move(events_); }

 private:
  wire::Decoder decoder_;
  RoomId room_;
  Seq next_;
  std::vector<wire::Event> events_;
};

}  // namespace starling::directory
