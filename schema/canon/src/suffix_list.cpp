// SPDX-License-Identifier: Apache-2.0
#include "suffix_list.hpp"

#include <libpsl.h>

#include <algorithm>
#include <stdexcept>

namespace repute::canon::detail {
namespace {

constexpr std::size_t parents_max = 4;

}  // namespace

void suffix_list::closer::operator()(psl_ctx_st* list) const noexcept {
  psl_free(list);
}

suffix_list::suffix_list(const std::string& file)
    : loaded_(file.empty() ? nullptr : psl_load_file(file.c_str())),
      list_(file.empty() ? psl_builtin() : loaded_.get()) {
  const std::string what = file.empty() ? "the public suffix list of libpsl" : file;
  if (list_ == nullptr) {
    throw std::runtime_error(what + ": cannot be read");
  }
  // libpsl reads any text as a list; an error page in its place must not shape keys.
  if (psl_is_public_suffix2(list_, "com", PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 1) {
    throw std::runtime_error(what + ": not a public suffix list, it has no ICANN suffix com");
  }
}

bool suffix_list::is_suffix(const char* name) const noexcept {
  return psl_is_public_suffix2(list_, name, PSL_TYPE_ICANN) == 1;
}

bool suffix_list::lists(const std::string& name) const noexcept {
  return psl_is_public_suffix2(list_, name.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 1;
}

std::vector<std::string_view> suffix_list::parents(const std::string& name) const {
  // Where each label begins, and which of them begins the longest public suffix.
  std::vector<std::size_t> starts{0};
  for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
    starts.push_back(dot + 1);
  }
  const auto suffix =
      std::ranges::find_if(starts, [&](std::size_t at) { return is_suffix(name.c_str() + at); });
  std::vector<std::string_view> out;
  const std::size_t end = static_cast<std::size_t>(suffix - starts.begin());
  for (std::size_t i = std::max<std::size_t>(1, end - std::min(end, parents_max)); i < end; ++i) {
    out.push_back(std::string_view(name).substr(starts[i]));
  }
  return out;
}

}  // namespace repute::canon::detail
