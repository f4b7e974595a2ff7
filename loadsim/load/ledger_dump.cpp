#include "loadsim/load/ledger_dump.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace starling::load {
namespace {

/// Decimal numbers behind tabs; false when there are others, more or fewer.
bool read_numbers(std::string_view text, std::span<std::uint64_t> numbers) {
  for (std::uint64_t& number : numbers) {
    if (!text.starts_with('\t')) return false;
    text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return text.empty();
}

bool take_word(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word) || line.substr(word.size(), 1) != "\t") return false;
  line.remove_prefix(word.size());
  return true;
}

check::LedgerEvent event_of(const std::array<std::uint64_t, 12>& f) {
  return {.seq = Seq(f[0]),
          .epoch = Epoch(static_cast<std::uint32_t>(f[1])),
          .kind = static_cast<wire::EventKind>(f[2]),
          .sender = UserId(f[3]),
          .device = DeviceId(f[4]),
          .cseq = Cseq(static_cast<std::uint32_t>(f[5])),
          .client_msg_id = ClientMsgId(f[6]),
          .target = Seq(f[7]),
          .subject = UserId(f[8]),
          .role = static_cast<wire::Role>(f[9]),
          .msg_no = f[10],
          .body_hash = f[11]};
}

}  // namespace

LedgerDump::LedgerDump(const std::string& path) : file_(std::fopen(path.c_str(), "re")) {
  if (file_ == nullptr) give_up("cannot be opened");
}

LedgerDump::~LedgerDump() {
  if (file_ != nullptr) std::fclose(file_);
  std::free(line_);
}

bool LedgerDump::give_up(const std::string& why) {
  if (error_.empty()) error_ = "the ledger dump, line " + std::to_string(line_number_) + ": " + why;
  return false;
}

bool LedgerDump::next_line() {
  if (std::exchange(held_, false)) return true;
  const ssize_t size = ::getline(&line_, &line_capacity_, file_);
  if (size <= 0) return false;
  ++line_number_;
  if (line_[size - 1] == '\n') line_[size - 1] = '\0';
  return true;
}

bool LedgerDump::next(check::LedgerRoom& room) {
  if (!error_.empty() || ended_) return false;
  if (!next_line()) return give_up("it was cut off: there is no 'end'");
  std::string_view line(line_);
  if (take_word(line, "end")) {
    std::array<std::uint64_t, 2> counts{};
    ended_ = true;
    if (!read_numbers(line, counts)) return give_up("'end' takes two numbers");
    if (counts[0] != rooms_ || counts[1] != events_) return give_up("rooms or events are missing");
    return false;
  }
  std::array<std::uint64_t, 4> head{};
  if (!take_word(line, "room") || !read_numbers(line, head)) return give_up("a room was expected");
  room = {.room = RoomId(head[0]),
          .epoch = Epoch(static_cast<std::uint32_t>(head[1])),
          .head = Seq(head[2]),
          .min_seq = Seq(head[3])};
  ++rooms_;
  while (next_line()) {
    std::string_view rest(line_);
    if (take_word(rest, "event")) {
      std::array<std::uint64_t, 12> fields{};
      if (!read_numbers(rest, fields)) return give_up("an event takes twelve numbers");
      room.events.push_back(event_of(fields));
      ++events_;
    } else if (take_word(rest, "device")) {
      std::array<std::uint64_t, 2> fields{};
      if (!read_numbers(rest, fields)) return give_up("a device takes two numbers");
      room.devices.push_back({.device = DeviceId(fields[0]), .last_cseq = Cseq(static_cast<std::uint32_t>(fields[1]))});
    } else {
      held_ = true;
      break;
    }
  }
  return true;
}

}  // namespace starling::load
