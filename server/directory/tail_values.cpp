#include "server/directory/tail_values.h"

#include <span>
#include <utility>
#include <variant>

namespace starling::directory {

void write_value(const wire::Event& event, std::string& out) { wire::encode(wire::ServerFrame(event), out); }

void TailReader::begin(const ports::ReadTail& request) {
  room_ = request.room;
  next_ = request.after.next();
  events_.clear();
}

bool TailReader::take(std::string_view value) {
  auto frame = decoder_.server(std::as_bytes(std::span(value)));
  auto* event = frame ? std::get_if<wire::Event>(&*frame) : nullptr;
  if (event == nullptr || event->room != room_ || event->seq != next_) return false;
  next_ = next_.next();
  events_.push_back(std::move(*event));
  return true;
}

}  // namespace starling::directory
