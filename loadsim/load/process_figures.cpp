#include "loadsim/load/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

namespace starling::load {

std::uint64_t cpu_used_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) {
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_usec);
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

std::uint64_t resident_kb() {
  unsigned long total = 0;
  unsigned long resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024 : 0;
}

}  // namespace starling::load
