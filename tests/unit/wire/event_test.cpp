#include "common/wire/event.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>

namespace starling::wire {
namespace {

Event event() {
  return Event{.room = RoomId(1),
               .epoch = Epoch(1),
               .seq = Seq(2),
               .kind = EventKind::Message,
               .sender = UserId(3),
               .device = DeviceId(4),
               .cseq = Cseq(5),
               .target = Seq(6),
               .subject = UserId(7),
               .role = Role::Member,
               .body = "body"};
}

TEST(Fold, EveryFieldThatMattersChangesIt) {
  std::set<std::uint64_t> folds{fold(PrefixHash(9), event()).value};
  const auto with = [&](const std::function<void(Event&)>& change) {
    Event e = event();
    change(e);
    return folds.insert(fold(PrefixHash(9), e).value).second;
  };
  EXPECT_TRUE(folds.insert(fold(PrefixHash(10), event()).value).second);
  EXPECT_TRUE(with([](Event& e) { e.seq = Seq(3); }));
  EXPECT_TRUE(with([](Event& e) { e.kind = EventKind::Edit; }));
  EXPECT_TRUE(with([](Event& e) { e.sender = UserId(4); }));
  EXPECT_TRUE(with([](Event& e) { e.device = DeviceId(5); }));
  EXPECT_TRUE(with([](Event& e) { e.cseq = Cseq(6); }));
  EXPECT_TRUE(with([](Event& e) { e.target = Seq(7); }));
  EXPECT_TRUE(with([](Event& e) { e.thread = Seq(8); }));
  EXPECT_TRUE(with([](Event& e) { e.subject = UserId(8); }));
  EXPECT_TRUE(with([](Event& e) { e.role = Role::Owner; }));
  EXPECT_TRUE(with([](Event& e) { e.body = "other"; }));
  EXPECT_TRUE(with([](Event& e) { std::swap(e.sender.value, e.device.value); }));
}

TEST(Fold, AnErasedBodyFoldsAsItDidBefore) {
  Event erased = event();
  erased.erased_hash = body_hash(erased.body);
  erased.body.clear();
  EXPECT_EQ(fold(PrefixHash(9), erased), fold(PrefixHash(9), event()));
}

// The fold is kept in databases and on clients: these values never change.
TEST(Fold, ItsValuesAreFixed) {
  EXPECT_EQ(body_hash(""), 0x2D06800538D394C2u);
  EXPECT_EQ(body_hash("body"), 0x84F2C8EE187FE1FAu);
  EXPECT_EQ(fold(PrefixHash(), event()).value, 0xF9D2ED5508DD318Bu);
}

}  // namespace
}  // namespace starling::wire
