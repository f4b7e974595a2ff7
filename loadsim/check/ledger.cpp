#include "loadsim/check/ledger.h"

#include "common/base/rng.h"

namespace starling::check {

LedgerEvent ledger_event(const wire::Event& event) {
  return {.seq = event.seq,
          .epoch = event.epoch,
          .kind = event.kind,
          .sender = event.sender,
          .device = event.device,
          .cseq = event.cseq,
          .client_msg_id = event.client_msg_id,
          .target = event.target,
          .subject = event.subject,
          .role = event.role,
          .msg_no = event.msg_no,
          .body_hash = event.erased_hash != 0 ? event.erased_hash : wire::body_hash(event.body)};
}

std::uint64_t digest(const LedgerEvent& event) {
  std::uint64_t h = mix64(event.seq.value);
  const auto add = [&](std::uint64_t word) { h = mix64(h ^ word); };
  add(static_cast<std::uint64_t>(event.kind) | static_cast<std::uint64_t>(event.role) << 8);
  add(event.sender.value);
  add(event.device.value);
  add(event.cseq.value);
  add(event.client_msg_id.value);
  add(event.target.value);
  add(event.subject.value);
  add(event.msg_no);
  add(event.body_hash);
  return h;
}

}  // namespace starling::check
