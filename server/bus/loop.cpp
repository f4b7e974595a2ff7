#include "server/bus/loop.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace starling::bus {
namespace {

using namespace std::chrono_literals;
/// Then the others have their turn.
constexpr std::size_t kPostsPerTurn = 1024;

std::set<Key> keys_of(const Peers& peers) {
  std::set<Key> keys;
  for (const Peer& peer : peers) keys.insert(peer.public_key);
  return keys;
}

}  // namespace

Loop::Loop(Shared& shared, const Peers& peers)
    : shared_(shared),
      listening_(shared.config),
      complaints_(shared.callbacks.warn),
      gatekeeper_(context_),
      publisher_(context_, listening_, ++last_socket_, shared.counters) {
  listening_.listen = publisher_.endpoint();
  gatekeeper_.allow(keys_of(peers));
  for (const Peer& peer : peers) connections_.push_back({.peer = peer, .subscriber = nullptr});
  tell_states();
}

void Loop::run() {
  for (;;) {
    shared_.posts.acknowledge();
    if (shared_.stop.load(std::memory_order_acquire)) return;
    answer_knocks();
    look_at_connections();
    const bool more_messages = receive();
    const bool more_posts = send();
    connect_anew();
    wait(more_messages || more_posts);
  }
}

// ---- who is there

void Loop::connect(Connection& connection) try {
  connection.anew_at = std::chrono::steady_clock::now() + limits::kHandshakeTimeout;
  connection.open = false;
  connection.subscriber = nullptr;
  connection.subscriber =
      std::make_unique<Subscriber>(context_, listening_, connection.peer, ++last_socket_, shared_.counters);
} catch (const zmq::error_t& error) {
  const Peer& peer = connection.peer;
  complaints_.about("endpoint " + peer.name, [&] {
    return "bus: cannot connect to " + peer.name + " at " + peer.endpoint + ": " + error.what() +
           "; fix: write it as tcp://HOST:PORT";
  });
}

void Loop::connect_anew() {
  const Time now = std::chrono::steady_clock::now();
  for (Connection& each : connections_) {
    if (!each.open && each.anew_at <= now) connect(each);
  }
}

void Loop::answer_knocks() {
  for (Gatekeeper::Knock knock; gatekeeper_.answer(knock);) {
    ++(knock.accepted ? shared_.counters.keys_accepted : shared_.counters.keys_refused);
    if (knock.accepted) continue;
    complaints_.about("key", [&] {
      return "bus: " + knock.address + " is refused: its key " + knock.key +
             " is none of a peer; fix: if it is a node of this cluster, give that key to its entry in this node's " +
             "list of peers";
    });
  }
}

void Loop::look_at_connections() {
  while (const auto event = publisher_.look()) {
    if (*event != Monitor::Event::HandshakeFailed && *event != Monitor::Event::BrokenOff) continue;
    ++shared_.counters.handshakes_failed;
    // Whoever starts, ends, or only looks whether somebody listens here breaks off.
    if (*event == Monitor::Event::BrokenOff) continue;
    complaints_.about("handshake", [&] {
      return "bus: a handshake at " + endpoint() +
             " has failed; fix: who connects needs the public key of this node, " + text_of(listening_.public_key);
    });
  }
  bool changed = publisher_.take_subscriptions();
  for (Connection& each : connections_) {
    if (each.subscriber == nullptr) continue;
    while (const auto event = each.subscriber->look()) {
      changed = true;
      happened(each, *event);
    }
  }
  if (changed) tell_states();
}

void Loop::happened(Connection& connection, Monitor::Event event) {
  connection.open = event == Monitor::Event::Connected;
  if (connection.open) {
    connection.broken_off = 0;
    return;
  }
  connection.anew_at = std::chrono::steady_clock::now() + limits::kConnectAnewAfterFailure;
  if (event == Monitor::Event::Disconnected) return;
  ++shared_.counters.handshakes_failed;
  if (event == Monitor::Event::BrokenOff && ++connection.broken_off < limits::kBrokenOffMax) return;
  complain(connection.peer, event);
}

void Loop::complain(const Peer& peer, Monitor::Event event) {
  const std::string who = peer.name + " at " + peer.endpoint;
  if (event == Monitor::Event::RefusedByPeer) {
    complaints_.about("refused by " + peer.name, [&] {
      return "bus: " + who + " refuses this node; fix: give the public key of this node, " +
             text_of(listening_.public_key) + ", to its entry in the list of peers there";
    });
  } else {
    complaints_.about("handshake " + peer.name, [&] {
      return "bus: no handshake with " + who + ": it does not have the key " + text_of(peer.public_key) +
             ", or is no bus; fix: give its entry in this node's list of peers the line of bus.1.public there";
    });
  }
}

void Loop::tell_states() {
  std::vector<PeerState> states;
  for (const Connection& each : connections_) {
    states.push_back({.name = each.peer.name,
                      .shards = each.peer.shards,
                      .heard = each.open,
                      .hears = publisher_.is_heard_by(each.peer)});
  }
  shared_.set_states(std::move(states));
}

// ---- what is said

/// True when there may be more.
bool Loop::receive() {
  bool more = false;
  for (const Connection& each : connections_) {
    for (int n = 0; n < limits::kMessagesPerTurn && each.subscriber != nullptr; ++n) {
      auto posts = each.subscriber->take();
      if (!posts) break;
      more = more || n + 1 == limits::kMessagesPerTurn;
      if (!*posts) {
        refused(each.peer, posts->error());
        continue;
      }
      for (ports::Post& post : **posts) deliver(each.peer, std::move(post));
    }
  }
  return more;
}

void Loop::refused(const Peer& peer, Refusal refusal) {
  Counters& counters = shared_.counters;
  switch (refusal) {
    case Refusal::Malformed:
      ++counters.refused_malformed;
      return complaints_.about("malformed " + peer.name, [&] {
        return "bus: a message of " + peer.name + " is malformed; fix: run one version of starlingd on all nodes";
      });
    case Refusal::OtherVersion:
      ++counters.refused_version;
      return complaints_.about("version " + peer.name, [&] {
        return "bus: " + peer.name +
               " speaks another version of the bus; fix: run one version of starlingd on all nodes";
      });
    case Refusal::OtherCluster:
      ++counters.refused_cluster;
      return complaints_.about("cluster " + peer.name, [&] {
        return "bus: " + peer.name +
               " is of another cluster; fix: give both the same cluster.name, or take it out of this node's list of " +
               "peers";
      });
    case Refusal::PartMissing:
      ++counters.refused_parts;
      return;
  }
}

void Loop::deliver(const Peer& peer, ports::Post&& post) {
  Counters& counters = shared_.counters;
  if (!peer.shards.has(post.envelope.header.from)) {
    ++counters.refused_sender;
    return;
  }
  ports::unpack(std::move(post), [&](ShardId to, ports::Envelope&& envelope) {
    if (!listening_.shards.has(to)) {
      ++counters.refused_receiver;
      return;
    }
    ++(shared_.callbacks.deliver(to, std::move(envelope)) ? counters.envelopes : counters.envelopes_lost);
  });
}

/// True when some posts are left for the next turn.
bool Loop::send() {
  posts_.clear();
  const bool more = shared_.posts.take(posts_, kPostsPerTurn);
  for (const ports::Post& post : posts_) {
    const auto is_there = [&](const Connection& each) { return each.peer.shards.has(post.to); };
    const auto to = std::ranges::find_if(connections_, is_there);
    if (to == connections_.end()) {
      ++shared_.counters.posts_dropped_unknown;
    } else if (!publisher_.add(to->peer, post)) {
      complaints_.about("large", [&] {
        return "bus: a post of shard " + std::to_string(post.envelope.header.from.value) + ", kind " +
               std::to_string(post.envelope.payload.index()) +
               ", is larger than any should be, and lost; fix: report it";
      });
    }
  }
  publisher_.flush();
  return more;
}

void Loop::wait(bool more) {
  auto at_most = std::chrono::milliseconds::max();
  for (const Connection& each : connections_) {
    if (each.open) continue;
    const auto left = each.anew_at - std::chrono::steady_clock::now();
    at_most = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left), 0ms, at_most);
  }
  if (more) at_most = 0ms;
  const long timeout = at_most == std::chrono::milliseconds::max() ? -1 : static_cast<long>(at_most.count());
  std::vector<zmq_pollitem_t> items{{nullptr, shared_.posts.descriptor(), ZMQ_POLLIN, 0}};
  const auto add = [&](zmq::socket_t& socket) { items.push_back({socket.handle(), 0, ZMQ_POLLIN, 0}); };
  add(gatekeeper_.socket());
  add(publisher_.socket());
  add(publisher_.events());
  for (const Connection& each : connections_) {
    if (each.subscriber == nullptr) continue;
    add(each.subscriber->socket());
    add(each.subscriber->events());
  }
  if (zmq_poll(items.data(), static_cast<int>(items.size()), timeout) < 0 && errno != EINTR) {
    throw zmq::error_t();
  }
}

}  // namespace starling::bus
