// A real PostgreSQL server, for one test program.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace starling::support {

/// Of its own; ends with it, or with the process.
class Cluster {
 public:
  /// Settings as NAME=VALUE.
  explicit Cluster(const std::vector<std::string>& settings = {});
  /// A hot standby of that one, under a name for synchronous_standby_names.
  Cluster(const Cluster& primary, const std::string& name);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  std::string conninfo(std::string_view database = "postgres") const;
  /// Its folder, which holds the socket.
  std::string folder() const;

  void crash();
  void resume();
  void promote();

 private:
  std::filesystem::path home_;
  std::filesystem::path file_;
};

/// The one that the tests of a run share (CTest's fixture `postgres`), else one of this process: its conninfo.
std::string shared_conninfo(std::string_view database);

}  // namespace starling::support
