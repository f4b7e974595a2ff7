#include "loadsim/sim/recording.h"

#include <variant>

namespace starling::sim {

using What = Step::What;

void Recording::device_output(Instant at, std::uint32_t index, DeviceId device, const client::Output& out) {
  devices_[index].device = device;
  for (const client::Notice& notice : out.notices) {
    if (const auto* shown = std::get_if<client::Applied>(&notice)) {
      const wire::Event& event = *shown->event;
      Step step{What::Shown, at, index, event.room, event.device, event.cseq, event.seq};
      step.from = devices_[index].shard;
      add(step);
    } else if (const auto* told = std::get_if<client::Settled>(&notice)) {
      add({What::Told, at, index, told->room, device, told->cseq, told->seq, told->status});
    } else if (const auto* reset = std::get_if<client::RoomReset>(&notice)) {
      add({What::Reset, at, index, reset->answer->room});
    } else if (const auto* state = std::get_if<client::StateChanged>(&notice)) {
      const bool online = state->state == client::LinkState::Ready;
      add({online ? What::Online : What::Offline, at, index});
    }
  }
  for (const wire::ClientFrame& frame : out.frames) {
    if (const auto* send = std::get_if<wire::Send>(&frame)) {
      add({What::Sent, at, index, send->room, device, send->cseq});
    }
  }
}

void Recording::arrived(Instant at, ShardId shard, std::uint32_t from, const wire::ClientFrame& frame) {
  if (const auto* send = std::get_if<wire::Send>(&frame)) {
    add({What::Arrived, at, shard.value, send->room, devices_[from].device, send->cseq});
  }
}

void Recording::add_rows(What what, Instant at, ShardId shard, const ports::StoreRequest& request) {
  const auto* batch = std::get_if<ports::CommitBatch>(&request);
  if (batch == nullptr) return;
  for (const ports::CommitRow& row : batch->rows) {
    add({what, at, shard.value, batch->room, row.device, row.cseq});
  }
}

void Recording::submitted(Instant at, ShardId shard, const ports::StoreRequest& request) {
  add_rows(What::Submitted, at, shard, request);
}

void Recording::refused(Instant at, const ports::StoreRequest& request) {
  add_rows(What::Refused, at, ShardId(), request);
}

void Recording::stored(Instant at, const ports::StoreResult& result) {
  if (const auto* kept = std::get_if<ports::LeaseKept>(&result)) {
    for (const ports::View& view : kept->views) {
      if (views_.empty() || view.id > views_.back().second.id) views_.emplace_back(at, view);
    }
  }
  const auto* done = std::get_if<ports::Committed>(&result);
  if (done == nullptr) return;
  for (std::size_t i = 0; i < done->results.size() && i < done->batch.rows.size(); ++i) {
    const ports::CommitRow& row = done->batch.rows[i];
    const ports::CommitRowResult& each = done->results[i];
    add({each.seq ? What::Committed : What::Refused, at, 0, done->batch.room, row.device, row.cseq, each.seq,
         each.status});
  }
}

void Recording::lost(Instant at, ShardId to, const ports::Envelope& envelope) {
  if (const auto* forward = std::get_if<ports::ForwardSend>(&envelope.payload)) {
    add({What::Lost, at, to.value, forward->send.room, forward->device, forward->send.cseq});
  } else if (const auto* published = std::get_if<ports::EventsPublished>(&envelope.payload)) {
    for (const wire::Event& event : published->events) {
      add({What::Lost, at, to.value, event.room, event.device, event.cseq, event.seq});
    }
  }
}

void Recording::sent_down(Instant at, ShardId shard, std::uint32_t to, const wire::ServerFrame& frame) {
  devices_[to].shard = shard.value;
  if (const auto* result = std::get_if<wire::SendResult>(&frame)) {
    add({What::Answered, at, shard.value, result->room, devices_[to].device, result->cseq, result->seq,
         result->status});
  } else if (const auto* event = std::get_if<wire::Event>(&frame)) {
    const Step step{What::Published, at, shard.value, event->room, event->device, event->cseq, event->seq};
    // One frame for many devices is published once.
    const bool again = !steps_.empty() && steps_.back().what == What::Published && steps_.back().at == at &&
                       steps_.back().place == shard.value && steps_.back().room == step.room &&
                       steps_.back().seq == step.seq;
    if (!again) add(step);
  }
}

}  // namespace starling::sim
