#include "server/directory/counters.h"

#include <fmt/format.h>

#include <iterator>

namespace starling::directory {

std::string Counters::text() const {
  std::string out;
  const auto line = [&out](const char* type, const char* name, const char* help, const Counter& value) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type,
                   value.load(std::memory_order_relaxed));
  };
  line("counter", "starling_directory_appends_total", "Appends to rooms' tails", appends);
  line("counter", "starling_directory_appends_refused_total", "Of them, not where the tail ended: it was deleted",
       appends_refused);
  line("counter", "starling_directory_forgets_total", "Rooms' tails deleted because a text was erased", forgets);
  line("counter", "starling_directory_reads_total", "Reads of rooms' tails", reads);
  line("counter", "starling_directory_reads_found_total", "Of them, answered with events", reads_found);
  line("counter", "starling_directory_reads_late_total", "Of them, answered without the server, which took too long",
       reads_late);
  line("counter", "starling_directory_reads_wrong_total", "Of them, that found what no room's tail is", reads_wrong);
  line("counter", "starling_directory_lost_total", "Operations lost because the server is away or behind", lost);
  line("counter", "starling_directory_errors_total", "Errors that the server answered", errors);
  line("counter", "starling_directory_connects_total", "Connections made", connects);
  line("gauge", "starling_directory_connected", "Whether the server is there, and lets this node in", connected);
  return out;
}

}  // namespace starling::directory
