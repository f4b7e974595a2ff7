#include "server/runtime/writer.h"

#include <array>

#include "server/runtime/transport.h"

namespace starling::runtime {
namespace {
constexpr std::size_t kGatherMax = 64;
}

void Writer::queue(Connection& c, ports::SharedFrame frame) {
  c.outbox.push(std::move(frame));
  if (c.dirty || c.blocked) return;
  c.dirty = true;
  dirty_.push_back(c.id);
}

void Writer::writable(Connection& c) {
  if (!c.blocked) return;
  c.blocked = false;
  poller_.watch(c.fd, c.id, !c.ended, false);
  if (c.dirty || c.outbox.empty()) return;
  c.dirty = true;
  dirty_.push_back(c.id);
}

Connection* Writer::next_dirty() {
  Connection* c = table_.find(dirty_[next_++]);
  if (next_ == dirty_.size()) {
    dirty_.clear();
    next_ = 0;
  } else if (next_ >= 4096) {
    // A drain that never ends must not grow the list for ever.
    dirty_.erase(dirty_.begin(), dirty_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }
  if (c != nullptr) c->dirty = false;
  return c;
}

Writer::Flushed Writer::write(Connection& c) {
  Flushed flushed{.connection = c};
  std::array<iovec, kGatherMax> iov;
  const std::size_t count = c.outbox.gather(iov);
  if (count == 0) return flushed;
  std::size_t offered = 0;
  for (std::size_t i = 0; i < count; ++i) offered += iov[i].iov_len;

  const IoResult result = transmit(c.fd, c.tls.get(), std::span(iov).first(count));
  ++stats_.writes;
  switch (result.status) {
    case IoResult::Status::Ended:
    case IoResult::Status::Broken:
      flushed.broken = true;
      return flushed;
    case IoResult::Status::Blocked:
      ++stats_.writes_blocked;
      block(c);
      return flushed;
    case IoResult::Status::Ok:
      break;
  }
  const Outbox::Written written = c.outbox.consume(result.bytes);
  stats_.bytes_out += result.bytes;
  stats_.frames_out += written.frames;
  flushed.payload = written.payload;
  flushed.progressed = true;
  if (c.outbox.empty()) return flushed;
  if (result.bytes < offered && c.tls == nullptr) {
    // A short write filled the send buffer; asking again would only say so.
    block(c);
  } else if (!c.dirty) {
    c.dirty = true;
    dirty_.push_back(c.id);
  }
  return flushed;
}

void Writer::block(Connection& c) {
  if (c.blocked) return;
  c.blocked = true;
  poller_.watch(c.fd, c.id, !c.ended, true);
}

}  // namespace starling::runtime
