// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <set>
#include <tuple>

#include "ascii.hpp"

namespace repute::mail {

namespace {

// Words of `X-Spamtest-Method`.
constexpr std::string_view method_none = "none";
constexpr std::string_view method_disabled = "detection disabled";
constexpr std::string_view method_allowed_address = "white ip list";
constexpr std::string_view method_allowed_sender = "white email list";
constexpr std::string_view method_blocked_address = "black ip list";
constexpr std::string_view method_blocked_sender = "black email list";
constexpr std::string_view method_service = "UDS";
constexpr std::string_view method_service_blacklist = "UDS BL";
constexpr std::string_view method_headers = "headers";

/// A near hit weighs this much of what its verdict would.
constexpr double near_share = 0.4;
constexpr std::size_t info_lines_max = 10;
constexpr std::size_t shown_bytes_max = 200;

bool is_client(const fact& of) noexcept {
  return of.role == role::client && of.subject == subject::ip;
}

bool is_sender(const fact& of) noexcept {
  return (of.role == role::mail_from || of.role == role::from) &&
         (of.subject == subject::domain || of.subject == subject::email);
}

std::string_view domain_of(const fact& of) noexcept {
  const std::string_view name = of.canonical.canonical;
  return of.subject == subject::email ? name.substr(name.rfind('@') + 1) : name;
}

bool is_same_or_under(std::string_view name, std::string_view parent) noexcept {
  return name == parent || (name.size() > parent.size() && name.ends_with(parent) &&
                            name[name.size() - parent.size() - 1] == '.');
}

/// True if SPF, DKIM or DMARC proved that the message is from this sender.
bool is_proved(const fact& sender, const envelope& from) {
  return std::ranges::any_of(from.authenticated, [&](const std::string& text) {
    const std::string proved = detail::lower(text);
    return proved.find('@') == proved.npos ? is_same_or_under(domain_of(sender), proved)
                                           : proved == detail::lower(sender.canonical.canonical);
  });
}

bool is_named(const fact& sender, const name_list& in) {
  return sender.subject == subject::email ? in.has_address(sender.canonical.canonical)
                                          : in.has_domain(sender.canonical.canonical);
}

const recipient_group* group_of(const std::string& recipient, const policy& by) {
  const auto found = std::ranges::find_if(by.groups, [&](const recipient_group& group) {
    return group.recipients.has_address(recipient);
  });
  return found == by.groups.end() ? nullptr : &*found;
}

/// The group that all recipients are in, or 0.
std::uint32_t common_group(const envelope& from, const policy& by) {
  std::uint32_t common = 0;
  for (const std::string& recipient : from.recipients) {
    const recipient_group* group = group_of(recipient, by);
    if (group == nullptr || (common != 0 && common != group->id)) {
      return 0;
    }
    common = group->id;
  }
  return common;
}

bool nobody_is_scanned(const envelope& from, const policy& by) {
  return !from.recipients.empty() && std::ranges::all_of(from.recipients, [&](const auto& each) {
    const recipient_group* group = group_of(each, by);
    return group != nullptr && !group->scan;
  });
}

status_report settled(message_status status, std::string_view method) {
  status_report out;
  out.status = status;
  out.rate = status == message_status::blacklisted ? 100 : 0;
  out.method = method;
  return out;
}

std::string words_of(const std::vector<limit>& limits) {
  std::string out;
  for (const limit each : limits) {
    out += (out.empty() ? "" : ", ") + std::string(word(each));
  }
  return out;
}

/// How the hits of one message add up, and what they say beside that.
struct weighed {
  std::vector<hit> hits;
  std::size_t asked = 0;       ///< facts that were asked about
  std::size_t unanswered = 0;  ///< those whose answer was an error
  double all = 0;              ///< noisy-or of the hits that convict
  double dangers = 0;          ///< of phishing and malware among them
  bool beyond_near = false;    ///< something else than near texts convicts
};

/// Noisy-or: each listing is an independent chance that the message is unwanted. Two facts with the
/// same listing (a URL and its host, a sender in From and in the envelope) are one chance.
/// `hits` are in the order of their weight, which makes the sum the same whatever their order was.
template <class Wanted>
double noisy_or(const std::vector<hit>& hits, Wanted wanted) {
  double innocent = 1;
  std::set<std::uint16_t> counted;
  for (const hit& each : hits) {
    if (wanted(each) && counted.insert(each.key).second) {
      innocent *= 1 - each.weight;
    }
  }
  return 1 - innocent;
}

bool is_danger(const hit& each) noexcept {
  return !each.near &&
         (each.said.verdict == verdict::phishing || each.said.verdict == verdict::malware);
}

/// Heaviest first; the rest makes the order, and with it the rate, independent of that of facts.
auto rank(const message_facts& message, const hit& each) {
  const fact& of = message.facts[each.fact];
  return std::tuple(-each.weight, -severity(each.said.verdict), of.subject, of.role,
                    std::string_view(of.canonical.canonical));
}

class weigher {
 public:
  weigher(const message_facts& message, const question& asked, const asked_answers& answered,
          const policy& by)
      : message_(message), asked_(asked), answered_(answered), by_(by) {}

  weighed operator()() {
    for (std::size_t i = 0; i < std::min(message_.facts.size(), asked_.levels.size()); ++i) {
      if (!asked_.levels[i].empty()) {
        add(i);
      }
    }
    std::ranges::sort(out_.hits, {}, [this](const hit& each) { return rank(message_, each); });
    out_.all = noisy_or(out_.hits, [](const hit&) { return true; });
    out_.dangers = noisy_or(out_.hits, is_danger);
    out_.beyond_near = std::ranges::any_of(
        out_.hits, [](const hit& each) { return !each.near && each.weight > 0; });
    return std::move(out_);
  }

 private:
  void add(std::size_t place) {
    const std::vector<std::uint16_t>& levels = asked_.levels[place];
    std::vector<answer> said;
    said.reserve(levels.size());
    for (const std::uint16_t level : levels) {
      said.push_back(answered_.answers[level]);
    }
    ++out_.asked;
    const auto level = deciding_level(said);
    if (!level || is_exclusion(said[*level])) {
      return;
    }
    switch (said[*level].status) {
      case status::listed:
      case status::near:
        return add_hit(place, levels[*level], said[*level]);
      case status::unsupported:
        return;  // a server without this kind of data is as one that does not list it
      default:
        ++out_.unanswered;
    }
  }

  void add_hit(std::size_t place, std::uint16_t key, const answer& said) {
    const fact& of = message_.facts[place];
    hit found;
    found.fact = place;
    found.key = key;
    found.said = said;
    // Of a text signature the category is the number of votes (wire_format.md).
    found.near = said.status == status::near ||
                 (of.subject == subject::textsig && said.category < by_.acting_votes);
    found.weight =
        confidence(said.verdict, said.score) * by_.role_weight[static_cast<std::size_t>(of.role)] *
        by_.kind_weight[static_cast<std::size_t>(of.subject)] * (found.near ? near_share : 1);
    if (said.verdict != verdict::none) {
      out_.hits.push_back(found);
    }
  }

  const message_facts& message_;
  const question& asked_;
  const asked_answers& answered_;
  const policy& by_;
  weighed out_;
};

/// `spam: domain x.example`; a text is not shown.
std::string shown(const hit& each, const fact& of) {
  std::string out =
      fmt::format("{}{}: {}", each.near ? "near " : "", word(each.said.verdict), word(of.subject));
  if (of.subject != subject::text && of.subject != subject::textsig) {
    out.append(" ").append(of.value, 0, shown_bytes_max);
  }
  return out;
}

/// A line for each thing that hits, with all places where it stands.
std::vector<std::string> info_of(const message_facts& message, const weighed& sum) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const hit& each : sum.hits) {
    const fact& of = message.facts[each.fact];
    std::string line = shown(each, of);
    const auto same = std::ranges::find(lines, line, &std::pair<std::string, std::string>::first);
    if (same == lines.end()) {
      lines.emplace_back(std::move(line), word(of.role));
    } else {
      same->second.append(", ").append(word(of.role));
    }
  }
  std::vector<std::string> out;
  for (const auto& [line, roles] : lines) {
    if (out.size() == info_lines_max) {
      out.push_back(fmt::format("and {} more", lines.size() - info_lines_max));
      break;
    }
    out.push_back(fmt::format("{} ({})", line, roles));
  }
  if (sum.unanswered != 0) {
    out.push_back(
        fmt::format("Partly processed ({} of {} facts have no answer)", sum.unanswered, sum.asked));
  }
  return out;
}

int rate_of(const message_facts& message, const weighed& sum, const policy& by) {
  const double limits = message.limits.empty() ? 0 : by.limit_weight;
  const double listed =
      sum.beyond_near ? sum.all : std::min(sum.all, (by.probable_spam_rate - 1) / 100.0);
  return static_cast<int>(std::lround(100 * (1 - (1 - listed) * (1 - limits))));
}

bool is_acquitted(const message_facts& message, const envelope& from, const weighed& sum) {
  return std::ranges::any_of(sum.hits, [&](const hit& each) {
    const fact& of = message.facts[each.fact];
    return each.said.verdict == verdict::trusted && each.said.status == status::listed &&
           (is_client(of) || (is_sender(of) && is_proved(of, from)));
  });
}

bool is_blacklisted(const message_facts& message, const weighed& sum) {
  return std::ranges::any_of(sum.hits, [&](const hit& each) {
    const fact& of = message.facts[each.fact];
    return each.said.verdict == verdict::blacklisted && each.weight > 0 &&
           (is_client(of) || is_sender(of));
  });
}

bool is_said_formal(const weighed& sum, const policy& by) {
  return by.formal_verdicts && std::ranges::any_of(sum.hits, [](const hit& each) {
           return each.said.verdict == verdict::formal && !each.near;
         });
}

struct judgement {
  message_status status{};
  std::string_view method;
};

/// The lines of decide() that need answers.
judgement judge(const message_facts& message, const envelope& from, const weighed& sum, int rate,
                const policy& by) {
  if (std::lround(100 * sum.dangers) >= by.spam_rate) {
    return {message_status::spam, method_service};
  }
  if (is_acquitted(message, from, sum)) {
    return {message_status::trusted, method_service};
  }
  if (is_blacklisted(message, sum)) {
    return {message_status::blacklisted, method_service_blacklist};
  }
  if (rate >= by.spam_rate) {
    return {message_status::spam, method_service};
  }
  if (rate >= by.probable_spam_rate) {
    return {message_status::probable_spam, method_service};
  }
  if (by.formal_automatic.test(static_cast<std::size_t>(message.automatic_kind))) {
    return {message_status::formal, method_headers};
  }
  if (is_said_formal(sum, by)) {
    return {message_status::formal, method_service};
  }
  return {message_status::not_detected, method_none};
}

/// A trusted message shows what is trusted first, and has no rate.
void acquit(weighed& sum, status_report& out) {
  out.rate = 0;
  std::stable_partition(sum.hits.begin(), sum.hits.end(),
                        [](const hit& each) { return each.said.verdict == verdict::trusted; });
}

std::optional<status_report> decide_by_lists(const message_facts& message, const envelope& from,
                                             const policy& by) {
  const auto any_fact = [&](auto wanted) { return std::ranges::any_of(message.facts, wanted); };
  if (any_fact(
          [&](const fact& of) { return is_client(of) && by.allow.has_client(of.canonical); })) {
    return settled(message_status::trusted, method_allowed_address);
  }
  if (any_fact([&](const fact& of) {
        return is_sender(of) && is_named(of, by.allow.senders) && is_proved(of, from);
      })) {
    return settled(message_status::trusted, method_allowed_sender);
  }
  if (any_fact(
          [&](const fact& of) { return is_client(of) && by.block.has_client(of.canonical); })) {
    return settled(message_status::blacklisted, method_blocked_address);
  }
  if (any_fact([&](const fact& of) { return is_sender(of) && is_named(of, by.block.senders); })) {
    return settled(message_status::blacklisted, method_blocked_sender);
  }
  return std::nullopt;
}

}  // namespace

std::string_view word(message_status value) noexcept {
  constexpr std::array<std::string_view, message_status_count> words{
      "not_detected", "probable_spam", "spam", "formal", "trusted", "blacklisted"};
  return words[static_cast<std::size_t>(value)];
}

double confidence(verdict says, std::int16_t score) noexcept {
  // At score -1000, 0 and 1000. A worse verdict is never below a better one in any column.
  struct range {
    double low, middle, high;
  };
  const range in = [says]() -> range {
    switch (says) {
      case verdict::probable_spam:
        return {0.2, 0.5, 0.75};
      case verdict::spam:
      case verdict::blacklisted:
        return {0.6, 0.9, 1};
      case verdict::phishing:
      case verdict::malware:
        return {0.9, 1, 1};
      default:
        return {0, 0, 0};
    }
  }();
  const double share = std::clamp(score / 1000.0, -1.0, 1.0);
  return share < 0 ? in.middle + share * (in.middle - in.low)
                   : in.middle + share * (in.high - in.middle);
}

std::uint16_t category_of(const hit& of, const message_facts& message) noexcept {
  return message.facts[of.fact].subject == subject::textsig ? std::uint16_t{0} : of.said.category;
}

std::optional<status_report> decide_unasked(const message_facts& message, const envelope& from,
                                            const policy& by) {
  std::optional<status_report> out;
  if (nobody_is_scanned(from, by)) {
    out = settled(message_status::trusted, method_disabled);
    out->info.emplace_back("not scanned, disabled by settings");
  } else {
    out = decide_by_lists(message, from, by);
  }
  if (out) {
    out->group = common_group(from, by);
  }
  return out;
}

status_report decide(const message_facts& message, const envelope& from, const question& asked,
                     const asked_answers& answered, const policy& by) {
  if (auto known = decide_unasked(message, from, by)) {
    return *std::move(known);
  }
  status_report out = settled(message_status::not_detected, method_none);
  out.group = common_group(from, by);
  if (answered.failure.empty()) {
    assert(answered.answers.size() == asked.keys.size());
    weighed sum = weigher(message, asked, answered, by)();
    out.rate = rate_of(message, sum, by);
    const judgement found = judge(message, from, sum, out.rate, by);
    out.status = found.status;
    out.method = found.method;
    if (out.status == message_status::trusted) {
      acquit(sum, out);
    }
    out.info = info_of(message, sum);
    out.hits = std::move(sum.hits);
  } else {
    out.info.push_back(fmt::format("Not processed ({})", answered.failure));
  }
  if (!message.limits.empty()) {
    out.info.push_back("Limits reached: " + words_of(message.limits));
  }
  return out;
}

}  // namespace repute::mail
