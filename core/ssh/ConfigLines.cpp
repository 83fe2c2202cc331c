// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ConfigLines.h"

#include "base/File.h"
#include "ssh/Pattern.h"

#include <glob.h>

#include <algorithm>

namespace millrace::ssh
{
namespace
{

constexpr int kDeepest = 16; // levels of Include, as in OpenSSH
constexpr std::string_view kBlanks = " \t\r\f";

std::string lower(std::string text)
{
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// Cuts one argument off: a quoted one or one up to the next blank.
Result<std::string> nextArgument(std::string_view& rest)
{
    std::string argument;
    char quote = '\0';
    std::size_t at = 0;
    for (; at < rest.size(); ++at) {
        const char c = rest[at];
        const bool escapes = c == '\\' && at + 1 < rest.size() &&
                             (rest[at + 1] == '"' || rest[at + 1] == '\'' || rest[at + 1] == '\\');
        if (escapes)
            argument += rest[++at];
        else if (quote != '\0' && c == quote)
            quote = '\0';
        else if (quote == '\0' && (c == '"' || c == '\''))
            quote = c;
        else if (quote == '\0' && kBlanks.find(c) != std::string_view::npos)
            break;
        else
            argument += c;
    }
    if (quote != '\0')
        return fail(ErrorCode::ParseError, "a quote is not closed");
    rest.remove_prefix(at);
    return argument;
}

void skipBlanks(std::string_view& rest)
{
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

std::string joined(const std::vector<std::string>& arguments)
{
    std::string list;
    for (const std::string& argument : arguments)
        list += (list.empty() ? "" : " ") + argument;
    return list;
}

class Walk
{
public:
    Walk(const std::filesystem::path& includeFolder, const std::filesystem::path& home,
         const MatchSubject& subject, const ConfigHandler& handle)
        : m_includeFolder(includeFolder), m_home(home), m_subject(subject), m_handle(handle)
    {
    }
    Result<void> file(const std::filesystem::path& path, bool applies, int depth);

private:
    Result<bool> matches(const ConfigLine& line) const;
    Result<void> include(const ConfigLine& line, bool applies, int depth);

    const std::filesystem::path& m_includeFolder;
    const std::filesystem::path& m_home;
    const MatchSubject& m_subject;
    const ConfigHandler& m_handle;
};

Result<void> Walk::file(const std::filesystem::path& path, bool applies, int depth)
{
    constexpr std::uintmax_t kLargest = std::uintmax_t{4} << 20;
    const auto text = readFile(path, kLargest);
    if (!text && text.error().code == ErrorCode::NotFound)
        return {};
    if (!text)
        return tl::unexpected(text.error());
    std::string_view rest = *text;
    const bool outside = applies;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        auto line = splitConfigLine(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::string where = fmt::format("{}:{}", path.string(), number);
        if (!line)
            return inContext(where, line.error());
        line->where = where;
        Result<void> done;
        if (line->keyword == "host" || line->keyword == "match") {
            // Inside a block that does not apply, an included file's blocks do not apply either.
            const Result<bool> now = outside ? matches(*line) : Result<bool>(false);
            if (!now)
                return tl::unexpected(now.error());
            applies = *now;
        } else if (line->keyword == "include") {
            done = include(*line, applies, depth);
        } else if (!line->keyword.empty() && applies) {
            done = m_handle(*line);
        }
        if (!done)
            return done;
    }
    return {};
}

Result<bool> Walk::matches(const ConfigLine& line) const
{
    if (line.keyword == "host")
        return matchesList(m_subject.alias, joined(line.arguments));
    for (std::size_t i = 0; i < line.arguments.size(); ++i) {
        std::string criterion = lower(line.arguments[i]);
        const bool negated = criterion.starts_with('!');
        if (negated)
            criterion.erase(0, 1);
        bool holds = false;
        if (criterion == "all") {
            holds = true;
        } else if (criterion == "host" || criterion == "originalhost" || criterion == "user" ||
                   criterion == "localuser") {
            if (++i == line.arguments.size())
                return fail(ErrorCode::ParseError, "{}: Match {} needs a pattern", line.where,
                            criterion);
            const std::string text = criterion == "host"           ? m_subject.hostName()
                                     : criterion == "originalhost" ? m_subject.alias
                                     : criterion == "user"         ? m_subject.user()
                                                                   : m_subject.localUser;
            holds = matchesList(text, line.arguments[i]);
        } else {
            return fail(ErrorCode::Unsupported,
                        "{}: Match {} cannot be honoured; use Host, or give this host a section "
                        "before that line",
                        line.where, criterion);
        }
        if (holds == negated)
            return false;
    }
    return true;
}

Result<void> Walk::include(const ConfigLine& line, bool applies, int depth)
{
    if (depth == kDeepest)
        return fail(ErrorCode::ParseError, "{}: files include each other more than {} deep",
                    line.where, kDeepest);
    for (const std::string& argument : line.arguments) {
        std::filesystem::path pattern = argument;
        if (argument.starts_with("~/"))
            pattern = m_home / argument.substr(2);
        else if (pattern.is_relative())
            pattern = m_includeFolder / pattern;
        ::glob_t found{};
        std::vector<std::filesystem::path> paths;
        if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
            paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
        ::globfree(&found);
        for (const auto& path : paths)
            if (auto done = file(path, applies, depth + 1); !done)
                return done;
    }
    return {};
}

} // namespace

Result<ConfigLine> splitConfigLine(std::string_view rest)
{
    ConfigLine line;
    skipBlanks(rest);
    if (rest.empty() || rest.front() == '#')
        return line;
    const std::size_t end = std::min(rest.find_first_of(" \t\r\f=\""), rest.size());
    line.keyword = lower(std::string(rest.substr(0, end)));
    if (line.keyword == "pubkeyacceptedkeytypes") // old names that still count
        line.keyword = "pubkeyacceptedalgorithms";
    else if (line.keyword == "challengeresponseauthentication")
        line.keyword = "kbdinteractiveauthentication";
    rest.remove_prefix(end);
    skipBlanks(rest);
    if (rest.starts_with('='))
        rest.remove_prefix(1);
    skipBlanks(rest);
    while (!rest.empty() && rest.front() != '#') {
        auto argument = nextArgument(rest);
        if (!argument)
            return tl::unexpected(argument.error());
        line.arguments.push_back(*std::move(argument));
        skipBlanks(rest);
    }
    if (line.arguments.empty())
        return fail(ErrorCode::ParseError, "{} needs a value", line.keyword);
    return line;
}

Result<void> walkConfig(const std::filesystem::path& file,
                        const std::filesystem::path& includeFolder,
                        const std::filesystem::path& home, const MatchSubject& subject,
                        const ConfigHandler& handle)
{
    return Walk(includeFolder, home, subject, handle).file(file, true, 0);
}

} // namespace millrace::ssh
