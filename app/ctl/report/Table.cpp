// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/Table.h"

#include "ctl/Report.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

/// Code points; good enough for names, no terminal width tables.
std::size_t width(const std::string& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

} // namespace

void Table::add(std::vector<std::string> cells)
{
    cells.resize(m_columns.size());
    for (std::string& cell : cells)
        cell = printable(cell);
    m_rows.push_back(std::move(cells));
}

std::string Table::text() const
{
    std::vector<std::string> header;
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        header.push_back(m_columns[c].title);
        widths.push_back(width(m_columns[c].title));
        for (const auto& row : m_rows)
            widths[c] = std::max(widths[c], width(row[c]));
    }
    std::string text;
    const auto append = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string padding(widths[c] - width(row[c]), ' ');
            line += c == 0 ? "" : "  ";
            line += m_columns[c].align == Align::Right ? padding + row[c] : row[c] + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    };
    append(header);
    for (const auto& row : m_rows)
        append(row);
    return text;
}

} // namespace millrace::ctl
