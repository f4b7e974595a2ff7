// One shard: a thread, an io_context, a core::Shard and its connections. A turn takes what is ready (reads, mailbox,
// timers), drives the core with it, carries out what the core asked for, and writes.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <vector>

#include "server/runtime/connections.h"
#include "server/runtime/core_driver.h"
#include "server/runtime/flush_pacer.h"
#include "server/runtime/listener.h"
#include "server/runtime/node_context.h"
#include "server/runtime/reader.h"
#include "server/runtime/watch.h"

namespace starling::runtime {

class ShardLoop {
 public:
  ShardLoop(NodeContext& node, ShardId self, const ports::View& view, ListenSocket listener, std::uint64_t seed);

  /// Until a stop is requested through the mailbox; the body of the shard's thread.
  void run();

 private:
  void begin_turn();
  void end_turn();
  void arm_watches();
  void accept();
  /// The door is full.
  void open_spare(int fd);
  void on_ready();
  void on_mail();
  void take_mail();
  void hang_up();
  /// True when some are left for the next turn.
  bool take_completions();
  void take_notes();
  void on_timer();
  void carry_out_effects();
  void send_all(core::Effects& effects);
  void set_timer();
  void housekeeping();

  Mailbox& mailbox() { return *node_.mailboxes[index_]; }
  void post(ports::Post&& post);

  NodeContext& node_;
  ShardId self_;
  std::size_t index_;  // in the node
  boost::asio::io_context io_;
  /// A moment in which everything waited for has come is no reason for the io_context to stop for good.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Stats stats_;
  CoreDriver core_;
  Connections connections_;
  Reader reader_;
  FlushPacer pacer_;
  ListenSocket listener_;
  Watch accept_watch_;
  Watch poller_watch_;
  Watch mail_watch_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  std::vector<ports::StoreCompletion> completions_;  // from next_completion_ on: to be handled
  std::size_t next_completion_ = 0;
  std::vector<ports::ApiResponse> answers_;  // scratch of a turn
  std::vector<core::Input> told_;            // likewise
  std::vector<bool> posted_to_;              // scratch of a turn, by index

  Instant turn_began_{};
  Instant turn_ended_{};
  Instant flush_at_ = kNever;  // kNever: nothing is dirty
  Instant timer_at_ = kNever;
  Instant accept_again_at_{};  // housekeeping gets there
  Instant housekeeping_at_{};
  bool in_turn_ = false;
  bool mail_left_ = false;  // what a turn takes of it was not all
  bool more_work_ = false;  // do not wait before the next turn
  bool drain_told_ = false;
  bool drained_ = false;
};

}  // namespace starling::runtime
