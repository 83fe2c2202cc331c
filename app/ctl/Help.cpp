// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Help.h"

#include "base/Suggest.h"

#include <fmt/format.h>

#include <sstream>
#include <vector>

namespace millrace::ctl
{
namespace
{

constexpr std::size_t kWidth = 80;
constexpr std::size_t kTextColumn = 26;

/// "  name  text", the text wrapped beside the name, or below a long one.
std::string entry(const std::string& name, const std::string& text)
{
    std::string out = "  " + name;
    std::size_t column = out.size();
    const auto startLine = [&] {
        out += "\n" + std::string(kTextColumn, ' ');
        column = kTextColumn;
    };
    if (column + 2 > kTextColumn) {
        startLine();
    } else {
        out.append(kTextColumn - column, ' ');
        column = kTextColumn;
    }
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (column != kTextColumn && column + 1 + word.size() > kWidth)
            startLine();
        if (column != kTextColumn) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out + "\n";
}

std::string positionalName(const CLI::Option& option)
{
    return option.get_option_text().empty() ? option.get_name() : option.get_option_text();
}

/// "-o, --output PLAN"
std::string optionName(const CLI::Option& option)
{
    std::vector<std::string> names;
    for (const std::string& name : option.get_snames())
        names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        names.push_back("--" + name);
    const std::string value = option.get_option_text();
    return fmt::format("{}{}{}", fmt::join(names, ", "), value.empty() ? "" : " ", value);
}

/// "millracectl split MODEL PLAN -o DIR [OPTIONS]"
std::string usage(const CLI::App& command)
{
    std::string line = "millracectl " + command.get_name();
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional())
            line += " " + positionalName(*option);
    for (const CLI::Option* option : command.get_options())
        if (!option->get_positional() && option->get_required())
            line += fmt::format(" -{} {}", option->get_snames().front(), option->get_option_text());
    return line + " [OPTIONS]";
}

std::string optionEntries(const CLI::App& app)
{
    std::string text;
    for (const CLI::Option* option : app.get_options())
        if (!option->get_positional())
            text += entry(optionName(*option), option->get_description());
    return text;
}

std::vector<const CLI::App*> commandsOf(const CLI::App& app)
{
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string programHelp(const CLI::App& app)
{
    std::string text = "Usage: millracectl COMMAND ...\n\n" + app.get_description() + "\n\n";
    text += "Commands:\n";
    for (const CLI::App* command : commandsOf(app))
        text += entry(command->get_name(), command->get_description());
    text += "\nOptions:\n" + optionEntries(app);
    return text + "\n" + app.get_footer() + "\n";
}

std::string commandHelp(const CLI::App& command)
{
    std::string text = "Usage: " + usage(command) + "\n\n" + command.get_description() + ".\n\n";
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional())
            text += entry(positionalName(*option), option->get_description());
    text += "\nOptions:\n" + optionEntries(command);
    return command.get_footer().empty() ? text : text + "\n" + command.get_footer() + "\n";
}

bool isOption(const std::string& word)
{
    return word.size() > 1 && word.front() == '-';
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& known)
{
    const std::vector<std::string_view> views(known.begin(), known.end());
    const auto meant = nearest(word, views);
    return meant ? fmt::format("; did you mean {}?", *meant) : "";
}

std::vector<std::string> optionNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

std::vector<std::string> commandNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* command : commandsOf(app))
        names.push_back(command->get_name());
    return names;
}

std::string unknownOption(const CLI::App& app, const CLI::App* command, const std::string& word,
                          bool standsBeforeCommand)
{
    const std::string name = word.substr(0, word.find('='));
    if (standsBeforeCommand && command != nullptr && command->get_option_no_throw(name) != nullptr)
        return fmt::format("{0} comes after the command: millracectl {1} {0}", name,
                           command->get_name());
    return fmt::format("there is no option {}{}", name,
                       didYouMean(name, optionNames(command != nullptr ? *command : app)));
}

/// What the parser could make nothing of says more than what it then found missing.
std::string mistake(const CLI::App& app, const CLI::App* command, const CLI::ParseError& error)
{
    const std::vector<std::string> before = app.remaining();
    for (const std::string& word : before)
        if (isOption(word))
            return unknownOption(app, command, word, true);
    if (!before.empty())
        return fmt::format("there is no command \"{}\"{}", before.front(),
                           didYouMean(before.front(), commandNames(app)));
    if (command == nullptr)
        return "a command is needed";
    const std::vector<std::string> after = command->remaining();
    for (const std::string& word : after)
        if (isOption(word))
            return unknownOption(app, command, word, false);
    if (!after.empty())
        return fmt::format("\"{}\" is one argument too many", after.front());
    const std::string what = error.what();
    if (what.ends_with("required TEXT missing"))
        return what.substr(0, what.find(':')) + " needs a value";
    return what;
}

} // namespace

std::string helpText(const CLI::App& app)
{
    return app.get_parent() == nullptr ? programHelp(app) : commandHelp(app);
}

std::string usageMessage(const CLI::App& app, const CLI::ParseError& error)
{
    const auto chosen = app.get_subcommands();
    const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
    const std::string what = mistake(app, command, error);
    return fmt::format("{}{} millracectl {}--help", what, what.ends_with('?') ? " See" : "; see",
                       command == nullptr ? "" : command->get_name() + " ");
}

} // namespace millrace::ctl
