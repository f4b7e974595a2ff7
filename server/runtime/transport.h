// Reading and writing a connection's descriptor, never blocking.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace starling::runtime {

class TlsStream;

struct IoResult {
  enum class Status : std::uint8_t {
    Ok,
    Blocked,  // would block; nothing moved
    Ended,    // the peer sends no more; it may still read
    Broken,
  };
  Status status = Status::Ok;
  std::size_t bytes = 0;
};

/// Has the peer ended its side, or the connection broken, whatever is still to be read?
bool peer_has_gone(int fd);

/// Has it said something, or ended, that was not read yet?
bool has_unread(int fd);

/// `tls` is null for plain text. `out` and `in` must not be empty.
IoResult receive(int fd, TlsStream* tls, std::span<std::byte> out);
IoResult transmit(int fd, TlsStream* tls, std::span<const iovec> in);

}  // namespace starling::runtime
