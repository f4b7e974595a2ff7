#include "server/runtime/shard_loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "server/runtime/close_codes.h"
#include "server/runtime/control_frames.h"
#include "server/runtime/http_pages.h"
#include "server/runtime/peer_address.h"

namespace starling::runtime {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr Duration kAcceptAgain = 1s;
constexpr std::size_t kEnvelopesPerTurn = 4096;
constexpr std::size_t kCompletionsKept = 1024;
constexpr Duration kHousekeeping = 1s;

}  // namespace

ShardLoop::ShardLoop(NodeContext& node, ShardId self, const ports::View& view, ListenSocket listener,
                     std::uint64_t seed)
    : node_(node),
      self_(self),
      index_(node.index_of(self)),
      io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),  // only this thread ever touches it; others use the mailbox
      work_(io_.get_executor()),
      core_(core::Shard(node.core, self, view, node.self.boot, seed), node.store_clock),
      connections_(node, core_, stats_, steady_now()),
      reader_(node, self, core_, connections_, stats_),
      pacer_(node.config.flush_delay_min, node.config.flush_delay_max),
      listener_(std::move(listener)),
      accept_watch_(io_, listener_.get()),
      poller_watch_(io_, connections_.poller().descriptor()),
      mail_watch_(io_, mailbox().descriptor()),
      timer_(io_),
      posted_to_(node.mailboxes.size()) {}

void ShardLoop::run() {
  turn_ended_ = steady_now();
  begin_turn();
  end_turn();
  while (!mailbox().stop_requested()) {
    if (!more_work_) io_.run_one();
    io_.poll();
    begin_turn();
    if (mail_left_) take_mail();
    end_turn();
  }
  // Connections close with the loop; nothing more is promised to them.
}

void ShardLoop::begin_turn() {
  if (in_turn_) return;
  in_turn_ = true;
  core_.read_clocks();
  turn_began_ = core_.now().at;
  connections_.deadlines().set_now(turn_began_);
}

void ShardLoop::end_turn() {
  if (core_.shard().next_deadline() <= core_.now().at) core_.on(core::DeadlineReached{});
  connections_.expire();
  carry_out_effects();

  bool left = false;
  if (connections_.anything_dirty()) {
    if (flush_at_ == kNever) flush_at_ = core_.now().at + pacer_.delay();
    if (flush_at_ <= core_.now().at) {
      connections_.flush();
      carry_out_effects();  // what the core asks for when it hears Drained
      // It is due already: what was queued just now has waited for company long enough.
      left = connections_.anything_dirty();
      if (!left) flush_at_ = kNever;
    }
  } else {
    flush_at_ = kNever;
  }
  more_work_ = left || mail_left_ || core_.has_effects();

  const bool unsaid = connections_.closing() != 0 || connections_.answering() != 0;
  if (drain_told_ && !drained_ && core_.shard().drained() && !unsaid) {
    drained_ = true;
    node_.shards_drained.fetch_add(1);
  }
  if (core_.now().at >= housekeeping_at_) housekeeping();

  ++stats_.turns;
  const Instant ended = steady_now();
  const Duration busy = ended - turn_began_;
  stats_.lag_max_s = std::max(stats_.lag_max_s, std::chrono::duration<double>(busy).count());
  pacer_.turn(busy, turn_began_ - turn_ended_);
  turn_ended_ = ended;
  in_turn_ = false;
  arm_watches();
  if (!more_work_) set_timer();
}

void ShardLoop::arm_watches() {
  if (core_.now().at >= accept_again_at_) accept_watch_.arm([this] { accept(); });
  poller_watch_.arm([this] { on_ready(); });
  mail_watch_.arm([this] { on_mail(); });
}

void ShardLoop::accept() {
  begin_turn();
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      if (errno == EAGAIN) return;
      // Out of descriptors or memory, whoever took them. The backlog stays readable: to look at once would be to spin.
      ++stats_.accepts_failed;
      accept_again_at_ = core_.now().at + kAcceptAgain;
      return;
    }
    if (node_.connections.fetch_add(1, std::memory_order_relaxed) >= node_.connections_max ||
        node_.unauthenticated.load(std::memory_order_relaxed) >= node_.config.unauthenticated_max) {
      node_.connections.fetch_sub(1, std::memory_order_relaxed);
      open_spare(fd);
      continue;
    }
    connections_.open(fd);
  }
}

void ShardLoop::open_spare(int fd) {
  if (may_read_metrics(node_.config, address_of_peer(fd))) {
    if (node_.spares.fetch_add(1, std::memory_order_relaxed) < kSpareConnections) return connections_.open(fd, true);
    node_.spares.fetch_sub(1, std::memory_order_relaxed);
  }
  ++stats_.refused;
  reader_.refuse(fd);
}

void ShardLoop::on_ready() {
  begin_turn();
  for (const epoll_event& event : connections_.poller().wait()) {
    const ConnId id = Poller::conn_of(event);
    if ((event.events & EPOLLOUT) != 0) {
      if (Connection* c = connections_.table().find(id)) connections_.writable(*c);
    }
    if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
      if (Connection* c = connections_.table().find(id)) reader_.readable(*c);
    }
    if (core_.full()) carry_out_effects();
  }
}

void ShardLoop::on_mail() {
  begin_turn();
  mailbox().acknowledge();
  take_mail();
}

void ShardLoop::take_mail() {
  take_notes();
  const bool more_completions = take_completions();
  const bool more_envelopes = mailbox().take_envelopes(kEnvelopesPerTurn, [this](ports::Envelope&& envelope) {
    core_.on(core::EnvelopeReceived{std::move(envelope)});
    if (core_.full()) carry_out_effects();
  });
  mail_left_ = more_completions || more_envelopes;
  if (mailbox().drain_requested() && !drain_told_) {
    drain_told_ = true;
    core_.on(core::DrainRequested{});
  }
  if (mailbox().take_hang_up()) hang_up();
}

/// Whoever is here waits for homes that do not hear this node: elsewhere they are heard.
void ShardLoop::hang_up() {
  connections_.table().for_each([this](Connection& c) {
    if (c.in_core) connections_.close(c, close_code::kDraining, "this node is cut off from the others");
  });
}

void ShardLoop::take_notes() {
  mailbox().take_answers(answers_);
  for (const ports::ApiResponse& response : answers_) reader_.answered(response);
  answers_.clear();
  mailbox().take_told(told_);
  for (core::Input& input : told_) core_.on(std::move(input));
  told_.clear();
}

bool ShardLoop::take_completions() {
  const bool fresh = completions_.empty();
  if (fresh) mailbox().take_completions(completions_);
  // A page read for many sessions that catch up is much to send: the rest waits for the next turn, after some writing.
  while (next_completion_ < completions_.size() && !core_.full()) {
    core_.on(core::StoreCompleted{std::move(completions_[next_completion_++])});
  }
  if (next_completion_ < completions_.size()) return true;
  next_completion_ = 0;
  completions_.clear();
  if (completions_.capacity() > kCompletionsKept) completions_ = {};
  return !fresh;  // others may have come while these waited, and their wake-up is acknowledged
}

void ShardLoop::on_timer() {
  begin_turn();
  timer_at_ = kNever;
}

void ShardLoop::set_timer() {
  const Instant at =
      std::min({core_.shard().next_deadline(), connections_.deadlines().next(), flush_at_, housekeeping_at_});
  // A timer that fires too early is cheaper than one that is moved at every turn.
  if (timer_at_ <= at) return;
  timer_at_ = at;
  timer_.expires_at(std::chrono::steady_clock::time_point(at.time_since_epoch()));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) on_timer();
  });
}

void ShardLoop::carry_out_effects() {
  if (!core_.has_effects()) return;
  core::Effects& effects = core_.take_effects();
  send_all(effects);
  for (const core::Effects::Close& close : effects.closes) {
    if (Connection* c = connections_.table().find(close.conn)) {
      connections_.close(*c, close_code_of(close.reason), close.text);
    }
  }
  for (ports::Post& each : effects.posts) post(std::move(each));
  for (std::size_t i = 0; i < posted_to_.size(); ++i) {
    if (posted_to_[i]) node_.mailboxes[i]->wake();
    posted_to_[i] = false;
  }
  for (ports::StoreOp& op : effects.store) node_.store.submit(self_, std::move(op));
  for (ports::DirectoryOp& op : effects.directory) node_.directory.submit(self_, std::move(op));
  if (effects.view_is_old && node_.membership) node_.membership->hurry();
}

void ShardLoop::post(ports::Post&& post) {
  if (!node_.self.has(post.to)) {
    ++stats_.envelopes_posted;
    return node_.bus.post(std::move(post));
  }
  ports::unpack(std::move(post), [this](ShardId to, ports::Envelope&& envelope) {
    const std::size_t index = node_.index_of(to);
    if (node_.mailboxes[index]->post(index_, std::move(envelope))) {
      ++stats_.envelopes_posted;
      posted_to_[index] = true;
    } else {
      ++stats_.envelopes_dropped;
    }
  });
}

void ShardLoop::send_all(core::Effects& effects) {
  for (core::Effects::Send& send : effects.sends) {
    seal(send.frame);
    for (std::uint32_t i = send.first; i < send.first + send.count; ++i) {
      Connection* c = connections_.table().find(effects.recipients[i]);
      if (c != nullptr && c->in_core) connections_.send(*c, send.frame);
    }
  }
}

void ShardLoop::housekeeping() {
  housekeeping_at_ = core_.now().at + kHousekeeping;
  stats_.core = core_.shard().counters();
  stats_.connections = connections_.table().size();
  stats_.flush_delay_s = std::chrono::duration<double>(pacer_.delay()).count();
  stats_.load = pacer_.load();
  node_.stats[index_]->set(stats_);
  stats_.lag_max_s = 0;
}

}  // namespace starling::runtime
