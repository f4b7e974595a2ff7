// Reads connections: into the one buffer of the shard, through TLS where it is on, then the request head, then
// WebSocket messages, then client frames, up to the core. Owner: the shard's thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/rng.h"
#include "common/wire/codec.h"
#include "common/ws/handshake.h"
#include "common/ws/parser.h"
#include "server/core/return_slots.h"
#include "server/runtime/connections.h"
#include "server/runtime/core_driver.h"
#include "server/runtime/node_context.h"
#include "server/runtime/stats.h"

namespace starling::runtime {

class Reader {
 public:
  Reader(NodeContext& node, ShardId self, CoreDriver& core, Connections& connections, Stats& stats);

  /// Takes once what the peer has sent: what is left shows as readable again, so that nobody starves the others.
  void readable(Connection& c);

  /// The API's answer, to a connection that may have gone.
  void answered(const ports::ApiResponse& response);

  /// An accepted socket for which there is no room: says so, as far as the kernel takes it at once, and closes it.
  void refuse(int fd);

 private:
  void read_head(Connection& c, std::span<std::byte> bytes);
  void read_body(Connection& c, std::string_view bytes);
  /// False when the bytes that follow are no WebSocket frames.
  bool answer(Connection& c, const ws::HttpRequest& request, std::string_view rest);
  /// A call of the API: its body is awaited, or refused.
  void call(Connection& c, const ws::HttpRequest& request, std::string_view rest);
  void submit(Connection& c, const ws::HttpRequest& head, std::string body);
  bool upgrade(Connection& c, const ws::HttpRequest& request);
  bool respond(Connection& c, std::string_view response);
  std::string no_room();

  void read_frames(Connection& c, std::span<std::byte> bytes);
  void on_message(Connection& c, std::span<const std::byte> payload);
  void on_first_frame(Connection& c, wire::ClientFrame&& frame);
  void on_peer_close(Connection& c, std::span<const std::byte> payload);
  void on_violation(Connection& c, const ws::Item& item);

  NodeContext& node_;
  ShardId self_;
  CoreDriver& core_;
  Connections& connections_;
  Stats& stats_;
  wire::Decoder decoder_;
  std::vector<std::byte> buffer_;
  core::ReturnSlots slots_;  // of those for whom there was no room
  Rng rng_;
};

}  // namespace starling::runtime
