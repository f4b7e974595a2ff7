#include "tests/integration/cluster/own_world.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace starling::test {
namespace {

namespace fs = std::filesystem;

/// Nothing in it that a shell would take for its own.
void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

void require(bool done, const std::string& what) {
  if (!done) throw std::runtime_error(what);
}

}  // namespace

bool OwnWorld::can_be() { return ::geteuid() == 0 && std::system("command -v ip nft >/dev/null") == 0; }

OwnWorld::OwnWorld() {
  require(::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0, "unshare");
  require(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount");
  run("ip link set lo up");
  run("nft add table inet world");
  run("nft 'add chain inet world out { type filter hook output priority 0; }'");
}

void OwnWorld::cut(std::uint16_t port) {
  for (const char* end : {"dport", "sport"}) {
    run("nft add rule inet world out tcp " + std::string(end) + " " + std::to_string(port) + " drop");
  }
}

void OwnWorld::mend() { run("nft flush chain inet world out"); }

OwnWorld::~OwnWorld() {
  for (const auto& [path, text] : replaced_) {
    ::umount2(path.c_str(), MNT_DETACH);
    ::unlink(text.c_str());
  }
}

void OwnWorld::replace(const std::string& path, const std::string& text) {
  const auto [at, is_new] = replaced_.try_emplace(path);
  if (is_new) {
    std::string name = (fs::temp_directory_path() / "starling-file-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    require(file >= 0 && ::fchmod(file, 0644) == 0 && ::close(file) == 0, "mkstemp");
    require(::mount(name.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) == 0, "mount over " + path);
    at->second = name;
  }
  std::ofstream(at->second, std::ios::trunc) << text;
}

SmallDisk::SmallDisk(std::size_t bytes, const std::string& like) {
  std::string name = (fs::temp_directory_path() / "starling-disk-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "mkdtemp");
  folder_ = name;
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  fs::create_directory(folder());
  const std::string size = "size=" + std::to_string(bytes);
  require(::mount("none", folder().c_str(), "tmpfs", 0, size.c_str()) == 0, "mount");
  struct stat owner{};
  require(::stat(like.c_str(), &owner) == 0 && ::chown(folder().c_str(), owner.st_uid, owner.st_gid) == 0, "chown");
}

SmallDisk::~SmallDisk() {
  ::umount2(folder().c_str(), MNT_DETACH);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void SmallDisk::fill() const {
  std::ofstream file(folder() + "/filler", std::ios::binary);
  const std::vector<char> block(4096);
  while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

void SmallDisk::clear() const { fs::remove(folder() + "/filler"); }

}  // namespace starling::test
