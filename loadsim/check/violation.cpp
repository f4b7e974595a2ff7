#include "loadsim/check/violation.h"

namespace starling::check {

std::string to_string(const Violation& v) {
  std::string line(name_of(v.guarantee));
  const auto add = [&](const char* what, std::uint64_t value) {
    if (value != 0) line.append(" ").append(what).append(" ").append(std::to_string(value));
  };
  add("room", v.room.value);
  add("seq", v.seq.value);
  add("user", v.user.value);
  add("device", v.device.value);
  return line.append(": ").append(v.text);
}

}  // namespace starling::check
