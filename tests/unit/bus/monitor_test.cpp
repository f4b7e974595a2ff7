#include "server/bus/monitor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace starling::bus {
namespace {

using namespace std::chrono_literals;

/// A listener and what it listens to.
struct Pair {
  explicit Pair(zmq::context_t& context)
      : speaker(context, zmq::socket_type::pub), listener(context, zmq::socket_type::sub) {
    speaker.set(zmq::sockopt::linger, 0);
    listener.set(zmq::sockopt::linger, 0);
    listener.set(zmq::sockopt::subscribe, "");
    listener.set(zmq::sockopt::rcvtimeo, 10);
    speaker.bind("tcp://127.0.0.1:*");
  }
  void connect() { listener.connect(speaker.get(zmq::sockopt::last_endpoint)); }
  /// Within twenty seconds; what is said before it listens is lost.
  bool passes() {
    zmq::message_t heard;
    for (int tries = 0; tries < 2000; ++tries) {
      speaker.send(zmq::str_buffer("x"), zmq::send_flags::dontwait);
      if (listener.recv(heard)) return true;
    }
    return false;
  }

  zmq::socket_t speaker;
  zmq::socket_t listener;
};

TEST(Monitor, WhenItIsGoneLibzmqDoesNotWaitForIt) {
  // Left as it is when a thread of it hangs: its end would wait for that one.
  auto context = std::make_unique<zmq::context_t>(1);
  Pair watched(*context);
  std::optional<Monitor> monitor(std::in_place, *context, watched.listener, 1);
  watched.connect();
  ASSERT_TRUE(watched.passes());
  std::optional<Monitor::Event> event;
  for (int tries = 0; !event && tries < 2000; ++tries, std::this_thread::sleep_for(10ms)) event = monitor->next();
  EXPECT_EQ(event, Monitor::Event::Connected);

  monitor.reset();
  watched.speaker.close();  // of which nobody wants to hear any more
  std::this_thread::sleep_for(100ms);
  Pair other(*context);
  other.connect();
  const bool passes = other.passes();
  EXPECT_TRUE(passes) << "libzmq's thread hangs";
  if (!passes) std::_Exit(1);
}

}  // namespace
}  // namespace starling::bus
