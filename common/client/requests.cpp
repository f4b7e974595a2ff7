#include "common/client/requests.h"

#include <algorithm>
#include <utility>

#include "common/client/settings.h"

namespace starling::client {

Requests::Pending& Requests::pending() {
  if (pending_ == nullptr) pending_ = std::make_unique<Pending>();
  return *pending_;
}

void Requests::drop_if_empty() {
  if (pending_ == nullptr) return;
  if (pending_->pages.empty() && pending_->asked.empty() && pending_->marks.empty()) pending_.reset();
}

bool Requests::full() const {
  return pending_ != nullptr && pending_->pages.size() + pending_->asked.size() >= limits::kRequestsMax;
}

bool Requests::awaits_page() const { return pending_ != nullptr && !pending_->pages.empty(); }

std::uint32_t Requests::add_page(RoomId room, Instant deadline) {
  pending().pages.push_back({.request_id = ++last_request_id_, .room = room, .deadline = deadline});
  return last_request_id_;
}

bool Requests::take_page(std::uint32_t request_id) {
  if (pending_ == nullptr) return false;
  const bool found = std::erase_if(pending_->pages, [&](const Page& p) { return p.request_id == request_id; }) > 0;
  drop_if_empty();
  return found;
}

void Requests::add(std::uint64_t request_id, wire::ClientFrame frame) {
  pending().asked.push_back({.request_id = request_id, .frame = std::move(frame)});
}

bool Requests::take(std::uint64_t request_id) {
  if (pending_ == nullptr) return false;
  const bool found = std::erase_if(pending_->asked, [&](const Asked& a) { return a.request_id == request_id; }) > 0;
  drop_if_empty();
  return found;
}

void Requests::put_off(std::uint64_t request_id, Instant when) {
  if (pending_ == nullptr) return;
  for (Asked& asked : pending_->asked) {
    if (asked.request_id == request_id) asked.send_at = when;
  }
}

void Requests::add_mark(const wire::ReadMark& mark) {
  for (Mark& waiting : pending().marks) {
    if (waiting.frame.room != mark.room) continue;
    if (mark.seq > waiting.frame.seq) waiting = {.frame = mark};
    return;
  }
  pending().marks.push_back({.frame = mark});
}

void Requests::confirm_mark(RoomId room, Seq seq) {
  if (pending_ == nullptr) return;
  std::erase_if(pending_->marks, [&](const Mark& m) { return m.frame.room == room && m.frame.seq <= seq; });
  drop_if_empty();
}

void Requests::next_frames(Instant now, std::vector<wire::ClientFrame>& frames) {
  if (pending_ == nullptr) return;
  for (Asked& asked : pending_->asked) {
    if (asked.send_at > now) continue;
    asked.send_at = now + limits::kAnswerTimeout;
    frames.push_back(asked.frame);
  }
  for (Mark& mark : pending_->marks) {
    if (mark.sent || mark.send_at > now) continue;
    mark.sent = true;
    mark.send_at = now + limits::kAnswerTimeout;
    frames.emplace_back(mark.frame);
  }
}

void Requests::connection_lost(std::vector<Notice>& notices) {
  if (pending_ == nullptr) return;
  for (const Page& page : pending_->pages) {
    notices.emplace_back(PageFailed{.request_id = page.request_id, .room = page.room});
  }
  pending_->pages.clear();
  for (Asked& asked : pending_->asked) asked.send_at = Instant{};
  for (Mark& mark : pending_->marks) mark = {.frame = mark.frame};
  drop_if_empty();
}

void Requests::on_time(Instant now, std::vector<Notice>& notices) {
  if (pending_ == nullptr) return;
  std::erase_if(pending_->pages, [&](const Page& page) {
    if (page.deadline > now) return false;
    notices.emplace_back(PageFailed{.request_id = page.request_id, .room = page.room});
    return true;
  });
  // A mark is a hint without an answer of its own: sent, and the connection still alive, is enough.
  std::erase_if(pending_->marks, [&](const Mark& mark) { return mark.sent && mark.send_at <= now; });
  drop_if_empty();
}

Instant Requests::deadline() const {
  Instant first = kNever;
  if (pending_ == nullptr) return first;
  for (const Page& page : pending_->pages) first = std::min(first, page.deadline);
  for (const Asked& asked : pending_->asked) first = std::min(first, asked.send_at);
  for (const Mark& mark : pending_->marks) first = std::min(first, mark.send_at);
  return first;
}

}  // namespace starling::client
