// What an event costs a client, and a send: decode, apply, encode.
#include <benchmark/benchmark.h>

#include <string>

#include "common/client/session.h"
#include "common/wire/codec.h"

namespace starling {
namespace {

constexpr RoomId kRoom{9};

wire::Event event(std::uint64_t seq) {
  return {.room = kRoom,
          .epoch = Epoch(1),
          .seq = Seq(seq),
          .sender = UserId(0x1234567890ABCDEF),
          .device = DeviceId(0xFEDCBA0987654321),
          .cseq = Cseq(1000),
          .client_msg_id = ClientMsgId(0x5555666677778888),
          .ts = wall_from_ms(1'700'000'000'000),
          .msg_no = seq,
          .body = std::string(128, 'x')};
}

template <class Frame>
std::string bytes_of(const Frame& frame) {
  std::string bytes;
  wire::encode(frame, bytes);
  return bytes;
}
std::span<const std::byte> view(const std::string& s) { return std::as_bytes(std::span(s)); }

void DecodeEvent(benchmark::State& state) {
  const std::string bytes = bytes_of(wire::ServerFrame(event(100'000)));
  wire::Decoder decoder;
  for (auto _ : state) benchmark::DoNotOptimize(decoder.server(view(bytes)));
}
BENCHMARK(DecodeEvent);

wire::Send send() {
  return {.room = kRoom,
          .epoch = Epoch(1),
          .cseq = Cseq(1000),
          .client_msg_id = ClientMsgId(0x5555666677778888),
          .body = std::string(128, 'x')};
}

void DecodeSend(benchmark::State& state) {
  const std::string bytes = bytes_of(wire::ClientFrame(send()));
  wire::Decoder decoder;
  for (auto _ : state) benchmark::DoNotOptimize(decoder.client(view(bytes)));
}
BENCHMARK(DecodeSend);

template <class Frame>
void encode_one(benchmark::State& state, const Frame& frame) {
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    wire::encode(frame, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
}
void EncodeEvent(benchmark::State& state) { encode_one(state, wire::ServerFrame(event(100'000))); }
BENCHMARK(EncodeEvent);
void EncodeSend(benchmark::State& state) { encode_one(state, wire::ClientFrame(send())); }
BENCHMARK(EncodeSend);
void EncodeSendResult(benchmark::State& state) {
  encode_one(state,
             wire::ServerFrame(wire::SendResult{.room = kRoom, .cseq = Cseq(7), .epoch = Epoch(1), .seq = Seq(9)}));
}
BENCHMARK(EncodeSendResult);
void EncodeHead(benchmark::State& state) {
  encode_one(state, wire::ServerFrame(wire::Head{.room = kRoom, .epoch = Epoch(1), .seq = Seq(9), .msg_no = 9}));
}
BENCHMARK(EncodeHead);

/// A session with ten rooms; events of one of them.
void ApplyEvent(benchmark::State& state) {
  const client::Settings settings{.durable = state.range(0) != 0};
  client::HeapLender lender;
  client::Session session(settings, lender, 1);
  client::Output out;
  for (std::uint64_t r = 0; r < 10; ++r) session.restore_room({.room = RoomId(5 + r), .cursor = {.epoch = Epoch(1)}});
  const Instant now{};
  session.start(now, out);
  session.on_connected("token", "", now, out);
  session.on_frame(wire::Welcome{.user = UserId(1), .device = DeviceId(1)}, now, out);
  session.on_frame(wire::Synced{.rooms = {{.room = kRoom, .epoch = Epoch(1)}}}, now, out);
  out.clear();
  std::uint64_t token = 0;
  wire::ServerFrame frame = event(0);
  for (auto _ : state) {
    ++std::get<wire::Event>(frame).seq.value;
    session.on_frame(frame, now, out);
    if (!out.persists.empty()) token = out.persists.back().token;
    out.clear();
    session.on_persisted(token, now, out);
    out.clear();
  }
  if (session.rooms().cursor(session.rooms().find(kRoom)).seq != static_cast<std::uint64_t>(state.iterations())) {
    state.SkipWithError("not every event was applied");
  }
}
BENCHMARK(ApplyEvent)->ArgName("durable")->Arg(0)->Arg(1);

}  // namespace
}  // namespace starling

BENCHMARK_MAIN();
