#include "server/directory/loop.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "common/base/mutant.h"
#include "server/directory/scripts.h"
#include "server/directory/sentinels.h"

namespace starling::directory {
namespace {

using namespace std::chrono_literals;

std::string_view view_of(const redisReply& reply) { return {reply.str, reply.len}; }

}  // namespace

Loop::Loop(Shared& shared) : shared_(shared), complaints_(shared.callbacks.warn), back_off_(limits::kBackOffFirst) {}

void Loop::run() {
  for (;;) {
    shared_.ops.acknowledge();
    if (shared_.stop.load(std::memory_order_acquire)) break;
    if (connection_ == nullptr && Clock::now() >= connect_at_) connect();
    take_ops();
    give_up_late();
    if (connection_ != nullptr && !connection_->alive()) close(connection_->error());
    if (connection_ != nullptr && !close_why_.empty()) close(close_why_);
    wait();
  }
  shared_.ready.store(false, std::memory_order_release);
  connection_.reset();
  take_ops();
}

// ---- the connection

void Loop::connect() {
  address_ = shared_.config.server;
  if (!shared_.config.sentinels.empty()) {
    const auto master = ask_sentinels(shared_.config);
    if (!master) return close(master.error());
    address_ = *master;
  }
  close_why_.clear();
  heard_at_ = Clock::now();
  connection_ = std::make_unique<Connection>(address_, [this](const redisReply* reply) { on_reply(reply); });
  if (connection_->alive()) log_in();
}

void Loop::log_in() {
  const Config& config = shared_.config;
  if (!config.password.empty()) {
    command({.asked = Asked::LogIn}, std::array<std::string_view, 3>{"AUTH", config.user, config.password});
  }
  command({.asked = Asked::LoadAppend}, std::array<std::string_view, 3>{"SCRIPT", "LOAD", kAppendScript});
  command({.asked = Asked::LoadRead}, std::array<std::string_view, 3>{"SCRIPT", "LOAD", kReadScript});
}

void Loop::log_in_answered(Asked asked, const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) {
    if (!close_why_.empty()) return;  // what follows from the first
    const Config& config = shared_.config;
    close_why_ = fmt::format(
        "{} does not let this node in as {}: {}; fix: give the server's user and the configuration the same password, "
        "and the user these rights: ACL SETUSER {} on ~{}* {}",
        text_of(address_), config.user, view_of(reply), config.user, config.prefix, kAclRules);
    return;
  }
  if (asked == Asked::LoadAppend) append_script_ = view_of(reply);
  if (asked != Asked::LoadRead) return;
  read_script_ = view_of(reply);
  if (is_ready()) return;  // the scripts were gone
  ++shared_.counters.connects;
  shared_.counters.connected = 1;
  shared_.ready.store(true, std::memory_order_release);
}

/// Or it could not be made.
void Loop::close(const std::string& why) {
  shared_.ready.store(false, std::memory_order_release);
  shared_.counters.connected = 0;
  connection_.reset();  // with it all that is under way
  connect_at_ = Clock::now() + back_off_;
  back_off_ = std::min(2 * back_off_, limits::kBackOffMax);
  complaints_.about("connection", [&] {
    const bool says_what_to_do = why.find("; fix: ") != std::string::npos;
    if (says_what_to_do) return "directory: " + why;
    return fmt::format(
        "directory: {}: {}; the cluster goes on without it; fix: start the server, or its address in "
        "the configuration",
        text_of(address_), why);
  });
}

// ---- operations

void Loop::take_ops() {
  ops_.clear();
  shared_.ops.take(ops_, limits::kQueuedMax);
  for (Shared::Op& op : ops_) submit(std::move(op));
}

void Loop::submit(Shared::Op&& op) {
  const bool takes = is_ready() && connection_->alive() && in_flight_.size() < limits::kInFlightMax &&
                     in_flight_bytes_ < limits::kInFlightBytesMax;
  if (!takes) return shared_.lose(op.shard, op.op);
  if (const auto* request = std::get_if<ports::AppendTail>(&op.op.request)) append(*request);
  if (const auto* request = std::get_if<ports::ForgetTail>(&op.op.request)) forget(request->room);
  if (const auto* request = std::get_if<ports::ReadTail>(&op.op.request)) read(op.shard, op.op.id, *request);
}

std::string Loop::key_of(RoomId room) const { return fmt::format("{}tail:{:016x}", shared_.config.prefix, room.value); }

void Loop::append(const ports::AppendTail& request) {
  ++shared_.counters.appends;
  const ports::TailLimits& limits = shared_.config.limits;
  const auto life_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limits.life).count();
  words_ = {"EVALSHA",
            append_script_,
            "1",
            key_of(request.room),
            std::to_string(request.epoch.value),
            std::to_string(request.events.front().seq.value),
            std::to_string(limits.events_max),
            std::to_string(limits.bytes_max),
            std::to_string(life_ms)};
  for (const wire::Event& event : request.events) {
    words_.push_back(std::to_string(ports::tail_bytes(event)));
    write_value(event, words_.emplace_back());
  }
  if (mutant(Mutant::M13_CacheBelieved)) forget(request.room);
  command({.asked = Asked::Append}, std::vector<std::string_view>(words_.begin(), words_.end()));
}

void Loop::forget(RoomId room) {
  ++shared_.counters.forgets;
  command({.asked = Asked::Forget}, std::array<std::string_view, 2>{"DEL", key_of(room)});
}

void Loop::read(ShardId shard, std::uint64_t id, const ports::ReadTail& request) {
  ++shared_.counters.reads;
  const std::string key = key_of(request.room);
  const std::string epoch = std::to_string(request.epoch.value);
  const std::string next = std::to_string(request.after.next().value);
  command({.asked = Asked::Read, .shard = shard, .id = id, .request = request},
          std::array<std::string_view, 6>{"EVALSHA", read_script_, "1", key, epoch, next});
}

void Loop::command(InFlight entry, std::span<const std::string_view> words) {
  entry.since = Clock::now();
  for (const std::string_view word : words) entry.bytes += word.size();
  if (in_flight_.empty()) heard_at_ = entry.since;
  in_flight_bytes_ += entry.bytes;
  in_flight_.push_back(entry);
  connection_->command(words);
}

// ---- answers

void Loop::on_reply(const redisReply* reply) {
  const InFlight entry = in_flight_.front();
  in_flight_.pop_front();
  in_flight_bytes_ -= entry.bytes;
  heard_at_ = Clock::now();
  if (entry.asked == Asked::Read) return read_answered(entry, reply);
  if (reply == nullptr) return;
  if (entry.asked < Asked::Append) return log_in_answered(entry.asked, *reply);
  if (reply->type == REDIS_REPLY_ERROR) return failed(std::string(view_of(*reply)));
  // It takes what is written, so it is the master: a replica lets everybody in, too.
  back_off_ = limits::kBackOffFirst;
  complaints_.settle("connection");
  if (entry.asked == Asked::Append && reply->integer == 0) ++shared_.counters.appends_refused;
}

void Loop::read_answered(const InFlight& entry, const redisReply* reply) {
  if (entry.answered) return;
  ports::TailRead answer{.id = entry.id, .events = {}};
  if (reply != nullptr && reply->type == REDIS_REPLY_ARRAY) {
    reader_.begin(entry.request);
    const std::span<redisReply*> values(reply->element, reply->elements);
    const auto is_right = [&](const redisReply* value) {
      return value->type == REDIS_REPLY_STRING && reader_.take(view_of(*value));
    };
    if (!std::ranges::all_of(values, is_right)) {
      ++shared_.counters.reads_wrong;
    } else {
      answer.events = reader_.events();
    }
  }
  if (!answer.events.empty()) ++shared_.counters.reads_found;
  shared_.callbacks.answer(entry.shard, std::move(answer));
  if (reply != nullptr && reply->type == REDIS_REPLY_ERROR) failed(std::string(view_of(*reply)));
}

void Loop::failed(const std::string& error) {
  ++shared_.counters.errors;
  if (error.starts_with("NOSCRIPT")) {
    if (std::ranges::find(in_flight_, Asked::LoadRead, &InFlight::asked) == in_flight_.end()) log_in();
    return;
  }
  // Another server is the master by now.
  if (error.starts_with("READONLY")) close_why_ = error;
  complaints_.about("error", [&] {
    return fmt::format(
        "directory: {} answers: {}; fix: ACL SETUSER {} on ~{}* {}, if it is about rights, and else the "
        "server",
        text_of(address_), error, shared_.config.user, shared_.config.prefix, kAclRules);
  });
}

void Loop::give_up_late() {
  const Time now = Clock::now();
  for (InFlight& entry : in_flight_) {
    if (now < entry.since + limits::kReadPatience) break;
    if (entry.asked != Asked::Read || std::exchange(entry.answered, true)) continue;
    ++shared_.counters.reads_late;
    shared_.callbacks.answer(entry.shard, {.id = entry.id, .events = {}});
  }
  const auto patience = is_ready() ? limits::kStallMax : limits::kConnectPatience;
  if (!in_flight_.empty() && now >= heard_at_ + patience) close_why_ = "it does not answer";
}

// ---- waiting

Loop::Time Loop::next_deadline() const {
  if (connection_ == nullptr) return connect_at_;
  Time next = Time::max();
  if (!in_flight_.empty()) next = heard_at_ + (is_ready() ? limits::kStallMax : limits::kConnectPatience);
  const auto waits = [](const InFlight& each) { return each.asked == Asked::Read && !each.answered; };
  const auto first = std::ranges::find_if(in_flight_, waits);
  return first == in_flight_.end() ? next : std::min(next, first->since + limits::kReadPatience);
}

void Loop::wait() {
  std::array<pollfd, 2> fds{pollfd{.fd = shared_.ops.descriptor(), .events = POLLIN, .revents = 0},
                            pollfd{.fd = -1, .events = 0, .revents = 0}};
  if (connection_ != nullptr) {
    fds[1].fd = connection_->descriptor();
    fds[1].events = connection_->wanted();
  }
  const Time deadline = next_deadline();
  int timeout = -1;
  if (deadline != Time::max()) {
    timeout =
        static_cast<int>(std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), 0ms).count());
  }
  if (::poll(fds.data(), fds.size(), timeout) > 0 && fds[1].revents != 0) connection_->handle(fds[1].revents);
}

}  // namespace starling::directory
