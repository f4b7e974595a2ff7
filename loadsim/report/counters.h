// What workers count, all of it totals from the start. Plain memory: workers send it as it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "loadsim/users/action.h"

namespace starling::report {

#define STARLING_LOAD_COUNTERS(X)                                                        \
  X(connects)         /* attempts */                                                     \
  X(connect_failures) /* no connection, no upgrade, or no Welcome */                     \
  X(logins)           /* Welcomes */                                                     \
  X(ticket_logins)    /* of them by ticket */                                            \
  X(disconnects)      /* of connections that were welcomed */                            \
  X(sends)            /* handed to the engine */                                         \
  X(accepted)         /* answered Accepted or Duplicate */                               \
  X(refused)          /* answered otherwise, for good */                                 \
  X(dropped)          /* sends that the engine's outbox had no room for */               \
  X(skipped)          /* actions with nothing to act on, or no connection to do it on */ \
  X(deliveries)       /* events shown to a user */                                       \
  X(live)             /* of them messages of this run that were not catch-up */          \
  X(redelivered)      /* dropped by the engine, at or below its cursor */                \
  X(gaps)             /* repaired by the engine */                                       \
  X(replayed)         /* sends repeated */                                               \
  X(pages)            /* of history read */                                              \
  X(page_failures)                                                                       \
  X(typing) /* notices shown */                                                          \
  X(resets) /* rooms that began anew, first windows included */                          \
  X(epoch_resets)                                                                        \
  X(rolled_back)   /* answered, and taken back by a raised epoch */                      \
  X(crashes)       /* of devices */                                                      \
  X(server_errors) /* Error frames */                                                    \
  X(fatal)         /* engines that gave up */                                            \
  X(fenced)        /* of them because the device is said to have logged in elsewhere */  \
  X(bytes_in)                                                                            \
  X(bytes_out)                                                                           \
  X(cpu_us) /* of the worker */                                                          \
  X(violations)

struct Counters {
#define STARLING_LOAD_COUNTER(name) std::uint64_t name = 0;
  STARLING_LOAD_COUNTERS(STARLING_LOAD_COUNTER)
#undef STARLING_LOAD_COUNTER
  std::array<std::uint64_t, users::kActions> actions{};

  void add(const Counters& other) {
#define STARLING_LOAD_COUNTER(name) name += other.name;
    STARLING_LOAD_COUNTERS(STARLING_LOAD_COUNTER)
#undef STARLING_LOAD_COUNTER
    for (std::size_t i = 0; i < actions.size(); ++i) actions[i] += other.actions[i];
  }
  /// Calls each(name, value) for the named ones.
  template <class Each>
  void for_each(Each&& each) const {
#define STARLING_LOAD_COUNTER(name) each(std::string_view(#name), name);
    STARLING_LOAD_COUNTERS(STARLING_LOAD_COUNTER)
#undef STARLING_LOAD_COUNTER
  }
};

/// What is, at this moment.
struct Gauges {
  std::uint64_t users = 0;
  std::uint64_t ready = 0;  // logged in, or just hung up to come back
  std::uint64_t live = 0;   // and every room answered
  std::uint64_t rooms_made = 0;
  std::uint64_t waiting = 0;    // sends without a final answer
  std::uint64_t unsettled = 0;  // users with something under way
  std::uint64_t rss_kb = 0;

  void add(const Gauges& other) {
    users += other.users;
    ready += other.ready;
    live += other.live;
    rooms_made += other.rooms_made;
    waiting += other.waiting;
    unsettled += other.unsettled;
    rss_kb += other.rss_kb;
  }
};

}  // namespace starling::report
