#include "loadsim/sim/timeline.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loadsim/sim/knobs.h"
#include "loadsim/sim/message_fates.h"

namespace starling::sim {
namespace {

using What = Step::What;
using report::Timeline;

/// The one that went wrong, and what came before it in its room.
constexpr std::size_t kMessages = 3;
static_assert(kMessages <= Timeline::kMessagesMax);
/// With more lanes than this, what went well at a device has no label.
constexpr std::size_t kFewLanes = 14;

double ms(Instant at) { return static_cast<double>(at.time_since_epoch().count()) / 1e6; }

class Builder {
 public:
  Builder(const Recording& recording, const Options& options, const RunReport& report)
      : recording_(recording), options_(options), report_(report), fates_(recording) {
    if (report.violations != 0) violation_ = located(report.first.front());
  }

  Timeline build() && {
    choose_messages();
    choose_lanes();
    add_steps();
    add_missing();
    add_views();
    add_faults();
    add_downs();
    out_.end.at_ms = ms(Instant() + report_.lasted);
    if (violation_) {
      out_.end.promise = words_of(violation_->guarantee);
      out_.end.violation = to_string(report_.first.front());
    }
    out_.title = "Seed " + std::to_string(options_.seed);
    out_.schedule = to_text(options_);
    return std::move(out_);
  }

 private:
  // ---- which messages

  void choose_messages() {
    for (const Message& message : fates_.story(violation_, is_of_one_message() ? 1 : kMessages)) {
      room_ = message.room;
      add_message(message);
    }
  }

  /// What came before it in the room explains nothing.
  bool is_of_one_message() const {
    return violation_ && violation_->seq &&
           (violation_->guarantee == check::Guarantee::G1_AckedIsDurable ||
            violation_->guarantee == check::Guarantee::G3_ExactlyOnce);
  }

  void add_message(const Message& message) {
    numbers_.emplace(message, out_.messages.size());
    const Fate& fate = fates_.of(message);
    const std::string sender = message.sender ? ", the " + std::to_string(message.cseq.value) + ". of device " +
                                                    std::to_string(message.sender.value)
                                              : ", the server's own";
    out_.messages.push_back(short_name(message) + " of room " + std::to_string(room_.value) + sender +
                            (fate.committed ? "" : ", not in the log"));
  }

  std::string short_name(const Message& message) const { return short_name(message, fates_.of(message).seq); }
  static std::string short_name(const Message& message, Seq seq) {
    return seq ? "#" + std::to_string(seq.value) : "cseq " + std::to_string(message.cseq.value);
  }

  // ---- lanes

  static bool is_of_device(What what) { return what == What::Sent || what == What::Told || what == What::Shown; }
  static bool is_of_store(What what) { return what == What::Committed || what == What::Refused; }

  /// Devices that had a part, its sender first; shards; the store.
  void choose_lanes() {
    std::set<std::uint32_t> devices;
    std::set<std::uint32_t> shards;
    std::set<std::uint32_t> homes;
    std::vector<std::uint32_t> order;
    for (const Step& step : recording_.steps()) {
      if (!is_of_message(step) || step.room != room_) continue;
      const bool shown = numbers_.contains(message_of(step));
      if (step.what == What::Sent && shown && devices.insert(step.place).second) order.push_back(step.place);
      if (!is_of_device(step.what) && !is_of_store(step.what) && shown) shards.insert(step.place);
      if (step.what == What::Submitted && shown) homes.insert(step.place);
    }
    for (const Step& step : recording_.steps()) {
      if (step.what != What::Shown || step.room != room_) continue;
      if (devices.insert(step.place).second) order.push_back(step.place);
    }
    if (const auto at = violating_device(); at && devices.insert(*at).second) order.push_back(*at);
    for (const std::uint32_t index : order) {
      const Recording::Device& device = recording_.devices()[index];
      const std::string name =
          "device " + std::to_string(device.device.value) + " of user " + std::to_string(device.user.value);
      device_lanes_.emplace(index, add_lane(name, name, false));
    }
    bool first = true;
    for (const std::uint32_t shard : shards) {
      std::string name = "shard " + std::to_string(shard % options_.shards);
      if (options_.nodes > 1) name = "node " + std::to_string(shard / options_.shards + 1) + ", " + name;
      const bool home = homes.contains(shard);
      const std::string about = home ? name + ": commits what is said in the room" : name + ", of the server";
      shard_lanes_.emplace(shard, add_lane(name + (home ? ", home" : ""), about, std::exchange(first, false)));
    }
    store_lane_ = add_lane("store", "what is in the log, and what is not", true);
    if (violation_) {
      if (const auto at = violating_device()) out_.end.lane = device_lanes_.at(*at);
    }
    const std::size_t left_out = recording_.devices().size() - order.size();
    out_.note =
        std::to_string(recording_.devices().size()) + " devices, " +
        (options_.nodes > 1 ? std::to_string(options_.nodes) + " nodes, " : "") +
        std::to_string(options_.schedule.size()) + " faults." +
        (left_out != 0 ? " " + std::to_string(left_out) + " devices that had no part in this are not shown." : "");
  }

  std::size_t add_lane(std::string name, std::string about, bool begins_group) {
    out_.lanes.push_back({std::move(name), std::move(about), begins_group});
    return out_.lanes.size() - 1;
  }

  std::optional<std::uint32_t> violating_device() const {
    if (!violation_ || !violation_->device) return std::nullopt;
    for (std::uint32_t i = 0; i < recording_.devices().size(); ++i) {
      if (recording_.devices()[i].device == violation_->device) return i;
    }
    return std::nullopt;
  }

  std::size_t lane_of(const Step& step) const {
    if (is_of_device(step.what)) return device_lanes_.at(step.place);
    return is_of_store(step.what) ? store_lane_ : shard_lanes_.at(step.place);
  }

  // ---- steps

  /// What a device was shown of the room so far; nothing after it began anew.
  struct Seen {
    std::optional<Seq> last;
    std::set<Seq> all;
  };

  void add_steps() {
    for (const Step& step : recording_.steps()) {
      if (step.what == What::Started || (step.what == What::Reset && step.room == room_)) seen_.erase(step.place);
      if (!is_of_message(step) || step.room != room_) continue;
      std::string wrong;
      if (step.what == What::Shown) wrong = judge(step);
      const Message message = message_of(step);
      if (step.what == What::Committed) wrong = judge_commit(step, message);
      const auto number = numbers_.find(message);
      if (number == numbers_.end()) continue;
      if (step.what == What::Told && says_accepted(step) && !fates_.of(message).committed) {
        wrong = "acknowledged, not in the log";
      }
      add_step(step, number->second, wrong);
    }
  }

  std::string judge(const Step& step) {
    Seen& seen = seen_[step.place];
    std::string wrong;
    if (seen.all.contains(step.seq)) {
      wrong = "shown again";
    } else if (seen.last && step.seq != seen.last->next()) {
      wrong = "shown after #" + std::to_string(seen.last->value);
    }
    seen.all.insert(step.seq);
    seen.last = step.seq;
    return wrong;
  }

  /// A message has one place in the log, as long as nothing is put back.
  std::string judge_commit(const Step& step, const Message& message) {
    const Seq first = committed_.try_emplace(message, step.seq).first->second;
    const bool twice = violation_ && violation_->guarantee == check::Guarantee::G3_ExactlyOnce && step.seq != first;
    return twice ? "committed again, after #" + std::to_string(first.value) : "";
  }

  void add_step(const Step& step, std::size_t number, const std::string& wrong) {
    const Message message = message_of(step);
    const std::string name = step.seq ? short_name(message, step.seq) : short_name(message);
    Timeline::Step out{.at_ms = ms(step.at), .lane = lane_of(step), .message = number, .after = cause_of(step)};
    if (step.what == What::Lost) out.tone = Timeline::Tone::Lost;
    if (!wrong.empty()) out.tone = Timeline::Tone::Bad;
    const std::string what = wrong.empty() ? word_of(step) : wrong;
    out.about = name + " " + what;
    const bool quiet = out_.lanes.size() > kFewLanes && wrong.empty() && step.what == What::Shown;
    if (!quiet) out.label = out.about;
    drawn_.push_back(&step);
    out_.steps.push_back(std::move(out));
  }

  static std::string word_of(const Step& step) {
    switch (step.what) {
      case What::Sent:
        return "sent";
      case What::Arrived:
        return "arrives";
      case What::Submitted:
        return "to the store";
      case What::Committed:
        return step.status == wire::SendStatus::Duplicate ? "found committed" : "committed";
      case What::Refused:
        return "not committed";
      case What::Answered:
        return says_accepted(step) ? "answered: accepted" : "answered: not accepted";
      case What::Told:
        return says_accepted(step) ? "acknowledged" : "refused";
      case What::Published:
        return "published";
      case What::Lost:
        return "lost on the way";
      default:
        return "shown";
    }
  }

  /// The latest of the steps that may lead to this one.
  std::optional<std::size_t> cause_of(const Step& step) const {
    for (std::size_t i = drawn_.size(); i-- > 0;) {
      if (message_of(*drawn_[i]) == message_of(step) && may_lead(*drawn_[i], step)) return i;
    }
    return std::nullopt;
  }

  /// Of one message.
  static bool may_lead(const Step& cause, const Step& step) {
    const auto is = [&](std::initializer_list<What> causes) { return std::ranges::count(causes, cause.what) != 0; };
    switch (step.what) {
      case What::Arrived:
        return is({What::Sent});
      case What::Submitted:
        return is({What::Arrived});
      case What::Committed:
      case What::Refused:
        return is({What::Submitted});
      case What::Answered:
        return is({What::Arrived, What::Submitted, What::Committed, What::Refused});
      case What::Published:
        return is({What::Submitted, What::Committed});
      case What::Lost:
        return is({What::Arrived, What::Committed});
      case What::Told:
        return is({What::Answered}) && says_accepted(cause) == says_accepted(step);
      case What::Shown:
        return is({What::Published}) && cause.place == step.from && cause.seq == step.seq;
      default:  // Sent is where it begins
        return false;
    }
  }

  // ---- what is not there

  /// At the end: who was shown the room and not this message; what is acknowledged and in no log.
  void add_missing() {
    const double end = ms(Instant() + report_.lasted);
    for (const auto& [message, number] : numbers_) {
      const Fate& fate = fates_.of(message);
      const std::string name = short_name(message);
      const auto add = [&](std::size_t lane, bool bad, const std::string& what) {
        Timeline::Step out{.at_ms = end, .lane = lane, .message = number};
        out.tone = bad ? Timeline::Tone::Bad : Timeline::Tone::Plain;
        out.about = out.label = name + " " + what;
        out_.steps.push_back(std::move(out));
      };
      if (fate.accepted && !fate.committed) add(store_lane_, true, "is not in the log");
      if (!fate.committed) continue;
      for (const auto& [index, lane] : device_lanes_) {
        const auto seen = seen_.find(index);
        if (fate.shown_to.contains(index) || seen == seen_.end() || !seen->second.last) continue;
        // A device whose history begins behind it has not missed it.
        if (fate.seq < *seen->second.all.begin()) continue;
        const bool overtaken = *seen->second.last > fate.seq;
        add(lane, overtaken || missed_at_rest(index), overtaken ? "missing" : "not shown");
      }
    }
  }

  /// The violation says that something did not come, and everybody had the time.
  bool missed_at_rest(std::uint32_t index) const {
    if (!violation_) return false;
    const bool complete = violation_->guarantee == check::Guarantee::G7_CompleteDelivery ||
                          violation_->guarantee == check::Guarantee::G15_Liveness;
    return complete && (!violation_->device || violation_->device == recording_.devices()[index].device);
  }

  // ---- what lasts

  void add_views() {
    const auto& views = recording_.views();
    for (std::size_t i = 0; i < views.size() && options_.nodes > 1; ++i) {
      const auto& [at, view] = views[i];
      std::string text = "view " + std::to_string(view.id.value) + ":";
      for (const ports::ViewNode& node : view.nodes) {
        text += " n" + std::to_string(node.first.value / options_.shards + 1) + (node.leaving ? " (leaves)" : "");
      }
      const Instant end = i + 1 < views.size() ? views[i + 1].first : Instant() + report_.lasted;
      out_.views.push_back({ms(at), ms(end), text});
    }
  }

  void add_faults() {
    for (const users::Fault& fault : options_.schedule) {
      std::string text = to_string(fault);
      text.erase(0, text.find(' ') + 1);
      // What is put back is so old; that is not how long it takes.
      const bool backup = fault.kind == users::FaultKind::StoreRestore || fault.kind == users::FaultKind::StoreCopyBack;
      const bool clock = fault.kind == users::FaultKind::ClockStep;
      const Duration span = backup || clock ? Duration() : fault.span;
      out_.faults.push_back({ms(Instant() + fault.at), ms(Instant() + fault.at + span), text});
      if (fault.kind == users::FaultKind::Pause) add_pause(fault);
    }
  }

  void add_pause(const users::Fault& fault) {
    const Duration end = std::min(fault.at + fault.span, options_.heal_at);
    for (const auto& [shard, lane] : shard_lanes_) {
      if (shard / options_.shards + 1 != fault.node) continue;
      out_.downs.push_back({lane, {ms(Instant() + fault.at), ms(Instant() + end), "the process stands still"}});
    }
  }

  void add_downs() {
    std::map<std::size_t, std::pair<double, std::string>> open;  // by lane
    const auto close = [&](std::size_t lane, double at) {
      if (const auto since = open.find(lane); since != open.end()) {
        out_.downs.push_back({lane, {since->second.first, at, since->second.second}});
        open.erase(since);
      }
    };
    const auto lane_in = [](const std::map<std::uint32_t, std::size_t>& lanes, const Step& step) {
      const auto at = lanes.find(step.place);
      return at == lanes.end() ? std::nullopt : std::optional(at->second);
    };
    for (const auto& [index, lane] : device_lanes_) open.try_emplace(lane, 0.0, "not connected");
    for (const Step& step : recording_.steps()) {
      const bool shard = step.what == What::ShardUp || step.what == What::ShardDown;
      if (is_of_message(step)) continue;
      const auto lane = lane_in(shard ? shard_lanes_ : device_lanes_, step);
      if (!lane) continue;
      const bool up = step.what == What::ShardUp || step.what == What::Online;
      if (up) close(*lane, ms(step.at));
      const bool down = step.what == What::ShardDown || step.what == What::Offline || step.what == What::Gone;
      if (down) open.try_emplace(*lane, ms(step.at), shard ? "the process is down" : "not connected");
    }
    while (!open.empty()) close(open.begin()->first, ms(Instant() + report_.lasted));
  }

  const Recording& recording_;
  const Options& options_;
  const RunReport& report_;
  std::optional<check::Violation> violation_;
  MessageFates fates_;
  RoomId room_;
  std::map<Message, std::size_t> numbers_;  // of those that are drawn
  std::map<std::uint32_t, std::size_t> device_lanes_;
  std::map<std::uint32_t, std::size_t> shard_lanes_;
  std::size_t store_lane_ = 0;
  std::map<std::uint32_t, Seen> seen_;  // by device
  std::map<Message, Seq> committed_;    // where first
  std::vector<const Step*> drawn_;      // the first of the picture's, of the recording
  Timeline out_;
};

}  // namespace

report::Timeline timeline_of(const Recording& recording, const Options& options, const RunReport& report) {
  return Builder(recording, options, report).build();
}

}  // namespace starling::sim
