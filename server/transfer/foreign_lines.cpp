#include "server/transfer/foreign_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/wire/limits.h"
#include "server/store/sqlite/migrate.h"
#include "server/transfer/event_line.h"
#include "server/transfer/foreign_names.h"
#include "server/transfer/format.h"

namespace starling::transfer {
namespace {

struct Membership {
  wire::Role role = wire::Role::None;
  Seq join_seq;
  Seq leave_seq;
};

/// How far somebody has read: to what they said last, for archives tell no more.
struct Read {
  Seq seq;
  std::uint64_t msg_no = 0;
};

/// A room's log and what follows from it, as the server's commit would have made them.
class Log {
 public:
  Log(const ForeignRoom& room, ForeignLines& lines) : room_(&room), lines_(&lines), title_(room.title) {}

  void add(const Act& act) {
    wire::Event event{.room = room_->room,
                      .epoch = Epoch(1),
                      .seq = Seq(events_.size() + 1),
                      .kind = act.kind,
                      .sender = act.sender,
                      .ts = wall_from_ms(std::max<std::int64_t>(0, act.at_us / 1000)),
                      .subject = act.subject,
                      .role = act.role,
                      .body = act.body};
    if (act.kind == wire::EventKind::Message) {
      event.client_msg_id = ClientMsgId(number_of("message", room_->team + "/" + room_->name, act.key));
    }
    if (!refer(act, event) || !apply(act, event)) return;
    if (act.erased) event.erased_hash = wire::body_hash({});
    event.msg_no = msg_no_;
    if (act.kind == wire::EventKind::Message && act.sender) reads_[act.sender] = {event.seq, event.msg_no};
    if (!events_.empty()) event.ts = std::max(event.ts, events_.back().ts);
    hash_ = wire::fold(hash_, event);
    events_.push_back(std::move(event));
  }

  const std::vector<wire::Event>& events() const { return events_; }
  const std::map<UserId, Membership>& members() const { return members_; }
  const std::map<UserId, Read>& reads() const { return reads_; }
  const std::map<Seq, Seq>& pins() const { return pins_; }
  PrefixHash hash() const { return hash_; }
  std::uint64_t msg_no() const { return msg_no_; }
  const std::string& title() const { return title_; }
  const std::string& topic() const { return topic_; }
  bool is_public() const { return public_; }

 private:
  /// False: it is about a message that the archive does not hold.
  bool refer(const Act& act, wire::Event& event) {
    if (!act.target.empty()) {
      event.target = seq_of(act.target);
      if (!event.target && act.kind != wire::EventKind::Message) {
        lines_->skip("edits, reactions, pins and deletions of messages that the archive lacks");
        return false;
      }
    }
    if (!act.thread.empty() && act.thread != act.key) {
      event.thread = seq_of(act.thread);
      if (!event.thread)
        lines_->skip("places in threads whose first message the archive lacks (the messages came along)");
    }
    return true;
  }

  /// False: it would change nothing.
  bool apply(const Act& act, const wire::Event& event) {
    using enum wire::EventKind;
    switch (act.kind) {
      case Message:
        if (!seqs_.emplace(act.key, event.seq).second) {
          lines_->skip("messages that the archive holds twice");
          return false;
        }
        ++msg_no_;
        return true;
      case MemberAdd: {
        Membership& member = members_[act.subject];
        const bool present = member.role != wire::Role::None && !member.leave_seq;
        if (present && member.role == act.role) return false;
        if (!present) member = {.join_seq = event.seq};
        member.role = act.role;
        return true;
      }
      case MemberRemove: {
        const auto member = members_.find(act.subject);
        if (member == members_.end() || member->second.leave_seq) return false;
        member->second.leave_seq = event.seq;
        return true;
      }
      case RoomTitle:
        return std::exchange(title_, act.body) != act.body;
      case RoomTopic:
        return std::exchange(topic_, act.body) != act.body;
      case RoomVisibility:
        return std::exchange(public_, act.body == wire::kPublic) != (act.body == wire::kPublic);
      case Pin:
        return pins_.emplace(event.target, event.seq).second;
      case Delete:
        pins_.erase(event.target);
        erase(event.target);
        return true;
      default:
        return true;
    }
  }

  /// The texts of a message and of its edits; their hashes stay, as the fold took them.
  void erase(Seq message) {
    for (wire::Event& event : events_) {
      const bool text = event.seq == message || (event.kind == wire::EventKind::Edit && event.target == message);
      if (!text || event.erased_hash != 0) continue;
      event.erased_hash = wire::body_hash(event.body);
      event.body.clear();
    }
  }

  Seq seq_of(const std::string& key) const {
    const auto at = seqs_.find(key);
    return at == seqs_.end() ? Seq() : at->second;
  }

  const ForeignRoom* room_;
  ForeignLines* lines_;
  std::vector<wire::Event> events_;
  std::map<std::string, Seq> seqs_;
  std::map<UserId, Membership> members_;
  std::map<UserId, Read> reads_;
  std::map<Seq, Seq> pins_;
  PrefixHash hash_;
  std::uint64_t msg_no_ = 0;
  std::string title_;
  std::string topic_;
  bool public_ = false;
};

/// A text longer than a body goes on in further messages, which follow it at once.
std::vector<Act> pieces_of(Act&& act, ForeignLines& lines) {
  std::vector<Act> pieces;
  const bool text = act.kind == wire::EventKind::Message || act.kind == wire::EventKind::Edit;
  if (!text || act.body.size() <= wire::limits::kBodyBytesMax) {
    pieces.push_back(std::move(act));
    return pieces;
  }
  const std::string body = std::move(act.body);
  std::string_view rest = body;
  const auto take = [&] {
    std::string_view piece = cut_utf8(rest, wire::limits::kBodyBytesMax);
    const std::size_t feed = piece.size() < rest.size() ? piece.rfind('\n') : std::string_view::npos;
    if (feed != std::string_view::npos && feed > 0) piece = piece.substr(0, feed);
    rest.remove_prefix(piece.size());
    return std::string(piece);
  };
  if (act.kind == wire::EventKind::Edit) {
    lines.skip("ends of edits beyond 16 KiB");
    act.body = take();
    pieces.push_back(std::move(act));
    return pieces;
  }
  const std::string key = act.key;
  for (int n = 0; !rest.empty(); ++n) {
    Act piece = act;
    piece.body = take();
    if (n != 0) piece.key = fmt::format("{}/{}", key, n);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace

void hang_below(Act& reply, std::string_view root) { reply.thread = root; }

void ForeignLines::put() {
  ++lines_;
  std::string_view line = line_.end();
  line.remove_suffix(1);
  (*take_)(line);
}

void ForeignLines::begin(std::string_view program) {
  line_.begin("header");
  line_.count("format", kFormat);
  line_.number("schema", store::newest_schema());
  line_.number("made_ms", 0);
  line_.text("program", program);
  line_.count("rooms", 0);
  put();
}

void ForeignLines::user(const ForeignUser& user) {
  if (!users_.insert(user.user).second) return;
  line_.begin("user");
  line_.id("user", user.user.value);
  line_.text("handle", user.handle);
  line_.text("display_name", user.display_name);
  if (!user.avatar_color.empty()) line_.text("avatar_color", user.avatar_color);
  if (!user.status_text.empty()) line_.text("status_text", user.status_text);
  put();
}

void ForeignLines::room(ForeignRoom&& room) {
  if (!rooms_.insert(room.room).second) {
    refuse(fmt::format("two rooms have the name {} in {}: the archive is damaged", room.name, room.team));
  }
  std::ranges::stable_sort(room.acts, {}, &Act::at_us);
  Log log(room, *this);
  for (Act& act : room.acts) {
    for (const Act& piece : pieces_of(std::move(act), *this)) log.add(piece);
  }
  if (log.events().empty()) {
    rooms_.erase(room.room);
    skip("rooms in which nobody ever was");
    return;
  }
  const wire::Event& last = log.events().back();
  line_.begin("room");
  line_.id("room", room.room.value);
  line_.count("kind", static_cast<std::uint64_t>(room.kind));
  line_.text("title", log.title());
  line_.count("epoch", 1);
  line_.count("head", last.seq.value);
  line_.count("msg_no", log.msg_no());
  line_.count("min_seq", 1);
  line_.number("last_ts", to_ms(last.ts));
  line_.text("topic", log.topic());
  line_.count("is_public", log.is_public() ? 1 : 0);
  line_.hash("prefix_hash", log.hash().value);
  put();
  std::vector<UserId> present;
  for (const auto& [user, member] : log.members()) {
    if (!member.leave_seq) present.push_back(user);
    line_.begin("members");
    line_.id("user_id", user.value);
    line_.count("role", static_cast<std::uint64_t>(member.role));
    line_.count("join_seq", member.join_seq.value);
    line_.count("leave_seq", member.leave_seq.value);
    put();
  }
  for (const auto& [user, read] : log.reads()) {
    line_.begin("read_marks");
    line_.id("user_id", user.value);
    line_.count("seq", read.seq.value);
    line_.count("msg_no", read.msg_no);
    put();
  }
  if (room.kind == wire::RoomKind::Direct && present.size() == 2) {
    line_.begin("direct_rooms");
    line_.id("low_user", present.front().value);
    line_.id("high_user", present.back().value);
    put();
  }
  for (const auto& [seq, pin] : log.pins()) {
    line_.begin("pins");
    line_.count("seq", seq.value);
    line_.count("pin_seq", pin.value);
    put();
  }
  for (const wire::Event& event : log.events()) {
    line_.begin("event");
    write_event(line_, event);
    put();
  }
  line_.begin("room_end");
  line_.id("room", room.room.value);
  line_.count("events", last.seq.value);
  line_.hash("prefix_hash", log.hash().value);
  put();
  events_ += last.seq.value;
}

void ForeignLines::end() {
  line_.begin("end");
  line_.count("users", users_.size());
  line_.count("rooms", rooms_.size());
  line_.count("events", events_);
  line_.count("lines", lines_ + 1);
  put();
}

}  // namespace starling::transfer
