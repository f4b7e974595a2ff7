// A shard's parts, in the order in which they need each other.
#pragma once

#include "server/core/creations.h"
#include "server/core/drain.h"
#include "server/core/items.h"
#include "server/core/joins.h"
#include "server/core/links.h"
#include "server/core/logins.h"
#include "server/core/pages.h"
#include "server/core/presence_home.h"
#include "server/core/presence_rooms.h"
#include "server/core/presence_watch.h"
#include "server/core/receipt_marks.h"
#include "server/core/receipts.h"
#include "server/core/room_homes.h"
#include "server/core/room_lists.h"
#include "server/core/room_locals.h"
#include "server/core/sends.h"
#include "server/core/session_table.h"
#include "server/core/shard.h"
#include "server/core/shared_tails.h"
#include "server/core/store_calls.h"
#include "server/core/turn.h"
#include "server/core/typing.h"
#include "server/core/user_homes.h"

namespace starling::core {

struct Shard::State {
  State(const Config& config, ShardId self, ports::View view, std::uint64_t boot, std::uint64_t seed)
      : turn(config, self, std::move(view), boot, seed),
        links(turn),
        store(turn),
        tails(turn),
        sessions(turn),
        homes(turn, links, store, tails),
        pages(turn, homes, store),
        locals(turn, links, store, tails, sessions, pages),
        presence(turn, links),
        users(turn, links, store, presence),
        lists(sessions),
        items(turn, links, store, sessions),
        receipts(turn, links, homes),
        marks_out(turn, links),
        visible(turn, links, homes, receipts),
        watches(turn, links, sessions),
        logins(turn, links, sessions, locals, lists, items, watches),
        sends(turn, links, sessions),
        creations(turn, links, store, sessions),
        joins(turn, links, sessions),
        typing(turn, links, sessions, locals),
        drain(turn, sessions) {}

  // ---- inputs
  void on(Connected&& input);
  void on(FrameReceived&& input);
  void on(Drained&& input);
  void on(Disconnected&& input);
  void on(EnvelopeReceived&& input);
  void on(StoreCompleted&& input);
  void on(DeadlineReached&& input);
  void on(DrainRequested&& input);
  void on(ViewChanged&& input);
  void on(LeaseExtended&& input);
  void on(DeviceRevoked&& input);
  void on(LogGrew&& input);
  void on(ItemsGrew&& input);
  void on(TailAnswered&& input);

  void settle();
  void arrived(ShardId from, ports::Payload&& payload);
  void completed(StoreCall&& call, ports::StoreCompletion&& done);
  void begin();

  Turn turn;
  Links links;
  StoreCalls store;
  SharedTails tails;
  SessionTable sessions;
  RoomHomes homes;
  Pages pages;
  RoomLocals locals;
  PresenceHome presence;
  UserHomes users;
  RoomLists lists;
  Items items;
  Receipts receipts;
  ReceiptMarks marks_out;
  PresenceRooms visible;
  PresenceWatch watches;
  Logins logins;
  Sends sends;
  Creations creations;
  Joins joins;
  Typing typing;
  Drain drain;
};

}  // namespace starling::core
