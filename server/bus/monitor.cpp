#include "server/bus/monitor.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>
#include <zmq_addon.hpp>

namespace starling::bus {
namespace {

constexpr int kWatched = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

std::optional<Monitor::Event> event_of(std::uint16_t number) {
  switch (number) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return Monitor::Event::Connected;
    case ZMQ_EVENT_DISCONNECTED:
      return Monitor::Event::Disconnected;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return Monitor::Event::RefusedByPeer;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return Monitor::Event::HandshakeFailed;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      return Monitor::Event::BrokenOff;
    default:
      return std::nullopt;
  }
}

}  // namespace

Monitor::Monitor(zmq::context_t& context, zmq::socket_t& socket, std::uint64_t number)
    : watched_(socket.handle()), events_(context, zmq::socket_type::pair) {
  const std::string address = "inproc://monitor." + std::to_string(number);
  if (zmq_socket_monitor(socket.handle(), address.c_str(), kWatched) != 0) throw zmq::error_t();
  events_.set(zmq::sockopt::linger, 0);
  events_.connect(address);
}

Monitor::~Monitor() { zmq_socket_monitor(watched_, nullptr, 0); }

std::optional<Monitor::Event> Monitor::next() {
  std::vector<zmq::message_t> parts;  // u16 event, u32 value; then the endpoint
  if (!zmq::recv_multipart(events_, std::back_inserter(parts), zmq::recv_flags::dontwait)) return std::nullopt;
  std::uint16_t number = 0;
  if (parts.empty() || parts.front().size() < sizeof number) return std::nullopt;
  std::memcpy(&number, parts.front().data(), sizeof number);
  return event_of(number);
}

}  // namespace starling::bus
