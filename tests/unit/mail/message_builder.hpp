// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "repute/mail/status.hpp"

namespace repute::mail {

/// A message as extraction and a server would leave it, fact by fact.
struct judged_message {
  message_facts message;
  envelope from;
  question asked;
  std::vector<answer> answers;
  std::string failure;

  /// A fact with one key, and what a server says about it. Facts with equal `text` share the key.
  void add(subject what, role where, std::string text, answer said) {
    const kind as = what == subject::ip       ? kind::ip4
                    : what == subject::email  ? kind::email
                    : what == subject::domain ? kind::host
                                              : kind::text_exact;
    add_levels({what, where, text, {as, text}, 0}, {said});
  }
  /// A fact with several levels of its own.
  void add_levels(fact of, const std::vector<answer>& said) {
    auto& levels = asked.levels.emplace_back();
    for (std::size_t i = 0; i < said.size(); ++i) {
      std::string bytes = of.canonical.canonical.substr(0, 15) + static_cast<char>(i);
      const key made(of.canonical.kind,
                     {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
      std::size_t place = 0;
      while (place < asked.keys.size() && !(asked.keys[place] == made)) {
        ++place;
      }
      if (place == asked.keys.size()) {
        asked.keys.push_back(made);
        answers.push_back(said[i]);
      }
      levels.push_back(static_cast<std::uint16_t>(place));
    }
    message.facts.push_back(std::move(of));
  }

  [[nodiscard]] status_report judge(const policy& by = {}) const {
    return decide(message, from, asked, {answers, failure}, by);
  }
};

inline answer listed(verdict says, int score = 0) {
  return {.status = status::listed, .verdict = says, .score = static_cast<std::int16_t>(score)};
}

inline const std::string some_address("\xc0\x00\x02\x19", 4);  // 192.0.2.25

}  // namespace repute::mail
