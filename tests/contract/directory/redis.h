// A real redis-server in a folder of its own, and nodes that use it.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/directory/directory.h"

namespace starling::contract {

/// On a unix socket.
class RedisServer {
 public:
  /// `more`: arguments of redis-server. `file`: of its configuration.
  explicit RedisServer(std::vector<std::string> more = {}, const std::string& file = "port 0\nsave \"\"\n");
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void start();
  void stop();
  /// It is there, and answers nothing.
  void stand_still();
  void go_on();

  directory::Config config(const ports::TailLimits& limits = {}) const;
  /// A command by another client; its answer as text.
  std::string ask(const std::vector<std::string>& words) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> arguments_;
  pid_t process_ = 0;
};

class DirectoryNode {
 public:
  /// Waits until the server has let it in, unless told not to.
  explicit DirectoryNode(const directory::Config& config, bool waits = true);

  void submit(ports::DirectoryRequest request);
  /// The answer; an exception when there is none, or any read has had two.
  std::vector<wire::Event> read(const ports::ReadTail& request);
  bool is_answered(const ports::ReadTail& request);
  bool complains(const std::string& of);
  std::uint64_t metric(const std::string& name) const;
  bool reaches(const std::string& name, std::uint64_t value);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, std::vector<std::vector<wire::Event>>> answers_;  // by id
  std::vector<std::string> lines_;
  std::uint64_t last_id_ = 0;
  directory::Directory directory_;  // last: its thread uses the others
};

}  // namespace starling::contract
