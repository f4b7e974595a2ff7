// What an operator may tune in the core, with the shipped values. Parsed by server/app, contained by the simulator's
// options, never changed for a test of what ships.
#pragma once

#include <cstdint>

#include "common/base/time.h"

namespace starling::core {

using namespace std::chrono_literals;

struct Config {
  // Commit: what a home hands to the store at once for one room.
  std::uint32_t batch_events_max = 256;
  std::uint32_t batch_bytes_max = 128 * 1024;
  std::uint32_t room_queue_bytes_max = 1024 * 1024;           // then BUSY
  std::uint64_t shard_queue_bytes_max = 64ull * 1024 * 1024;  // then BUSY for every room

  // What one room takes, from all its members together. Beyond, the answer is Busy with the time to come back.
  std::uint32_t room_sends_per_s = 1000;
  std::uint32_t room_sends_burst = 5000;
  std::uint32_t send_cost_bytes = 4096;  // a send takes one of a device's and a room's budget for each of these begun

  // Readers.
  std::uint32_t outbox_bytes_soft = 64 * 1024;   // above: lagging, events are read from the log when it drains
  std::uint32_t outbox_bytes_hard = 256 * 1024;  // above: closed, resumable
  Duration lagging_deadline = 30s;               // lagging or out of credit, without progress: closed, resumable
  std::uint32_t catchup_credit_events = 256;     // pushed ahead of the client's Delivered
  std::uint32_t page_cache_bytes = 512 * 1024;   // per shard
  std::uint64_t reset_beyond_events = 1000;      // a cursor further behind gets Reset{TooFar}
  std::uint64_t window_events = 100;             // a window begins at the checkpoint at or before head - this

  // Large rooms: above this, FULL is granted to the sessions that ask for it by opening the room.
  std::uint32_t heads_interval_ms = 1000;         // HEADS subscribers hear of a room at most this often
  std::uint32_t tail_bytes_per_room = 32 * 1024;  // recent events kept by the home, for repair
  std::uint32_t tail_bytes_per_shard = 16 * 1024 * 1024;
  bool shared_tails = false;         // several nodes: they share a cache of them (server/ports/directory.h)
  std::uint32_t gap_reads_max = 64;  // of the store at once, per shard, for gaps that no tail mends

  // Links between shards.
  Duration link_heartbeat = 250ms;
  Duration head_digest = 1s;
  Duration forward_retry = 1s;

  // Several nodes: who has not renewed its lease for so long is put out of the view. It renews it three times as often.
  Duration node_lease = 3s;

  // Soft state.
  Duration read_mark_flush = 5s;
  std::uint32_t typing_per_room_max = 200;  // viewers above which typing is not shown
  Duration typing_interval = 3s;            // per (user, room)
  Duration presence_debounce = 15s;         // a connection that broke and comes back within this shows nothing
  Duration presence_batch = 1s;   // a connection hears of presence at most this often, homes tell twice as often
  Duration receipt_batch = 1s;    // a room's receipts are told at most this often; marks lag by two of it
  Duration presence_lease = 60s;  // watches are renewed, and who may see whom is asked again, this often
  Duration store_retry = 200ms;   // after Unknown, Unavailable or Full
  std::uint32_t busy_retry_ms = 500;

  // What a session may ask for beside its sends, which its grants meter. The unit is a room in a Sync: a lookup, and at
  // worst one read of the store. Beyond, the answer is Unavailable with the time to come back.
  std::uint32_t asks_per_s = 250;
  std::uint32_t asks_burst = 4096;              // a device in 4,096 rooms resumes at once
  std::uint32_t history_cost = 8;               // 100 events and what refers to them, encoded for one reader
  std::uint32_t item_put_cost = 32;             // a commit, and a read for each of the user's devices
  std::uint32_t read_mark_cost = 16;            // crosses to the user's home and from there to all its devices
  std::uint32_t watch_cost = 8;                 // 500 users looked up in a room
  std::uint32_t rooms_per_session_max = 8192;   // a session's rooms are searched one by one: 64 KB
  std::uint32_t histories_per_session_max = 3;  // of 64 KB each: with the soft limit still below the hard one

  // Admission.
  std::uint32_t connections_per_user_max = 20;
  std::uint32_t rooms_per_user_max = 8192;  // as many as a session follows: nobody is in a room that they cannot see
  std::uint32_t drain_per_s_percent = 2;    // sessions told to leave per second while draining
  // Sessions that a shard takes in; who comes beyond is told when to come back.
  std::uint32_t sessions_per_s = 2000;
  std::uint32_t sessions_burst = 4000;
};

}  // namespace starling::core
