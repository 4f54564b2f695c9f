// SPDX-License-Identifier: Apache-2.0
#include "core/request_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "core/batch.hpp"

namespace repute::core {
namespace {

void remove(few<std::uint64_t>& from, std::uint64_t id) {
  const auto found = std::ranges::find(from, id);
  assert(found != from.end());
  from.erase(found);
}

}  // namespace

auto request_table::question_waits() const {
  return [this](question_id id, time_point at) {
    const auto found = questions_.find(id);
    return found != questions_.end() && found->second.timer == at;
  };
}

auto request_table::lookup_waits() const {
  return [this](lookup_id id, time_point at) {
    const auto found = lookups_.find(id);
    return found != lookups_.end() && found->second.deadline == at;
  };
}

std::uint64_t request_table::hash_of(std::span<const key> keys) const noexcept {
  std::uint64_t hash = seed_;
  for (const key& k : keys) {
    hash = hash_key(k, hash);
  }
  return hash;
}

inquiry& request_table::open(std::vector<key> keys, time_point deadline, bool sharable) {
  inquiry& made = inquiries_[++last_id_];
  made.id = last_id_;
  made.keys = std::move(keys);
  made.answers.resize(made.keys.size());
  made.deadline = deadline;
  if (sharable) {
    made.hash = hash_of(made.keys);
    made.sharable = sharable_.try_emplace(made.hash, made.id).second;
  }
  return made;
}

inquiry* request_table::find_same(std::span<const key> keys) {
  if (sharable_.empty()) {
    return nullptr;
  }
  const auto found = sharable_.find(hash_of(keys));
  if (found == sharable_.end()) {
    return nullptr;
  }
  inquiry& same = inquiries_.at(found->second);
  return std::ranges::equal(same.keys, keys) ? &same : nullptr;
}

void request_table::unshare(inquiry& i) {
  if (std::exchange(i.sharable, false)) {
    sharable_.erase(i.hash);
  }
}

question& request_table::add_question(inquiry& i, std::size_t first, std::size_t count) {
  question& made = questions_[++last_id_];
  made.id = last_id_;
  made.inquiry = i.id;
  made.first = first;
  made.count = count;
  i.questions.push_back(made.id);
  return made;
}

void request_table::add_lookup(lookup_id id, lookup l, inquiry& to) {
  l.inquiry = to.id;
  to.waiting.push_back(id);
  to.deadline = std::max(to.deadline, l.deadline);
  deadlines_.add(l.deadline, id);
  lookups_.emplace(id, std::move(l));
}

question* request_table::find_question(question_id id) {
  const auto found = questions_.find(id);
  return found == questions_.end() ? nullptr : &found->second;
}

lookup* request_table::find_lookup(lookup_id id) {
  const auto found = lookups_.find(id);
  return found == lookups_.end() ? nullptr : &found->second;
}

void request_table::remove_question(question& q) {
  remove(inquiries_.at(q.inquiry).questions, q.id);
  questions_.erase(q.id);
}

lookup request_table::remove_lookup(lookup_id id) {
  auto node = lookups_.extract(id);
  assert(!node.empty());
  inquiry& i = inquiries_.at(node.mapped().inquiry);
  remove(i.waiting, id);
  if (i.waiting.empty()) {
    close(i.id);
  }
  return std::move(node.mapped());
}

void request_table::close(inquiry_id id) {
  inquiry& i = inquiries_.at(id);
  unshare(i);
  for (const question_id q : i.questions) {
    questions_.erase(q);
  }
  inquiries_.erase(id);
}

void request_table::set_timer(question& q, std::optional<time_point> at) {
  q.timer = at;
  if (at) {
    question_timers_.add(*at, q.id);
  }
}

std::optional<time_point> request_table::next_timer() {
  const auto question = question_timers_.next(question_waits());
  const auto deadline = deadlines_.next(lookup_waits());
  return question && deadline ? std::min(*question, *deadline) : question ? question : deadline;
}

question* request_table::take_due_question(time_point now) {
  const auto id = question_timers_.take(now, question_waits());
  if (!id) {
    return nullptr;
  }
  return &questions_.at(*id);
}

std::optional<lookup_id> request_table::take_due_lookup(time_point now) {
  return deadlines_.take(now, lookup_waits());
}

}  // namespace repute::core
