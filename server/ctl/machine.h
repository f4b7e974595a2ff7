// What the machine is like, as far as it matters to a server. Reads, and changes nothing but for a file of its own that it
// removes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace starling::ctl {

struct Descriptors {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
  pid_t server = 0;  // whose they are; 0: this process's
};
/// Of the server that holds the data directory, or of this process.
Descriptors descriptors(const std::string& data_dir);

/// The first number of a file below /proc/sys; nothing when there is none.
std::optional<std::int64_t> sysctl(const std::string& path);
struct PortRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
std::optional<PortRange> local_ports();

/// Whether the kernel is told the time by somebody.
bool clock_synchronised();
/// Random numbers come without waiting.
bool entropy_ready();
struct Memory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;
};
Memory memory();
std::uint32_t cores();

/// A word for the file system below a path: "ext4"-like ones are "local".
enum class FileSystem : std::uint8_t { Local, Memory, Network, User };
FileSystem file_system(const std::string& path);
/// The median of some small writes with an fdatasync each; nothing when none could be made.
std::optional<std::chrono::microseconds> sync_latency(const std::string& folder);

struct Ownership {
  bool exists = false;
  uid_t owner = 0;
  mode_t mode = 0;  // permission bits
};
Ownership ownership(const std::string& path);

struct Certificate {
  bool readable = false;
  bool key_fits = false;
  std::int64_t expires_s = 0;  // seconds since 1970
};
Certificate certificate(const std::string& certificate_path, const std::string& key_path);

enum class Port : std::uint8_t { Free, Taken, NotAllowed, NoAddress };
/// By binding it for a moment.
Port port_state(const std::string& address, std::uint16_t port);

}  // namespace starling::ctl
