// The one configuration tree of a server: parsed once, passed by const reference.
#pragma once

#include <cstdint>
#include <string>

#include "server/accounts/config.h"
#include "server/core/config.h"
#include "server/runtime/config.h"

namespace starling::app {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct Config {
  std::string data_dir = "starling-data";
  LogLevel log_level = LogLevel::Info;
  Duration drain_grace = std::chrono::seconds(60);
  std::uint32_t free_percent_min = 3;
  bool search = true;
  runtime::Config runtime;
  core::Config core;
  accounts::Config accounts;

  std::string database_path() const { return data_dir + "/starling.db"; }
  std::string search_path() const { return data_dir + "/search.db"; }
  std::string keys_dir() const { return data_dir + "/keys"; }
};

}  // namespace starling::app
