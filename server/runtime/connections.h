// The life of a shard's connections: opened, written to, closed with a code, destroyed; and what the core must hear of
// it. Owner: the shard's thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/runtime/connection_table.h"
#include "server/runtime/core_driver.h"
#include "server/runtime/deadlines.h"
#include "server/runtime/node_context.h"
#include "server/runtime/poller.h"
#include "server/runtime/writer.h"

namespace starling::runtime {

class Connections {
 public:
  Connections(NodeContext& node, CoreDriver& core, Stats& stats, Instant start);
  ~Connections();

  /// Takes the descriptor of an accepted socket, which is counted. `spare`: it gets a page and nothing else.
  void open(int fd, bool spare = false);
  void send(Connection& c, ports::SharedFrame frame) { writer_.queue(c, std::move(frame)); }
  void upgraded(Connection& c) { deadlines_.enter(c, Phase::Greeting); }
  /// Its request is with the API: nothing more is wanted of the peer.
  void asked(Connection& c);
  /// Its Hello was good; the credential is, for `left`.
  void admitted(Connection& c, Duration left);

  /// Sends a close frame after what is queued, and gives the peer a moment to answer. The core hears Disconnected at
  /// once. Does nothing when the connection closes already. `left`: the peer was silent for so long that nobody waits.
  void close(Connection& c, std::uint16_t code, std::string_view text, bool left = false);
  /// After `last` (an HTTP response, or the answer to the peer's close frame) has left.
  /// `left`: the peer has said goodbye.
  void close_after(Connection& c, ports::SharedFrame last, bool left = false);
  /// No more will come from the peer that matters: ends the sending side once what is queued has left.
  void closed_by_both(Connection& c);
  /// The peer sends no more. It may still be waiting for its answer.
  void peer_ended(Connection& c);
  /// At once.
  void destroy(Connection& c, bool left = false);
  /// Connections whose last words have not been taken yet.
  std::uint32_t closing() const { return closing_; }
  /// Connections whose request is with the API.
  std::uint32_t answering() const { return answering_; }

  /// Writes a turn's share; true when some is left.
  bool flush();
  bool anything_dirty() const { return writer_.anything_dirty(); }
  void writable(Connection& c) { writer_.writable(c); }
  /// Handles every peer that took too long.
  void expire();

  Deadlines& deadlines() { return deadlines_; }
  ConnectionTable& table() { return table_; }
  Poller& poller() { return poller_; }

 private:
  void leave_core(Connection& c, bool left);
  void enter_closing(Connection& c, bool left = false);
  void on_flushed(const Writer::Flushed& flushed);
  void on_overdue(Connection& c, Overdue overdue);
  void finish_sending(Connection& c);

  NodeContext& node_;
  CoreDriver& core_;
  Stats& stats_;
  ConnectionTable table_;
  Poller poller_;
  Writer writer_;
  Deadlines deadlines_;
  std::uint32_t closing_ = 0;
  std::uint32_t answering_ = 0;
};

}  // namespace starling::runtime
