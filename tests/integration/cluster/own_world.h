// A network and mounts that only the rest of this process, and what it starts, can see: for what must not touch the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace starling::test {

class OwnWorld {
 public:
  /// It takes root, and the programs ip and nft.
  static bool can_be();
  /// Of this process from now on: an empty network but for loopback.
  OwnWorld();
  ~OwnWorld();
  OwnWorld(const OwnWorld&) = delete;
  OwnWorld& operator=(const OwnWorld&) = delete;

  /// Nothing gets to who listens at a port, nor back from there.
  void cut(std::uint16_t port);
  void mend();
  /// A file has another text from now on.
  void replace(const std::string& path, const std::string& text);

 private:
  std::map<std::string, std::string> replaced_;  // path -> where its text is
};

/// A filesystem in memory that is soon full.
class SmallDisk {
 public:
  /// For the owner of `like`.
  SmallDisk(std::size_t bytes, const std::string& like);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::string folder() const { return folder_ + "/space"; }
  void fill() const;
  void clear() const;

 private:
  std::string folder_;
};

}  // namespace starling::test
