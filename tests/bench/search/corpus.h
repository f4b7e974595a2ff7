// A database of messages as people write them, made by the store's own means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "tests/bench/search/words.h"

namespace starling::bench {

struct Sample {
  RoomId room;
  UserId sender;
  WallTime ts;
  Script script = Script::Latin;
  std::string body;
};

/// Rooms have a language each, and sizes from thousands of messages to a few hundred.
struct Corpus {
  std::vector<Words> words;     // by Script
  std::vector<Sample> samples;  // messages drawn from all
  std::uint64_t messages = 0;
  std::uint64_t body_bytes = 0;
  std::vector<UserId> in_fifty;  // rooms of a thousand
  std::vector<UserId> in_three;
  UserId everywhere;
};
Corpus make_corpus(const std::string& path, std::uint64_t messages, std::uint64_t rooms);

}  // namespace starling::bench
