#include "server/runtime/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "common/base/assert.h"

namespace starling::runtime {

Mailbox::Mailbox(std::size_t writers, std::size_t ring_capacity) : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  for (std::size_t i = 0; i < writers; ++i)
    rings_.push_back(std::make_unique<SpscRing<ports::Envelope>>(ring_capacity));
}

Mailbox::~Mailbox() { ::close(event_); }

bool Mailbox::post(std::size_t writer, ports::Envelope&& envelope) { return rings_[writer]->push(std::move(envelope)); }

void Mailbox::complete(ports::StoreCompletion&& completion) {
  {
    const std::lock_guard lock(completions_mutex_);
    completions_.push_back(std::move(completion));
  }
  wake();
}

void Mailbox::take_completions(std::vector<ports::StoreCompletion>& out) {
  STARLING_ASSERT(out.empty());
  const std::lock_guard lock(completions_mutex_);
  out.swap(completions_);
}

void Mailbox::answer(ports::ApiResponse&& response) {
  {
    const std::lock_guard lock(notes_mutex_);
    answers_.push_back(std::move(response));
  }
  wake();
}

void Mailbox::tell(core::Input&& input) {
  {
    const std::lock_guard lock(notes_mutex_);
    told_.push_back(std::move(input));
  }
  wake();
}

void Mailbox::take_answers(std::vector<ports::ApiResponse>& out) {
  STARLING_ASSERT(out.empty());
  const std::lock_guard lock(notes_mutex_);
  out.swap(answers_);
}

void Mailbox::take_told(std::vector<core::Input>& out) {
  STARLING_ASSERT(out.empty());
  const std::lock_guard lock(notes_mutex_);
  out.swap(told_);
}

void Mailbox::wake() {
  // One write wakes for all that arrived since the last acknowledge().
  if (awake_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  STARLING_ASSERT(::write(event_, &one, sizeof one) == sizeof one);
}

void Mailbox::acknowledge() {
  std::uint64_t count = 0;
  // Nothing to read when two wake-ups fell into one turn.
  if (::read(event_, &count, sizeof count) < 0) STARLING_ASSERT(errno == EAGAIN);
  // An exchange, not a store: it synchronises with the wake() that found the flag set, so that what came before that
  // wake() is seen by the taking that follows.
  awake_.exchange(false, std::memory_order_acq_rel);
}

void Mailbox::request(unsigned what) {
  requests_.fetch_or(what, std::memory_order_acq_rel);
  wake();
}

}  // namespace starling::runtime
