#include "server/app/spare_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace starling::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookEvery = 10s;
constexpr std::uint64_t kBurst = 1000;  // reads between two looks
constexpr std::uint64_t kCalm = 100;

std::uint64_t resident_bytes() {
  std::uint64_t total = 0;
  std::uint64_t resident = 0;  // both in pages
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

bool SpareMemory::due(Instant now, std::uint64_t reads) {
  if (now - looked_at_ < kLookEvery) return false;
  const std::uint64_t since = reads - reads_;
  looked_at_ = now;
  reads_ = reads;
  if (since > kBurst) burst_ = true;
  if (!burst_ || since > kCalm) return false;
  burst_ = false;
  return true;
}

std::uint64_t give_back_spare_memory() {
  const std::uint64_t before = resident_bytes();
  ::malloc_trim(0);
  return before - std::min(before, resident_bytes());
}

}  // namespace starling::app
