#include "client-qt/cache/place.h"

#include <string>

namespace starling::qt {

Seq thread_root(const wire::Event& event) { return event.thread; }
Seq thread_root(const wire::Send& send) { return send.thread; }

bool mentions(const wire::Event& event, UserId user) {
  if (event.sender == user || event.body.find("<@") == std::string::npos) return false;
  return event.body.find("<@room>") != std::string::npos ||
         event.body.find("<@" + std::to_string(user.value) + ">") != std::string::npos;
}

}  // namespace starling::qt
