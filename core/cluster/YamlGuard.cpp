// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/YamlGuard.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace millrace::cluster
{
namespace
{

constexpr int kMaxDepth = 16;
constexpr int kMaxValues = 500'000;
constexpr auto kMaxBrackets = 100'000;

class Guard final : public YAML::EventHandler
{
public:
    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (++m_documents > 1)
            refuse(mark, "a second document begins; a cluster file has one");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { count(mark); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override
    {
        refuse(mark, "aliases (*name) are not read; write the value out");
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  const std::string&) override
    {
        count(mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        open(mark);
    }
    void OnSequenceEnd() override { --m_depth; }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
        open(mark);
    }
    void OnMapEnd() override { --m_depth; }

private:
    void open(const YAML::Mark& mark)
    {
        count(mark);
        if (++m_depth > kMaxDepth)
            refuse(mark, "nested too deeply");
    }
    void count(const YAML::Mark& mark)
    {
        if (++m_values > kMaxValues)
            refuse(mark, "more values than any cluster file has");
    }
    [[noreturn]] static void refuse(const YAML::Mark& mark, const char* what)
    {
        throw YAML::ParserException(mark, what);
    }
    int m_depth = 0;
    int m_documents = 0;
    int m_values = 0;
};

} // namespace

void guardYaml(const std::string& text)
{
    // The scanner keeps every bracket that is open, before the guard hears of the first one.
    if (std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) >
        kMaxBrackets)
        throw YAML::ParserException(YAML::Mark(), "more brackets than any cluster file has");
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Guard guard;
    for (int document = 0; document < 2; ++document)
        parser.HandleNextDocument(guard);
}

} // namespace millrace::cluster
