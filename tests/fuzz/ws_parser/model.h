// What RFC 6455 makes of a stream, by the letter and without regard to cost: the whole of it at once, a byte at a time.
// It shares no code with the parser that is held to it.
#pragma once

#include <string_view>
#include <vector>

#include "common/ws/parser.h"
#include "tests/unit/ws/byte_stream.h"

namespace starling::fuzz {

std::vector<ws::testing::Seen> items_of(std::string_view stream, ws::Role role, const ws::Limits& limits);

}  // namespace starling::fuzz
