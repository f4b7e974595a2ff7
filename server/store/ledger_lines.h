// The log as tab-separated lines, by room ascending; all numbers are unsigned decimals:
//   room   ROOM EPOCH HEAD MIN_SEQ
//   event  SEQ EPOCH KIND SENDER DEVICE CSEQ CLIENT_MSG_ID TARGET SUBJECT ROLE MSG_NO BODY_HASH   (ascending)
//   device DEVICE LAST_CSEQ                                                                      (ascending)
// and a last line  end ROOMS EVENTS,  so that a cut-off dump is noticed.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>

#include "common/base/ids.h"
#include "common/wire/event.h"

namespace starling::store {

class LedgerLines {
 public:
  explicit LedgerLines(std::FILE* out) : out_(out) {}

  void room(RoomId room, Epoch epoch, Seq head, Seq min_seq) {
    ++rooms_;
    line("room\t{}\t{}\t{}\t{}\n", room.value, epoch.value, head.value, min_seq.value);
  }
  void event(const wire::Event& event, std::uint64_t body_hash) {
    ++events_;
    line("event\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", event.seq.value, event.epoch.value,
         static_cast<unsigned>(event.kind), event.sender.value, event.device.value, event.cseq.value,
         event.client_msg_id.value, event.target.value, event.subject.value, static_cast<unsigned>(event.role),
         event.msg_no, body_hash);
  }
  void device(DeviceId device, Cseq last_cseq) { line("device\t{}\t{}\n", device.value, last_cseq.value); }
  /// False when not everything could be written.
  bool end() {
    line("end\t{}\t{}\n", rooms_, events_);
    flush();
    return std::fflush(out_) == 0 && !broken_;
  }

 private:
  static constexpr std::size_t kBuffer = 1 << 16;

  template <class... Values>
  void line(fmt::format_string<Values...> text, Values&&... values) {
    fmt::format_to(std::back_inserter(buffer_), text, std::forward<Values>(values)...);
    if (buffer_.size() >= kBuffer) flush();
  }
  void flush() {
    broken_ = broken_ || std::fwrite(buffer_.data(), 1, buffer_.size(), out_) != buffer_.size();
    buffer_.clear();
  }

  std::FILE* out_;
  std::string buffer_;
  std::uint64_t rooms_ = 0;
  std::uint64_t events_ = 0;
  bool broken_ = false;
};

}  // namespace starling::store
