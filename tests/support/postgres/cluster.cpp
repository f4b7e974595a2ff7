#include "tests/support/postgres/cluster.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace starling::support {
namespace {

namespace fs = std::filesystem;

void run(const std::string& arguments) {
  // Paths and settings of tests: nothing in them that a shell would take for its own but what is quoted here.
  const std::string command = fmt::format("/usr/bin/python3 '{}' {}", STARLING_CLUSTER_PY, arguments);
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string quoted(const fs::path& path) { return fmt::format("'{}'", path.string()); }

std::string folder_in(const fs::path& file) {
  std::string folder;
  std::ifstream in(file);
  if (!std::getline(in, folder)) throw std::runtime_error("no server is named in " + file.string());
  return folder;
}

std::string conninfo_of(std::string_view folder, std::string_view database) {
  return fmt::format("host={} user=starling dbname={}", folder, database);
}

fs::path new_home() {
  std::string name = (fs::temp_directory_path() / "starling-cluster-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return name;
}

}  // namespace

Cluster::Cluster(const std::vector<std::string>& settings) : home_(new_home()), file_(home_ / "primary") {
  std::string arguments = fmt::format("start {} --with {}", quoted(file_), ::getpid());
  for (const std::string& setting : settings) arguments += fmt::format(" '{}'", setting);
  run(arguments);
}

Cluster::Cluster(const Cluster& primary, const std::string& name) : home_(new_home()), file_(home_ / name) {
  run(fmt::format("start {} --with {} --standby-of {}", quoted(file_), ::getpid(), quoted(primary.file_)));
}

Cluster::~Cluster() {
  try {
    run(fmt::format("stop {}", quoted(file_)));
  } catch (const std::runtime_error&) {
    // The watcher that was started with it tries again.
  }
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

std::string Cluster::folder() const { return folder_in(file_); }
std::string Cluster::conninfo(std::string_view database) const { return conninfo_of(folder(), database); }

void Cluster::crash() { run("crash " + quoted(file_)); }
void Cluster::resume() { run("resume " + quoted(file_)); }
void Cluster::promote() { run("promote " + quoted(file_)); }

std::string shared_conninfo(std::string_view database) {
  if (const char* file = std::getenv("STARLING_TEST_POSTGRES")) return conninfo_of(folder_in(file), database);
  static const Cluster kOwn;
  return kOwn.conninfo(database);
}

}  // namespace starling::support
