#include "server/bus/gatekeeper.h"

#include <algorithm>
#include <array>
#include <vector>
#include <zmq_addon.hpp>

#include "common/base/mutant.h"

namespace starling::bus {

Gatekeeper::Gatekeeper(zmq::context_t& context) : socket_(context, zmq::socket_type::rep) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind("inproc://zeromq.zap.01");
}

bool Gatekeeper::answer(Knock& knock) {
  // version, request id, domain, address, identity, mechanism, and for CURVE the client's key
  std::vector<zmq::message_t> request;
  if (!zmq::recv_multipart(socket_, std::back_inserter(request), zmq::recv_flags::dontwait)) return false;
  const auto part = [&](std::size_t i) { return i < request.size() ? request[i].to_string() : std::string(); };
  knock = {.accepted = false, .address = part(3), .key = {}};
  Key key{};
  const bool has_key = part(5) == "CURVE" && request.size() == 7 && request[6].size() == key.size();
  if (has_key) {
    std::copy_n(request[6].data<std::uint8_t>(), key.size(), key.begin());
    knock.key = text_of(key);
    knock.accepted = part(2) == kZapDomain && (keys_.contains(key) || mutant(Mutant::BusTakesAnyKey));
  }
  const std::array<zmq::const_buffer, 6> answer{
      zmq::str_buffer("1.0"),
      zmq::const_buffer(request.size() > 1 ? request[1].data() : nullptr, request.size() > 1 ? request[1].size() : 0),
      knock.accepted ? zmq::str_buffer("200") : zmq::str_buffer("400"),
      knock.accepted ? zmq::str_buffer("OK") : zmq::str_buffer("not a key of this cluster"),
      zmq::str_buffer(""),
      zmq::str_buffer("")};
  zmq::send_multipart(socket_, answer, zmq::send_flags::dontwait);
  return true;
}

}  // namespace starling::bus
