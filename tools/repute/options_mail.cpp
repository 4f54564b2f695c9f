// SPDX-License-Identifier: Apache-2.0
// How the commands about messages are spelled.
#include <array>
#include <memory>

#include "cmd_check.hpp"
#include "cmd_common_phrases.hpp"
#include "cmd_facts.hpp"
#include "cmd_report.hpp"
#include "command.hpp"

namespace repute::tool {
namespace {

void add_files(CLI::App& app, std::vector<std::string>& files) {
  app.add_option("FILE", files,
                 "A message or an mbox, a folder of them, a maildir; - is standard input")
      ->type_name("")
      ->required();
}

void add_no_progress(CLI::App& app, bool& none) {
  app.add_flag("--no-progress", none, "No line that tells how far it is");
}

void add_mail_options(CLI::App& app, mail_options& options) {
  app.add_option("--envelope", options.envelope,
                 "What is known beside the message: ip=, helo=, from=, to=, authenticated=; "
                 "category=, topic=, heuristic=, avrec=; repeat it for several")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--policy", options.policy_file,
                 "How messages are judged (deploy/mail.toml), the default when not given")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "One JSON object a line, one line a message");
  add_psl_option(app, options.psl_file);
  add_files(app, options.files);
}

runner add_check(CLI::App& app) {
  const auto options = std::make_shared<check_options>();
  app.footer(
      "Examples:\n"
      "  repute check mail.eml\n"
      "  repute check --envelope ip=192.0.2.7 --envelope from=a@b.example - < mail.eml\n"
      "  repute check --json --policy mail.toml Maildir > statuses\n"
      "  repute check --mark --envelope ip=192.0.2.7 - < mail.eml > marked.eml\n\n"
      "Exit status: 0 all have a status, 66 a file cannot be read, 68 a server's name is unknown,\n"
      "69 a message was not answered (it is not_detected then), 74 the output broke off, 65 or 77\n"
      "the file of credentials is malformed or open to others, 78 the policy is wrong. With\n"
      "--mark, 68 and 69 are 0: mail goes on.");
  add_connection_options(app, options->connection);
  add_mail_options(app, options->mail);
  app.add_flag("--mark", options->mark,
               "Write FILE, one message, with its status in header fields as repute-milter does")
      ->excludes("--json");
  add_no_progress(app, options->no_progress);
  return [options] { return cmd_check(*options); };
}

runner add_facts(CLI::App& app) {
  const auto options = std::make_shared<facts_options>();
  app.footer(
      "Examples:\n"
      "  repute facts mail.eml\n"
      "  repute facts --json --envelope ip=192.0.2.7 Maildir\n\n"
      "Exit status: 0 all were read, 66 a file cannot be read, 78 the policy is wrong.");
  add_mail_options(app, options->mail);
  add_salt_option(app, options->connection.salt_file);
  return [options] { return cmd_facts(*options); };
}

runner add_report(CLI::App& app) {
  const auto options = std::make_shared<report_options>();
  app.footer(
      "Examples:\n"
      "  repute report --db db --verdict spam --reason \"reported by a user\" mail.eml\n"
      "  repute report --db db --verdict trusted --reason \"ordinary mail\" --expires never "
      "Maildir\n"
      "  repute report --db db --verdict malware --facts sha256,textsig --reason trap mail.eml\n\n"
      "Near copies of a reported text are found from now on: as a hint, and as soon as another\n"
      "person or an administrator (--administrator) has reported one, as the verdict says. Report\n"
      "300 ordinary mails or more as trusted first: their texts then make no hit. Until then only\n"
      "the first ten campaigns act.\n"
      "Exit status: 0 all was taken, 65 something was not, 66 a file cannot be read, 75 no server\n"
      "runs for the directory, 78 the policy is wrong.");
  add_database_option(app, options->db);
  app.add_option(
         "--verdict", options->verdict,
         "spam, probable_spam, phishing, malware, formal or trusted; none takes back what the "
         "same person reported of a text")
      ->type_name("V")
      ->required();
  app.add_option("--reason", options->reason, "Why")->type_name("TEXT")->required();
  app.add_option(
         "--facts", options->facts,
         "Kinds of facts that are reported: textsig (alone by default), text, sha256, url, ...")
      ->type_name("KIND,...")
      ->delimiter(',');
  app.add_option("--expires", options->expires, "A time such as 24h or 30d, or never")
      ->type_name("T")
      ->capture_default_str();
  app.add_option("--who", options->who, "Who says it, else the login name")->type_name("NAME");
  app.add_flag("--administrator", options->administrator,
               "As the organisation's own word, which counts alone (an override)");
  add_mail_options(app, options->mail);
  return [options] { return cmd_report(*options); };
}

runner add_common_phrases(CLI::App& app) {
  const auto options = std::make_shared<common_phrases_options>();
  app.footer(
      "Example:\n"
      "  repute common-phrases --output common.phrases Maildir\n\n"
      "Give it 300 ordinary mails or more; 10 000 are plenty, and need some 100 MB of memory.\n"
      "The file is for text_signature.common_phrases in the policy of everything that reads\n"
      "mail: repute check, repute report and every repute-milter. Texts that were reported with\n"
      "another file are not found any more, but for those of the version before: begin with it,\n"
      "before the first report.\n"
      "Exit status: 0 written; else nothing was: 65 too few mails to replace a file, 66 something\n"
      "cannot be read, 73 what is there is no such file, or cannot be written.");
  app.add_option("--output", options->out,
                 "Where to write it; the file that is there is replaced by the next version")
      ->type_name("FILE")
      ->required();
  add_salt_option(app, options->connection.salt_file);
  add_no_progress(app, options->no_progress);
  add_files(app, options->files);
  return [options] { return cmd_common_phrases(*options); };
}

constexpr std::array commands{
    command{"check", "Give messages their status", add_check},
    command{"report", "Tell what messages are, so that their like is known", add_report},
    command{"facts", "Show what would be asked about messages, asking nobody", add_facts},
    command{"common-phrases", "Learn which phrases ordinary mail is full of", add_common_phrases},
};

}  // namespace

std::span<const command> mail_commands() noexcept {
  return commands;
}

}  // namespace repute::tool
