#include "server/store/postgres/commit_calls.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/base/probe.h"
#include "common/wire/mentions.h"

namespace starling::postgres {
namespace {

constexpr Statement kCommitBatch{
    "commit_batch",
    "SELECT * FROM commit_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19, $20, $21, $22, $23, $24)"};

// Of commit_batch's row_flags.
constexpr std::int64_t kRenumbered = 1;
constexpr std::int64_t kCallsRoom = 2;
constexpr std::int64_t kCallsUsers = 4;

constexpr std::size_t kNumbersPerRow = 5;  // of commit_batch's answers

/// Each id of a batch once, and its place, from 1 on.
class Places {
 public:
  std::int64_t of(std::int64_t id) {
    const auto at = std::ranges::find(ids_, id);
    const auto place = at - ids_.begin() + 1;
    if (at == ids_.end()) ids_.push_back(id);
    return place;
  }
  const std::vector<std::int64_t>& ids() const { return ids_; }

 private:
  std::vector<std::int64_t> ids_;
};

using Numbers = std::vector<std::int64_t>;

/// The rows as commit_batch takes them: an array a column.
struct Columns {
  Places devices;
  Places users;
  Numbers touched;
  Numbers device_at, user_at, subject_at, cseq, client_msg_id, kind, target, thread, subject, role, flags, body_hash;
  std::vector<std::string_view> body;
  Numbers called_rows, called_users;

  void add(const ports::CommitRow& row) {
    const bool has_subject = wire::has_subject(row.kind);
    std::int64_t flag = row.renumbered ? kRenumbered : 0;
    if (wire::mentions_room(row.kind, row.body)) flag |= kCallsRoom;
    device_at.push_back(row.device ? devices.of(bigint_of(row.device)) : 0);
    user_at.push_back(users.of(bigint_of(row.user)));
    subject_at.push_back(has_subject ? users.of(bigint_of(row.subject)) : 0);
    if (has_subject) touched.push_back(bigint_of(row.subject));
    if (row.kind == wire::EventKind::Message) {
      for (const UserId user : wire::mentions_of(row.body).users) {
        flag |= kCallsUsers;
        called_rows.push_back(static_cast<std::int64_t>(device_at.size()));
        called_users.push_back(users.of(bigint_of(user)));
        touched.push_back(bigint_of(user));
      }
    }
    cseq.push_back(bigint_of(row.cseq));
    client_msg_id.push_back(bigint_of(row.client_msg_id));
    kind.push_back(bigint_of(row.kind));
    target.push_back(bigint_of(row.target));
    thread.push_back(bigint_of(row.thread));
    subject.push_back(bigint_of(row.subject));
    role.push_back(bigint_of(row.role));
    flags.push_back(flag);
    body_hash.push_back(bigint_of(wire::body_hash(row.body)));
    body.push_back(row.body);
  }
};

}  // namespace

std::vector<Call> calls_of(const ports::CommitBatch& batch, bool carefully) {
  Columns c;
  for (const ports::CommitRow& row : batch.rows) c.add(row);
  Params params;
  params.add(batch.room).add(batch.epoch).add(batch.fence).add(batch.now).add(batch.rooms_per_user_max).add(carefully);
  params.add_array(c.devices.ids()).add_array(c.users.ids()).add_array(c.touched).add_array(c.device_at);
  params.add_array(c.user_at).add_array(c.subject_at).add_array(c.cseq).add_array(c.client_msg_id).add_array(c.kind);
  params.add_array(c.target).add_array(c.thread).add_array(c.subject).add_array(c.role).add_array(c.flags);
  params.add_array(c.body_hash).add_bytes_array(c.body).add_array(c.called_rows).add_array(c.called_users);
  std::vector<Call> calls;
  calls.push_back({&kCommitBatch, std::move(params)});
  return calls;
}

ports::Committed result_of(const ports::CommitBatch& batch, std::span<const Rows> answers) {
  const Rows& answer = answers[0];
  ports::Committed done;
  const auto all_are = [&](wire::SendStatus status) { done.results.assign(batch.rows.size(), {.status = status}); };
  if (answer.empty()) {
    done.exists = false;
    all_are(wire::SendStatus::NoSuchRoom);
    return done;
  }
  done.fenced = answer.flag(0, 0);
  done.epoch = answer.as<Epoch>(0, 1);
  done.prev_head = answer.as<Seq>(0, 2);
  done.head = answer.as<Seq>(0, 3);
  if (done.fenced) return done;
  if (done.epoch != batch.epoch) {
    all_are(wire::SendStatus::StaleEpoch);
    return done;
  }
  const Numbers rows = answer.numbers(0, 4);
  for (std::size_t at = 0; at + kNumbersPerRow <= rows.size(); at += kNumbersPerRow) {
    const ports::CommitRowResult row{.status = static_cast<wire::SendStatus>(rows[at]),
                                     .seq = Seq(static_cast<std::uint64_t>(rows[at + 1])),
                                     .expected = Cseq(static_cast<std::uint32_t>(rows[at + 2])),
                                     .msg_no = static_cast<std::uint64_t>(rows[at + 3]),
                                     .ts = wall_from_ms(rows[at + 4])};
    probe(Probe::dup_in_batch, row.status == wire::SendStatus::Duplicate && row.seq > done.prev_head);
    done.results.push_back(row);
  }
  return done;
}

}  // namespace starling::postgres
