// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Program.h"
#include "ctl/Terminal.h"

int main(int argc, char** argv)
{
    using namespace millrace::ctl;
    try {
        return runProgram({argv + 1, argv + argc});
    } catch (const std::exception& exception) {
        printError(exception.what());
        return static_cast<int>(ExitCode::Failure);
    }
}
