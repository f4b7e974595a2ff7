#include "loadsim/sim/chronicle.h"

#include <cstdio>
#include <variant>

#include "loadsim/sim/recording.h"

namespace starling::sim {
namespace {

using Count = unsigned long long;

/// "room 5 seq 7 …": only what a line needs to be told apart.
struct Line {
  explicit Line(const Context& context) {
    std::fprintf(stderr, "%10.3f ms  ", static_cast<double>(context.now().time_since_epoch().count()) / 1e6);
  }
  ~Line() { std::fputc('\n', stderr); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  Line& word(const char* text) {
    std::fprintf(stderr, "%s ", text);
    return *this;
  }
  Line& number(const char* name, std::uint64_t value) {
    std::fprintf(stderr, "%s %llu ", name, static_cast<Count>(value));
    return *this;
  }
};

void tell(Line& line, const wire::Event& e) {
  line.word("event").number("room", e.room.value).number("seq", e.seq.value).number("epoch", e.epoch.value);
  line.number("kind", static_cast<std::uint64_t>(e.kind)).number("of", e.device.value).number("cseq", e.cseq.value);
  if (e.subject) line.number("subject", e.subject.value).number("role", static_cast<std::uint64_t>(e.role));
}
void tell(Line& line, const wire::SendResult& r) {
  line.word("result").number("room", r.room.value).number("cseq", r.cseq.value);
  line.number("status", static_cast<std::uint64_t>(r.status)).number("seq", r.seq.value);
  line.number("epoch", r.epoch.value).number("expected", r.expected.value);
}
void tell(Line& line, const wire::Synced& s) {
  line.word("synced");
  for (const wire::SyncedRoom& r : s.rooms) {
    line.number("| room", r.room.value).number("status", static_cast<std::uint64_t>(r.status));
    line.number("reason", static_cast<std::uint64_t>(r.reason)).number("epoch", r.epoch.value);
    line.number("head", r.head.value).number("start", r.start.seq.value).number("next_cseq", r.next_cseq.value);
    line.number("read", r.read_seq.value);
  }
}
void tell(Line& line, const wire::RoomChanged& c) {
  line.word("room changed").number("version", c.rooms_version).number("room", c.info.room.value);
  line.number("role", static_cast<std::uint64_t>(c.info.role));
}
void tell(Line& line, const wire::RoomList& l) {
  line.word("room list").number("version", l.rooms_version);
  for (const wire::RoomInfo& info : l.rooms) line.number("", info.room.value);
}
void tell(Line& line, const wire::Head& h) {
  line.word("head").number("room", h.room.value).number("seq", h.seq.value).number("epoch", h.epoch.value);
}
void tell(Line& line, const wire::ReadMarked& m) {
  line.word("marked").number("room", m.room.value).number("seq", m.seq.value);
}
void tell(Line& line, const wire::Welcome& w) {
  line.word("welcome").number("boot", w.boot).number("version", w.rooms_version);
}
void tell(Line& line, const wire::HistoryPage& p) {
  line.word("page").number("room", p.room.value).number("events", p.events.size()).number("head", p.head.value);
}
void tell(Line& line, const wire::TypingNotice& t) { line.word("typing").number("room", t.room.value); }
void tell(Line& line, const wire::RoomCreated& c) {
  line.word("created").number("room", c.room.value).number("status", static_cast<std::uint64_t>(c.status));
}
void tell(Line& line, const wire::Reconnect& r) { line.word("reconnect").number("after", r.after_ms); }
void tell(Line& line, const wire::Error& e) { line.word("error").word(e.message.c_str()); }
void tell(Line& line, const wire::PresenceChanged& p) {
  line.word("presence");
  for (const wire::UserPresence& each : p.users) {
    line.number("| user", each.user.value).number("is", static_cast<std::uint64_t>(each.state));
  }
}
void tell(Line& line, const wire::Receipts& r) {
  line.word("receipts").number("room", r.room.value).number("counted from", r.counted_from.value);
  for (const wire::MemberReceipt& each : r.members) {
    line.number("| user", each.user.value).number("got", each.delivered.value).number("read", each.read.value);
  }
}

void tell(Line& line, const wire::RoomJoined& j) {
  line.word("joined").number("room", j.room.value).number("status", static_cast<std::uint64_t>(j.status));
}
void tell(Line& line, const wire::Items& i) {
  line.word("items").number("prev", i.prev).number("version", i.version);
  for (const wire::Item& item : i.items) line.number("|", item.version).word(item.key.c_str());
}
void tell(Line& line, const wire::ItemPut& p) {
  line.word("put").number("status", static_cast<std::uint64_t>(p.status)).number("version", p.item.version);
}

void tell(Line& line, const wire::JoinRoom& j) {
  line.word(j.decline ? "decline" : "join").number("room", j.room.value);
}
void tell(Line& line, const wire::PutItem& p) { line.word("put").word(p.key.c_str()).number("base", p.base); }
void tell(Line& line, const wire::ReadItems& r) { line.word("read items").number("after", r.after); }
void tell(Line& line, const wire::Send& s) {
  line.word("send").number("room", s.room.value).number("cseq", s.cseq.value).number("epoch", s.epoch.value);
  line.number("kind", static_cast<std::uint64_t>(s.kind)).number("id", s.client_msg_id.value);
  line.number("renumbered", s.renumbered ? 1 : 0);
}
void tell(Line& line, const wire::Sync& s) {
  line.word("sync");
  for (const wire::SyncRoom& r : s.rooms) {
    line.number("| room", r.room.value).number("epoch", r.cursor.epoch.value).number("seq", r.cursor.seq.value);
    line.number("floor", r.floor.value).number("mode", static_cast<std::uint64_t>(r.mode));
  }
}
void tell(Line& line, const wire::Hello& h) { line.word("hello").number("version", h.rooms_version); }
void tell(Line& line, const wire::HistoryRequest& h) { line.word("history").number("room", h.room.value); }
void tell(Line& line, const wire::Delivered& d) { line.word("delivered").number("rooms", d.rooms.size()); }
void tell(Line& line, const wire::ReadMark& m) {
  line.word("mark").number("room", m.room.value).number("seq", m.seq.value);
}
void tell(Line& line, const wire::Typing& t) { line.word("types").number("room", t.room.value); }
void tell(Line& line, const wire::Watch& w) {
  line.word("watch").number("room", w.room.value).number("receipts", w.receipts ? 1 : 0);
  for (const UserId user : w.users) line.number("", user.value);
}
void tell(Line& line, const wire::SetPresence& p) { line.word(p.away ? "away" : "back"); }
void tell(Line& line, const wire::CreateRoom& c) { line.word("create").number("request", c.request_id); }

}  // namespace

Chronicle::Chronicle(const Context& context, std::uint32_t index, UserId user, const DeviceId& device)
    : context_(&context), index_(index), device_(&device), on_(context.options.follow == device) {
  if (context.recording != nullptr) context.recording->add_device(user, device);
}

void Chronicle::started() const {
  if (context_->recording != nullptr) context_->recording->device(context_->now(), index_, Step::What::Started);
}

void Chronicle::crashed(std::uint64_t step) const {
  if (context_->recording != nullptr) context_->recording->device(context_->now(), index_, Step::What::Gone);
  line("crash, at step", step);
}

void Chronicle::line(const char* text, std::uint64_t number) const {
  if (on_) Line(*context_).number(text, number);
}

void Chronicle::received(const wire::ServerFrame& frame) const {
  if (!on_) return;
  Line line(*context_);
  line.word("<-");
  std::visit([&](const auto& each) { tell(line, each); }, frame);
}

void Chronicle::output(const client::Output& out) const {
  if (context_->recording != nullptr) context_->recording->device_output(context_->now(), index_, *device_, out);
  if (!on_) return;
  for (const client::Notice& notice : out.notices) {
    if (const auto* n = std::get_if<client::Settled>(&notice)) {
      Line line(*context_);
      line.word("settled").number("room", n->room.value).number("cseq", n->cseq.value);
      line.number("status", static_cast<std::uint64_t>(n->status)).number("seq", n->seq.value);
    } else if (const auto* r = std::get_if<client::Renumbered>(&notice)) {
      Line line(*context_);
      line.word("renumbered").number("room", r->room.value).number("from", r->from.value).number("to", r->to.value);
    } else if (const auto* s = std::get_if<client::StateChanged>(&notice)) {
      Line line(*context_);
      line.word("state").number("", static_cast<std::uint64_t>(s->state)).number("code", s->close_code);
    } else if (const auto* f = std::get_if<client::Fatal>(&notice)) {
      Line(*context_).word("fatal").number("", static_cast<std::uint64_t>(f->reason));
    }
  }
  for (const wire::ClientFrame& frame : out.frames) {
    Line line(*context_);
    line.word("->");
    std::visit([&](const auto& each) { tell(line, each); }, frame);
  }
}

}  // namespace starling::sim
