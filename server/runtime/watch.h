// Waits, through Asio, until a descriptor can be read, again and again. The descriptor stays its owner's.
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

  /// Calls on_readable() whenever there is something to read; level-triggered.
  template <class OnReadable>
  void start(OnReadable on_readable) {
    descriptor_.async_wait(Descriptor::wait_read, [this, on_readable](boost::system::error_code error) {
      if (error) return;  // cancelled
      on_readable();
      start(on_readable);
    });
  }
  void cancel() { descriptor_.cancel(); }

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  Descriptor descriptor_;
};

}  // namespace starling::runtime
