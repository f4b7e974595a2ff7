#include "loadsim/crowd/parcel.h"

#include <string_view>
#include <utility>

#include "common/base/assert.h"
#include "loadsim/check/ledger.h"
#include "loadsim/check/stamp.h"

namespace starling::crowd {

std::shared_ptr<const Parcel> Unpacking::unpack(const ports::SharedFrame& frame) {
  const auto payload = frame.payload();
  const std::string_view bytes(reinterpret_cast<const char*>(payload.data()), payload.size());
  Known& known = known_[wire::body_hash(bytes) % known_.size()];
  if (known.parcel != nullptr && known.bytes == bytes) return known.parcel;
  std::shared_ptr<Parcel> parcel = decode(frame);
  if (parcel->event == nullptr) return parcel;
  known = {.bytes = std::string(bytes), .parcel = parcel};
  return parcel;
}

std::shared_ptr<Parcel> Unpacking::decode(const ports::SharedFrame& frame) {
  auto decoded = decoder_.server(frame.payload());
  STARLING_ASSERT(decoded.has_value());  // the server never says what the codec refuses
  auto parcel = std::make_shared<Parcel>();
  parcel->frame = std::move(*decoded);
  parcel->bytes = static_cast<std::uint32_t>(frame.size());
  const auto* event = std::get_if<wire::Event>(&parcel->frame);
  if (event == nullptr) return parcel;
  parcel->event = event;
  parcel->room = plan_->room_of(event->room);
  if (parcel->room < plan_->rooms()) {
    parcel->pass = plan_->pass_of(parcel->room);
  } else {
    violated(check::Guarantee::G8_Integrity, *event, "of a room that is not this server's");
  }
  parcel->digest = examine(*event);
  return parcel;
}

void Unpacking::violated(check::Guarantee guarantee, const wire::Event& event, std::string text) {
  context_->violations.report({.guarantee = guarantee,
                               .room = event.room,
                               .seq = event.seq,
                               .user = event.sender,
                               .device = event.device,
                               .text = std::move(text)});
}

std::uint64_t Unpacking::examine(const wire::Event& event) {
  const std::uint64_t digest = check::digest(check::ledger_event(event));
  if (!context_->names.agrees(event.room, event.epoch, event.seq, digest)) {
    violated(check::Guarantee::G19_HonestEpochs, event, "another event had this name");
  }
  if (event.kind != wire::EventKind::Message) return digest;
  const auto stamp = check::read_stamp(event.body);
  if (!stamp || stamp->room != event.room || stamp->device != event.device || stamp->number != event.cseq.value) {
    violated(check::Guarantee::G8_Integrity, event, "the body is not what its sender wrote here");
  }
  return digest;
}

}  // namespace starling::crowd
