// Why something that a process needs did not start.
#pragma once

#include <string>
#include <utility>

namespace starling {

struct StartError {
  // NOLINTNEXTLINE(google-explicit-constructor): most are for somebody to fix.
  StartError(std::string what_to_do, bool may_pass = false) : text(std::move(what_to_do)), passes(may_pass) {}

  std::string text;  // says what to do
  bool passes;       // as another process's lock does, or a failover: worth trying again
};

}  // namespace starling
