// What encode_client.cpp and encode_server.cpp share.
#pragma once

#include <google/protobuf/arena.h>

#include <array>
#include <string>

#include "common/wire/frames.h"
#include "starling.pb.h"

namespace starling::wire {

inline void write(const Cursor& in, pb::Cursor* out) {
  out->set_epoch(in.epoch.value);
  out->set_seq(in.seq.value);
  out->set_hash(in.hash.value);
}

/// Builds the protobuf message of one frame in a block on the stack, fills it by `fill`, and appends its bytes.
template <class Message, class Fill>
void append_message(std::string& out, Fill&& fill) {
  std::array<char, 2048> block;
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  auto* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  fill(*message);
  message->AppendToString(&out);
}

}  // namespace starling::wire
