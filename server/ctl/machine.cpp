#include "server/ctl/machine.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace starling::ctl {
namespace {

/// Who holds the lock on a file; 0: nobody, or it cannot be told.
pid_t holder_of(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return 0;
  const std::string file = fmt::format("{:02x}:{:02x}:{}", major(about.st_dev), minor(about.st_dev), about.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string mandatory;
    std::string access;
    std::string inode;
    pid_t pid = 0;
    words >> number >> kind >> mandatory >> access >> pid >> inode;
    if (kind == "FLOCK" && inode == file) return pid;
  }
  return 0;
}

std::optional<Descriptors> descriptors_of(pid_t pid) {
  std::ifstream limits(fmt::format("/proc/{}/limits", pid));
  for (std::string line; std::getline(limits, line);) {
    constexpr std::string_view kName = "Max open files";
    if (!line.starts_with(kName)) continue;
    Descriptors found{.server = pid};
    std::istringstream words(line.substr(kName.size()));
    words >> found.soft >> found.hard;
    if (words) return found;
  }
  return std::nullopt;
}

bool is_one_of(long type, std::initializer_list<long> types) { return std::ranges::find(types, type) != types.end(); }

struct OwnFile {
  explicit OwnFile(const std::string& folder) : path(folder + "/doctor-XXXXXX"), fd(::mkstemp(path.data())) {}
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  ~OwnFile() {
    if (fd < 0) return;
    ::close(fd);
    ::unlink(path.c_str());
  }
  std::string path;
  int fd;
};

}  // namespace

Descriptors descriptors(const std::string& data_dir) {
  if (const pid_t server = holder_of(data_dir + "/starlingd.lock"); server > 0) {
    if (const auto found = descriptors_of(server)) return *found;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return {.soft = limit.rlim_cur, .hard = limit.rlim_max};
}

std::optional<std::int64_t> sysctl(const std::string& path) {
  std::ifstream file("/proc/sys/" + path);
  std::int64_t value = 0;
  if (!(file >> value)) return std::nullopt;
  return value;
}

std::optional<PortRange> local_ports() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  PortRange range;
  if (!(file >> range.first >> range.last)) return std::nullopt;
  return range;
}

bool clock_synchronised() {
  timex now{};
  return ::adjtimex(&now) != TIME_ERROR && (now.status & STA_UNSYNC) == 0;
}

bool entropy_ready() {
  std::array<char, 16> bytes;
  return ::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK) == static_cast<ssize_t>(bytes.size());
}

Memory memory() {
  std::ifstream file("/proc/meminfo");
  Memory found;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t kib = 0;
    words >> name >> kib;
    if (name == "MemTotal:") found.total = kib * 1024;
    if (name == "MemAvailable:") found.available = kib * 1024;
  }
  return found;
}

std::uint32_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

FileSystem file_system(const std::string& path) {
  constexpr long kCifs = 0xFF534D42;
  constexpr long kSmb2 = 0xFE534D42;
  constexpr long kFuse = 0x65735546;
  constexpr long kCeph = 0x00C36400;
  struct statfs about{};
  if (::statfs(path.c_str(), &about) != 0) return FileSystem::Local;
  const long type = about.f_type;
  if (is_one_of(type, {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, kCifs, kSmb2, kCeph, V9FS_MAGIC, AFS_SUPER_MAGIC})) {
    return FileSystem::Network;
  }
  if (is_one_of(type, {TMPFS_MAGIC, RAMFS_MAGIC})) return FileSystem::Memory;
  return type == kFuse ? FileSystem::User : FileSystem::Local;
}

std::optional<std::chrono::microseconds> sync_latency(const std::string& folder) {
  constexpr int kWrites = 15;
  const OwnFile file(folder);
  if (file.fd < 0) return std::nullopt;
  const std::array<char, 4096> page{};
  std::vector<std::chrono::microseconds> took;
  for (int i = 0; i < kWrites; ++i) {
    const auto began = std::chrono::steady_clock::now();
    if (::write(file.fd, page.data(), page.size()) != static_cast<ssize_t>(page.size())) return std::nullopt;
    if (::fdatasync(file.fd) != 0) return std::nullopt;
    took.push_back(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began));
  }
  std::ranges::nth_element(took, took.begin() + kWrites / 2);
  return took[kWrites / 2];
}

Ownership ownership(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {};
  return {.exists = true, .owner = about.st_uid, .mode = about.st_mode & 07777};
}

Port port_state(const std::string& address, std::uint16_t port) {
  sockaddr_storage at{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&at);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&at);
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof(sockaddr_in);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  } else {
    return Port::NoAddress;
  }
  const int fd = ::socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Port::NoAddress;
  // As the server does it: what a stopped one has left in TIME_WAIT does not hold the port.
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const int code = ::bind(fd, reinterpret_cast<const sockaddr*>(&at), size) == 0 ? 0 : errno;
  ::close(fd);
  if (code == 0) return Port::Free;
  if (code == EADDRINUSE) return Port::Taken;
  return code == EACCES ? Port::NotAllowed : Port::NoAddress;
}

}  // namespace starling::ctl
