// Random frames that the codec must accept, from a seed; and one fixed instance of every frame.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "common/base/rng.h"
#include "common/wire/codec.h"
#include "common/wire/frames.h"

namespace starling::wire::testing {

/// Of alternative `index` of the variant, every field drawn at random within its limit.
ClientFrame random_client_frame(Rng& rng, std::size_t index);
ServerFrame random_server_frame(Rng& rng, std::size_t index);

/// One of each alternative, no field at its default; never changed, since golden bytes are kept of them.
std::vector<ClientFrame> sample_client_frames();
std::vector<ServerFrame> sample_server_frames();

template <class Frame>
std::string bytes_of(const Frame& frame) {
  std::string out;
  encode(frame, out);
  return out;
}
inline std::span<const std::byte> view(const std::string& s) { return std::as_bytes(std::span(s)); }

}  // namespace starling::wire::testing
