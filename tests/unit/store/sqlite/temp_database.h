// A database in a directory of its own, and the short words its tests need.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

#include "common/base/ids.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

class TempDatabase {
 public:
  TempDatabase() {
    std::string name = (std::filesystem::temp_directory_path() / "starling-unit-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;
  ~TempDatabase() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::string path() const { return file("starling.db"); }

  /// SQL by hand, on any file.
  static void sql(const std::string& path, const char* statement) {
    Connection connection({.path = path, .mode = Connection::Mode::Create, .busy_timeout_ms = 1000});
    connection.exec(statement);
  }
  static std::int64_t number(const std::string& path, const char* statement) {
    Connection connection({.path = path, .busy_timeout_ms = 1000});
    return connection.number(statement);
  }
  static std::string bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  /// Overwrites part of a file.
  static void scratch(const std::string& path, std::size_t offset, std::size_t size) {
    std::string content = bytes(path);
    for (std::size_t i = offset; i < std::min(offset + size, content.size()); ++i)
      content[i] = static_cast<char>(content[i] ^ 0x5A);
    put_bytes(path, content);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace starling::store
