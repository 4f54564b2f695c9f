// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/checker.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <future>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "ascii.hpp"
#include "header.hpp"
#include "read_file.hpp"
#include "repute/client/client.hpp"
#include "repute/mail/authentication_results.hpp"
#include "repute/mail/extract.hpp"
#include "repute/mail/sign_texts.hpp"
#include "repute/seal/digest.hpp"
#include "repute/textsig/common_shingles.hpp"

namespace repute::mail {

namespace {

/// Proved domains of the fields that the administrator's own filters wrote.
void add_proved(std::string_view message, const extract_limits& limits, std::string_view believed,
                envelope& to) {
  detail::budget within(limits, message.size());
  if (message.starts_with("From ")) {
    message.remove_prefix(std::min(message.find('\n'), message.size() - 1) + 1);
  }
  const detail::header head = detail::header::read(message, within);
  for (const detail::header_field& field : head.fields()) {
    if (detail::is_word(field.name, "authentication-results")) {
      const std::string value = detail::unfolded(field.body);
      if (authserv_id_of(value) == believed) {
        std::ranges::move(proved_domains(value), std::back_inserter(to.authenticated));
      }
    }
  }
}

std::shared_ptr<const textsig::common_shingles> read_common_phrases(
    const std::string& path, const seal::deployment_salt& salt) {
  if (path.empty()) {
    return nullptr;
  }
  std::string problem;
  const auto file = detail::read_file(path, textsig::common_shingles::file_size_max, problem);
  constexpr const char* setting = "text_signature.common_phrases: ";
  if (!file) {
    throw std::runtime_error(setting + problem);
  }
  auto read = textsig::common_shingles::decode(seal::bytes_of(*file), salt, problem);
  if (!read) {
    throw std::runtime_error(setting + path + ": " + problem);
  }
  return std::make_shared<const textsig::common_shingles>(std::move(*read));
}

/// Words for `Not processed (...)`.
std::string word_of(const boost::system::error_code& error) {
  if (error == errc::timeout) {
    return "timeout";
  }
  if (error == errc::unreachable) {
    return "no server";
  }
  if (error == errc::overloaded) {
    return "servers busy";
  }
  if (error == errc::loading) {
    return "servers loading";
  }
  if (error == errc::refused) {
    return "refused";
  }
  return error.message();
}

}  // namespace

examiner::examiner(std::shared_ptr<const canon::canonicalizer> canon,
                   const seal::deployment_salt& salt, mail::policy by)
    : canon_(std::move(canon)),
      policy_(std::move(by)),
      extract_(*canon_, policy_.extraction),
      sign_(salt, read_common_phrases(policy_.common_phrases, salt)),
      fingerprints_(salt) {}

examined_message examiner::operator()(std::string_view message, envelope from,
                                      const given_facts& given) const {
  examined_message out;
  out.from = std::move(from);
  if (const std::string& believed = policy_.believed_authserv_id; !believed.empty()) {
    add_proved(message, policy_.extraction.limits, believed, out.from);
  }
  out.facts = extract_(message, out.from, given);
  sign_texts(out.facts, sign_);
  out.asked = ask_about(out.facts, *canon_, fingerprints_, std::random_device{}());
  if (out.asked.quota_reached) {
    out.facts.limits.push_back(limit::quota);
  }
  return out;
}

struct checker::state {
  state(std::shared_ptr<const examiner> reads, const client_options& servers)
      : examine(std::move(reads)),
        asking(std::make_unique<client>(context.get_executor(), servers)),
        loop([this] { context.run(); }) {}
  // The loop ends when the client is gone, not before.
  ~state() { asking.reset(); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  [[nodiscard]] lookup_result look_up(const question& asked, boost::system::error_code& error) {
    std::promise<lookup_result> done;
    asking->async_lookup(asked.keys, [&](boost::system::error_code failed, lookup_result result) {
      error = failed;
      done.set_value(std::move(result));
    });
    return done.get_future().get();
  }

  std::shared_ptr<const examiner> examine;
  boost::asio::io_context context{1};
  std::unique_ptr<client> asking;
  std::jthread loop;
};

checker::checker(std::shared_ptr<const examiner> read, const client_options& servers)
    : state_(std::make_unique<state>(std::move(read), servers)) {}
checker::~checker() = default;

const policy& checker::policy() const noexcept {
  return state_->examine->policy();
}

checked_message checker::operator()(std::string_view message, envelope from,
                                    const given_facts& given) const {
  checked_message out;
  examined_message& read = out.examined;
  read = (*state_->examine)(message, std::move(from), given);
  lookup_result answered;
  if (decide_unasked(read.facts, read.from, policy())) {
    read.asked = {};
  } else if (!read.asked.keys.empty()) {
    boost::system::error_code error;
    answered = state_->look_up(read.asked, error);
    if (error) {
      out.failure = word_of(error);
    } else {
      out.server = std::move(answered.server);
      out.rtt = answered.rtt;
    }
  }
  out.report = decide(read.facts, read.from, read.asked, {answered.answers, out.failure}, policy());
  return out;
}

}  // namespace repute::mail
