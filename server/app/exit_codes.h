// How starlingd ends (docs/OPERATIONS.md).
#pragma once

namespace starling::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitBadStart = 1;      // configuration, data directory, keys, database: fix it, then start again
inline constexpr int kExitUsage = 2;         // command line
inline constexpr int kExitStoreFailed = 70;  // the store stopped in flight (a failed fsync, a damaged file, PostgreSQL
                                             // has another history now): restart
inline constexpr int kExitTryAgain = 75;  // the database or an address could not be had for now, or the cluster went on
                                          // without this node: restart
inline constexpr int kExitReplaced = 78;  // another process has this node's number: two that restart would end each
                                          // other for ever. Give one of them another number

}  // namespace starling::app
