// What users do at nodes, and what nodes say of themselves. Every wait has an end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {

inline constexpr UserId kAda{1};
inline constexpr UserId kBob{2};

/// Of a user, at some node.
std::unique_ptr<Peer> connect(ServerProcess& node, UserId user, std::uint64_t device);
/// As a client does: again, while the answer is that this is not the moment. 0: it never was.
Seq say(Peer& peer, RoomId room, Epoch epoch, std::uint32_t cseq, const std::string& body);
bool hears(Peer& peer, Seq seq);

std::string log_of(ServerProcess& node);
bool comes_true(const std::function<bool()>& what);
/// In its log.
bool says(ServerProcess& node, const std::string& words);
/// At /readyz; what it answers.
std::string readiness(ServerProcess& node);
bool becomes_ready(ServerProcess& node);
bool becomes_unready(ServerProcess& node);

}  // namespace starling::test
