#include "loadsim/crowd/words.h"

#include <array>
#include <string_view>

#include "common/base/rng.h"
#include "loadsim/check/stamp.h"

namespace starling::crowd {
namespace {

constexpr std::uint64_t kNameStream = 0xC41;
constexpr std::array<std::string_view, 4> kEmoji{"\U0001F44D", "❤", "\U0001F602", "\U0001F440"};

}  // namespace

std::string Words::body(const Written& what) const {
  if (what.kind != wire::EventKind::Message) return std::string(kEmoji[what.user % kEmoji.size()]);
  const check::Stamp stamp{
      .run = 1, .room = plan_->room_id(what.room), .device = plan_->device_id(what.user), .number = what.cseq.value};
  return check::stamped_body(stamp, scenario_->persona_of(what.user).message_bytes);
}

ClientMsgId Words::name(const Written& what) const {
  return ClientMsgId(
      draw(kNameStream, plan_->room_id(what.room).value, plan_->device_id(what.user).value, what.cseq.value) | 1);
}

}  // namespace starling::crowd
