// SPDX-License-Identifier: Apache-2.0
#include "query/query_core.hpp"

#include <algorithm>
#include <cassert>

#include "query/source_check.hpp"

namespace repute::query {

namespace {

constexpr std::uint32_t us_per_ms = 1000;

// The count as told, also where the body cannot be parsed or is not worth it. A count that no
// answer may carry reads as 0.
std::uint8_t peek_key_count(byte_view body) noexcept {
  const std::uint8_t told = body[wire::query::nkeys];
  return told <= wire::keys_max ? told : 0;
}

std::uint16_t retry_after_ms(std::uint32_t delay_us) noexcept {
  return static_cast<std::uint16_t>(std::clamp<std::uint32_t>(delay_us / us_per_ms, 1, 1000));
}

wire::snapshot_tlv snapshot_facts(const store::snapshot_info& info, std::uint64_t unix_s) noexcept {
  const std::uint64_t age_s = unix_s - std::min(unix_s, info.created_unix_s);
  return {.age_minutes = static_cast<std::uint32_t>(age_s / 60),
          .kilo_keys = static_cast<std::uint32_t>(info.keys / 1000)};
}

// What can be said about a key without looking: OK to look up, or its error.
status check_key(const wire::key_view& key, const allowed_client& client,
                 std::size_t& signatures) noexcept {
  if (!is_known(key.kind)) {
    return status::unsupported;
  }
  if (!key.well_formed()) {
    return status::malformed;
  }
  if (!client.may_ask(key.kind)) {
    return status::refused;
  }
  if (key.kind == kind::text_sig && ++signatures > wire::text_signatures_max) {
    return status::skipped;
  }
  return status::not_listed;
}

counter counter_of(wire::header_check check) noexcept {
  switch (check) {
    case wire::header_check::bad_size:
      return counter::dropped_size;
    case wire::header_check::bad_magic:
      return counter::dropped_magic;
    case wire::header_check::bad_plain:
      return counter::dropped_plain;
    default:
      return counter::dropped_type;
  }
}

}  // namespace

query_core::query_core(std::uint32_t server_id, reject_limiter& limiter)
    : server_id_(server_id),
      limiter_(limiter),
      buffers_(std::make_unique<buffers>()),
      gate_(server_id) {
  assert(server_id != 0);
}

std::span<const reply> query_core::process(std::span<const datagram> batch,
                                           const batch_context& context) noexcept {
  batch = batch.first(std::min(batch.size(), batch_max));
  probe_count_ = 0;
  text_probe_count_ = 0;
  answer_count_ = 0;
  ++batch_;
  gate_.follow(context.access);
  measure_delay(batch, context.now_ns);
  counters_.add(counter::received, batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    buffers_->jobs[i] = {};
    examine(batch[i], context, buffers_->packets[i], buffers_->jobs[i]);
  }
  look_up(context);
  std::size_t count = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const byte_view reply =
        reply_to(buffers_->jobs[i], buffers_->packets[i], batch[i].bytes.size(), context);
    if (!reply.empty()) {
      buffers_->replies[count++] = {.index = i, .bytes = reply};
    }
  }
  return std::span(buffers_->replies).first(count);
}

void query_core::measure_delay(std::span<const datagram> batch, std::uint64_t now_ns) noexcept {
  if (batch.empty()) {
    return;
  }
  std::uint64_t sum_us = 0;
  for (const datagram& each : batch) {
    sum_us += each.waited_us;
  }
  delay_.add(static_cast<std::uint32_t>(sum_us / batch.size()), now_ns);
}

// Pass 1: everything that one datagram alone decides.
void query_core::examine(const datagram& from, const batch_context& context, byte_span opened,
                         job& to) noexcept {
  if (!pass_header(from, context, to)) {
    return;
  }
  const auto in_the_clear = body_of(from, context, opened, to);
  if (!in_the_clear) {
    return;
  }
  const byte_view body = *in_the_clear;
  if (to.rcode == wire::rcode::clock) {
    // PART could not say it.
    to.what = to.header.type == wire::type::fetch ? action::drop : action::answer;
    counters_.add(counter::dropped_session, to.what == action::drop ? 1 : 0);
    return;
  }
  if (to.header.type == wire::type::fetch) {
    examine_fetch(from, body, context, to);
    return;
  }
  const std::uint32_t deadline_us = wire::peek_deadline_ms(body) * us_per_ms;
  if (deadline_us != 0 && from.waited_us > deadline_us) {
    counters_.add(counter::dropped_deadline);
    return;
  }
  to.what = action::answer;
  to.key_count = peek_key_count(body);
  if (from.waited_us > waited_max_us) {
    to.rcode = wire::rcode::busy;
    return;
  }
  examine_query(from, body, context, to);
}

// True if the body is to be read. Otherwise the datagram is counted and `to` says what happens.
bool query_core::pass_header(const datagram& from, const batch_context& context, job& to) noexcept {
  if (from.truncated) {
    counters_.add(counter::dropped_size);
    return false;
  }
  const wire::header_check check = wire::decode_request_header(from.bytes, to.header);
  if (check != wire::header_check::ok && check != wire::header_check::other_major) {
    counters_.add(counter_of(check));
    return false;
  }
  if (!may_answer(from)) {
    counters_.add(counter::dropped_source);
    return false;
  }
  if (check == wire::header_check::other_major) {
    const bool allowed = limiter_.allow(from.peer.address, context.now_ns);
    counters_.add(allowed ? counter::rejected_version : counter::dropped_version);
    to.what = allowed ? action::reject_version : action::drop;
    return false;
  }
  return true;
}

// The body in the clear. Otherwise the datagram is counted and dropped.
std::optional<byte_view> query_core::body_of(const datagram& from, const batch_context& context,
                                             byte_span opened, job& to) noexcept {
  if (to.header.suite != 0) {
    return open_sealed(from, context, opened, to);
  }
  to.client = context.access.find_plain(from.peer.address);
  if (to.client == nullptr) {
    counters_.add(counter::dropped_network);
    return std::nullopt;
  }
  return from.bytes.subspan(wire::header::size);
}

std::optional<byte_view> query_core::open_sealed(const datagram& from, const batch_context& context,
                                                 byte_span opened, job& to) noexcept {
  const auto entry = gate_.open(from, to.header, context.access,
                                {context.unix_ns, context.now_ns, batch_}, opened);
  if (entry.dropped) {
    counters_.add(*entry.dropped);
    return std::nullopt;
  }
  to.session = entry.session;
  to.client = entry.client;
  if (entry.wrong_hour) {
    to.rcode = wire::rcode::clock;
  }
  return byte_view(opened).first(seal::body_size(from.bytes.size()));
}

void query_core::examine_fetch(const datagram& from, byte_view body, const batch_context& context,
                               job& to) noexcept {
  wire::fetch_request asked;
  if (!wire::decode_fetch(body, asked) || asked.what != wire::fetch_server_list) {
    // PART has no error of its own, and a document that nobody knows is not "there is none".
    counters_.add(counter::dropped_type);
    return;
  }
  if (!within_rate(from, 1, context, to)) {
    counters_.add(counter::dropped_rate);
    return;
  }
  counters_.add(counter::fetches);
  to.what = action::part;
  to.fetch_offset = asked.offset;
}

void query_core::examine_query(const datagram& from, byte_view body, const batch_context& context,
                               job& to) noexcept {
  wire::query_view& parsed = buffers_->parsed;
  if (!wire::decode_query(to.header.type, body, parsed)) {
    to.rcode = wire::rcode::formerr;
    return;
  }
  std::uint64_t units = 0;
  for (const wire::key_view& key : parsed.keys()) {
    units += work_of(key.kind);
  }
  if (!within_rate(from, std::max<std::uint64_t>(units, 1), context, to)) {
    counters_.add(counter::over_rate);
    to.rcode = wire::rcode::busy;
    return;
  }
  if (context.view == nullptr) {
    to.rcode = wire::rcode::loading;
    return;
  }
  take_keys(parsed.keys(), *context.view, to);
}

// Charges the client.
bool query_core::within_rate(const datagram& from, std::uint64_t units,
                             const batch_context& context, const job& of) noexcept {
  return of.client->rate == 0 ||
         of.client->gates->may_work(from.peer.address, units, of.client->rate, context.now_ns);
}

// Appends one answer for each key; those that can be looked up become probes.
void query_core::take_keys(std::span<const wire::key_view> keys, const store::snapshot_view& view,
                           job& to) noexcept {
  assert(answer_count_ + keys.size() <= keys_in_batch);
  to.answer_count = static_cast<std::uint8_t>(keys.size());
  to.first_answer = static_cast<std::uint32_t>(answer_count_);
  std::size_t signatures = 0;
  for (const wire::key_view& key : keys) {
    const status checked = check_key(key, *to.client, signatures);
    buffers_->answers[answer_count_] = {.status = checked};
    if (checked == status::not_listed && key.kind == kind::text_sig) {
      buffers_->text_probes[text_probe_count_++] = {
          .signature = key.bytes.data(), .answer = static_cast<std::uint32_t>(answer_count_)};
    } else if (checked == status::not_listed) {
      buffers_->probes[probe_count_] = view.make_probe(key.kind, key.bytes.data());
      buffers_->probe_answer[probe_count_] = static_cast<std::uint32_t>(answer_count_);
      ++probe_count_;
    }
    ++answer_count_;
  }
}

// Pass 2: one lookup over all keys of the batch, so that the table's lines are fetched side by
// side.
void query_core::look_up(const batch_context& context) noexcept {
  if (context.view == nullptr) {
    return;
  }
  const auto found = std::span(buffers_->found).first(probe_count_);
  context.live.lookup(*context.view,
                      std::span<const store::probe>(buffers_->probes).first(probe_count_),
                      context.unix_s(), found);
  for (std::size_t i = 0; i < probe_count_; ++i) {
    buffers_->answers[buffers_->probe_answer[i]] = found[i];
  }
  for (const text_probe& each : std::span(buffers_->text_probes).first(text_probe_count_)) {
    buffers_->answers[each.answer] = context.live.about_text(
        std::span<const std::uint8_t, text_signature_size>(each.signature, text_signature_size),
        context.unix_s(), buffers_->campaigns);
  }
}

// Pass 3. A sealed reply is the plain one, which leaves room for the tag, and then sealed.
byte_view query_core::reply_to(const job& from, byte_span room, std::size_t capacity,
                               const batch_context& context) noexcept {
  const std::size_t tag = from.session != nullptr ? seal::tag_size : 0;
  wire::reply_buffer out(room, capacity - tag);
  encode(from, context, out);
  const std::size_t size = out.size() == 0 ? 0 : out.size() + tag;
  if (size != 0 && from.session != nullptr &&
      !gate_.seal(*from.session, room.first(size), context.unix_ns)) {
    counters_.add(counter::send_failed);
    return {};
  }
  return room.first(size);
}

void query_core::encode(const job& from, const batch_context& context,
                        wire::reply_buffer& to) noexcept {
  switch (from.what) {
    case action::drop:
      break;
    case action::answer:
      encode_answer(from, context, to);
      break;
    case action::reject_version:
      wire::encode_reject_version(from.header, to);
      break;
    case action::part:
      encode_part(from, context, to);
      break;
  }
}

// As much of the list of servers as fits; without a list a total of 0.
void query_core::encode_part(const job& from, const batch_context& context,
                             wire::reply_buffer& to) const noexcept {
  wire::part_view part;
  part.offset = from.fetch_offset;
  if (context.view != nullptr) {
    const byte_view document = context.view->server_list;
    part.total = static_cast<std::uint32_t>(document.size());
    part.version = context.view->server_list_version;
    part.bytes = document.subspan(std::min<std::size_t>(from.fetch_offset, document.size()));
  }
  wire::encode_part(from.header, part, to);
}

void query_core::encode_answer(const job& from, const batch_context& context,
                               wire::reply_buffer& to) noexcept {
  const auto answers =
      std::span<const answer>(buffers_->answers).subspan(from.first_answer, from.answer_count);
  const bool tell_snapshot = from.header.type == wire::type::ping && context.view != nullptr;
  wire::answer_tlvs tlvs;
  if (tell_snapshot) {
    tlvs.snapshot = snapshot_facts(context.view->info, context.unix_s());
  }
  if (from.rcode == wire::rcode::clock) {
    tlvs.clock_ms = context.unix_ns / 1'000'000;
  }
  wire::encode_answer_packet(from.header, status_of(from, context), answers, tlvs, to);
  const byte_view sent = to.bytes();
  assert(sent.size() >= wire::answers_offset);
  count_reply(from, wire::rcode{sent[wire::header::size + wire::status_block::rcode]});
}

wire::server_status query_core::status_of(const job& from,
                                          const batch_context& context) const noexcept {
  wire::server_status out;
  const std::uint32_t delay_us = delay_.value_us();
  out.rcode = from.rcode;
  out.key_count = from.key_count;
  out.load = context.load;
  out.qdelay_10us = static_cast<std::uint16_t>(std::min<std::uint32_t>(delay_us / 10, 0xffff));
  out.server_id = server_id_;
  if (context.draining) {
    out.sflags |= wire::sflag_drain;
  }
  if (from.session != nullptr && from.session->ends()) {
    out.sflags |= wire::sflag_session_ends;
  }
  if (from.rcode == wire::rcode::busy) {
    out.sflags |= wire::sflag_overload;
    out.retry_after_ms = retry_after_ms(delay_us);
  }
  if (context.view == nullptr) {
    out.sflags |= wire::sflag_loading;
    return out;
  }
  const store::snapshot_info& info = context.view->info;
  out.data_epoch = info.data_epoch;
  out.data_seq = std::max(info.data_seq, context.live.data_seq);
  out.salt_fp = info.salt_fp;
  out.generation = info.generation;
  return out;
}

void query_core::count_reply(const job& from, wire::rcode sent) noexcept {
  counters_.add(from.header.type == wire::type::ping ? counter::pings : counter::queries);
  switch (sent) {
    case wire::rcode::formerr:
      counters_.add(counter::formerr);
      return;
    case wire::rcode::busy:
      counters_.add(counter::busy);
      return;
    case wire::rcode::loading:
      counters_.add(counter::loading);
      return;
    case wire::rcode::toosmall:
      counters_.add(counter::toosmall);
      return;
    case wire::rcode::clock:
      counters_.add(counter::wrong_clock);
      return;
    default:
      break;
  }
  std::array<std::uint64_t, 8> by_status{};
  for (std::size_t i = 0; i < from.answer_count; ++i) {
    ++by_status[static_cast<std::size_t>(buffers_->answers[from.first_answer + i].status) & 7];
  }
  const auto add = [&](counter to, status which) {
    if (const std::uint64_t amount = by_status[static_cast<std::size_t>(which)]; amount != 0) {
      counters_.add(to, amount);
    }
  };
  add(counter::keys_listed, status::listed);
  add(counter::keys_near, status::near);
  add(counter::keys_not_listed, status::not_listed);
  add(counter::keys_unsupported, status::unsupported);
  add(counter::keys_malformed, status::malformed);
  add(counter::keys_skipped, status::skipped);
  add(counter::keys_refused, status::refused);
}

}  // namespace repute::query
