// The command line. What to do comes line by line on the standard input: commands.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace starling::bench {

enum class ProtocolKind : std::uint8_t {
  Starling,  // the server's own, over WebSocket
  Raw,       // bare records of a fixed size, spoken by the floors
};

struct Options {
  std::vector<std::uint16_t> ports;  // connection i goes to the one at i % size
  ProtocolKind protocol = ProtocolKind::Starling;
  std::string tokens_file;          // Starling: one a line, one a connection
  std::uint32_t connections = 0;    // Raw: how many there are
  std::uint32_t rooms = 1;          // Raw: connection i is in room i % rooms
  std::uint32_t body_bytes = 128;   // of a message
  std::uint32_t joining_max = 256;  // connections that are being opened at a time
  int server_pid = 0;               // whose CPU time is reported; 0: nobody's
  bool fold = false;                // keep prefix hashes, to resume by cursor
  bool heads = false;               // of each room, hear how far it has come, and no events
};

/// Exits with 2 and a message when the line is wrong.
Options parse_options(int argc, char** argv);

}  // namespace starling::bench
