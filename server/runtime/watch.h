// Waits once, through Asio, until a descriptor can be read. The descriptor stays its owner's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <utility>

namespace starling::runtime {

class Watch {
 public:
  Watch(boost::asio::io_context& io, int fd) : descriptor_(io, fd) {}
  ~Watch() { descriptor_.release(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Calls on_readable() once there is something to read, and then no more until it is armed again: a descriptor that
  /// stays readable must not keep the loop from the rest of its turn.
  template <class OnReadable>
  void arm(OnReadable on_readable) {
    if (armed_) return;
    armed_ = true;
    descriptor_.async_wait(Descriptor::wait_read, [this, on_readable](boost::system::error_code error) {
      if (error) return;  // cancelled, and this may be gone
      armed_ = false;
      on_readable();
    });
  }

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  Descriptor descriptor_;
  bool armed_ = false;
};

}  // namespace starling::runtime
