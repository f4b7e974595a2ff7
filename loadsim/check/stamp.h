// What virtual users write into their messages, so that every receiver can tell that nothing was invented, altered or
// leaked to another room (G8), and how long it took. Text: a body may have to be UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace starling::check {

struct Stamp {
  std::uint32_t run = 0;
  RoomId room;
  DeviceId device;
  std::uint32_t number = 0;      // the device's own count; a cseq may be renumbered, this is not
  std::int64_t intended_ns = 0;  // when the send was meant to happen, on the run's clock
  bool operator==(const Stamp&) const = default;
};

inline constexpr std::size_t kStampBytes = 72;

/// kStampBytes of text, then `extra` and padding up to `bytes`. The checksum covers all of it.
std::string stamped_body(const Stamp& stamp, std::size_t bytes, std::string_view extra = {});
/// The text, and behind it the stamp in characters of no width: a person sees only the text.
std::string stamped_text(const Stamp& stamp, std::string_view text);
/// Of either form. Nothing when there is no stamp or its checksum is wrong.
std::optional<Stamp> read_stamp(std::string_view body);

}  // namespace starling::check
