// The log as `starlingctl ledger` prints it: tab-separated lines, by room ascending.
//   room   ROOM EPOCH HEAD MIN_SEQ
//   event  SEQ EPOCH KIND SENDER DEVICE CSEQ CLIENT_MSG_ID TARGET SUBJECT ROLE MSG_NO BODY_HASH
//   device DEVICE LAST_CSEQ
//   end    ROOMS EVENTS
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "loadsim/check/ledger.h"

namespace starling::load {

class LedgerDump final : public check::Ledger {
 public:
  /// Reads on to the end of the file as rooms are asked for.
  explicit LedgerDump(const std::string& path);
  ~LedgerDump() override;
  LedgerDump(const LedgerDump&) = delete;
  LedgerDump& operator=(const LedgerDump&) = delete;

  bool next(check::LedgerRoom& room) override;
  /// After the last room: empty when the dump was whole and well formed.
  const std::string& error() const { return error_; }

 private:
  bool next_line();
  bool give_up(const std::string& why);

  std::FILE* file_ = nullptr;
  char* line_ = nullptr;
  std::size_t line_capacity_ = 0;
  std::uint64_t line_number_ = 0;
  std::uint64_t rooms_ = 0;
  std::uint64_t events_ = 0;
  bool held_ = false;  // line_ is the next room's
  bool ended_ = false;
  std::string error_;
};

}  // namespace starling::load
