#include "tests/integration/cluster/talk.h"

#include <chrono>
#include <thread>

namespace starling::test {

using namespace std::chrono_literals;

std::unique_ptr<Peer> connect(ServerProcess& node, UserId user, std::uint64_t device) {
  becomes_ready(node);
  auto peer = std::make_unique<Peer>(node.port());
  peer->login(node.token(user, DeviceId(user.value * 100 + device), 1h, {.sends_per_s = 1000, .sends_burst = 1000}));
  return peer;
}

Seq say(Peer& peer, RoomId room, Epoch epoch, std::uint32_t cseq, const std::string& body) {
  for (const auto until = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < until;) {
    const wire::SendResult result = peer.say(room, epoch, Cseq(cseq), body);
    if (result.status == wire::SendStatus::Accepted || result.status == wire::SendStatus::Duplicate) return result.seq;
    std::this_thread::sleep_for(50ms);
  }
  return {};
}

bool hears(Peer& peer, Seq seq) {
  return peer.hears<wire::Event>(20s, [&](const wire::Event& event) { return event.seq == seq; });
}

std::string log_of(ServerProcess& node) { return node.process().output(); }

bool comes_true(const std::function<bool()>& what) {
  for (const auto until = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < until;) {
    if (what()) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

bool says(ServerProcess& node, const std::string& words) {
  return comes_true([&] { return log_of(node).find(words) != std::string::npos; });
}

std::string readiness(ServerProcess& node) { return http_get(node.port(), "/readyz"); }
bool becomes_ready(ServerProcess& node) {
  return comes_true([&] { return status_of(readiness(node)) == 200; });
}
bool becomes_unready(ServerProcess& node) {
  return comes_true([&] { return status_of(readiness(node)) == 503; });
}

}  // namespace starling::test
