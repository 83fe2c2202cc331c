// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Recipe.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <stdexcept>
#include <thread>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

/// Keeps every update as "device/step state".
class Grid final : public StepSink
{
public:
    void step(const StepUpdate& update) override
    {
        static constexpr const char* kNames[] = {"waiting", "running",   "done",
                                                 "failed",  "cancelled", "undone"};
        last[update.device + "/" + std::string(nameOf(update.step))] =
            kNames[static_cast<int>(update.state)];
        all.push_back(update.device + "/" + std::string(nameOf(update.step)) + " " +
                      kNames[static_cast<int>(update.state)]);
    }
    std::map<std::string, std::string> last;
    std::vector<std::string> all;
};

Result<std::string> untilStopped(const TaskContext& context)
{
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait(lock, context.stop(), [] { return false; });
    return fail(ErrorCode::Cancelled, "stopped");
}

Result<std::string> well(const TaskContext&)
{
    return "well";
}

Result<std::string> badly(const TaskContext&)
{
    return fail(ErrorCode::Io, "disk full");
}

} // namespace

class TestRecipe : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_undone.clear();
        m_grid = {};
    }

    void runsStepsInOrderAndTasksAtOnce()
    {
        std::mutex mutex;
        std::condition_variable both;
        int inside = 0;
        const auto meet = [&](const TaskContext&) -> Result<std::string> {
            std::unique_lock lock(mutex);
            ++inside;
            both.notify_all();
            const bool met =
                both.wait_for(lock, std::chrono::seconds(10), [&] { return inside == 2; });
            return met ? Result<std::string>("met") : fail(ErrorCode::Internal, "alone");
        };
        const std::vector<RecipeStep> recipe{
            {StepId::Reach, kNever, OnFailure::StopOthers, {{"a", meet}, {"b", meet}}},
            {StepId::Upload, kNever, OnFailure::StopOthers, {{"", well}}}};
        QVERIFY(run(recipe));
        const std::vector<std::string> announced{"a/reach waiting", "b/reach waiting",
                                                 "/upload waiting"};
        QVERIFY(std::equal(announced.begin(), announced.end(), m_grid.all.begin()));
        const auto at = [this](const char* what) {
            return std::find(m_grid.all.begin(), m_grid.all.end(), what) - m_grid.all.begin();
        };
        QVERIFY(at("a/reach done") < at("/upload running") &&
                at("b/reach done") < at("/upload running"));
        QCOMPARE(m_grid.last["/upload"], std::string("done"));
        QVERIFY(m_undone.empty());
    }

    void failureUndoesWhatHasBegun()
    {
        const std::vector<RecipeStep> recipe{
            {StepId::Reach, kNever, OnFailure::StopOthers, {undoable("a", "one", well)}},
            {StepId::Upload,
             kNever,
             OnFailure::StopOthers,
             {undoable("a", "two", untilStopped), undoable("b", "two", badly)}},
            {StepId::Health, kNever, OnFailure::StopOthers, {undoable("a", "three", well)}}};
        const auto failed = run(recipe);
        QVERIFY(!failed);
        QVERIFY(failed.error() == (Error{ErrorCode::Io, "b: upload: disk full"}));
        QCOMPARE(m_undone.size(), std::size_t{3});
        QCOMPARE(m_undone.back(), std::string("a one"));
        QCOMPARE(m_grid.last["a/reach"], std::string("undone"));
        QCOMPARE(m_grid.last["a/upload"], std::string("cancelled"));
        QCOMPARE(m_grid.last["b/upload"], std::string("failed"));
        QCOMPARE(m_grid.last["a/health"], std::string("waiting"));
    }

    void everyFailureIsHeardWhereOthersFinish()
    {
        const std::vector<RecipeStep> recipe{{StepId::Check,
                                              kNever,
                                              OnFailure::LetOthersFinish,
                                              {{"a", badly}, {"b", badly}, {"c", well}}}};
        const auto failed = run(recipe);
        QCOMPARE(failed.error().message, std::string("a: check: disk full; b: check: disk full"));
        QCOMPARE(m_grid.last["c/check"], std::string("done"));
    }

    /// Only what left a trace is taken back.
    void looksStayDone()
    {
        const std::vector<RecipeStep> recipe{
            {StepId::Reach, kNever, OnFailure::StopOthers, {{"a", well}}},
            {StepId::Lock, kNever, OnFailure::StopOthers, {undoable("a", "lock", well)}},
            {StepId::Switch, kNever, OnFailure::StopOthers, {{"", badly}}}};
        QVERIFY(!run(recipe));
        QCOMPARE(m_grid.last["a/reach"], std::string("done"));
        QCOMPARE(m_grid.last["a/lock"], std::string("undone"));
        QCOMPARE(std::count(m_grid.all.begin(), m_grid.all.end(), "a/reach done"), 1);
    }

    void limitIsNamed()
    {
        const std::vector<RecipeStep> recipe{{StepId::Start,
                                              Seconds{0.1},
                                              OnFailure::StopOthers,
                                              {undoable("a", "start", untilStopped), {"b", well}}}};
        const auto late = run(recipe);
        QVERIFY(late.error().code == ErrorCode::Timeout);
        QCOMPARE(late.error().message, std::string("a: start: not done within 100 ms"));
        QCOMPARE(m_grid.last["a/start"], std::string("failed"));
        QCOMPARE(m_undone, std::vector<std::string>{"a start"});
    }

    void stopUndoesEverything()
    {
        std::stop_source source;
        const auto stopping = [&source](const TaskContext&) -> Result<std::string> {
            source.request_stop();
            return "";
        };
        const std::vector<RecipeStep> recipe{
            {StepId::Reach, kNever, OnFailure::StopOthers, {undoable("a", "one", stopping)}},
            {StepId::Upload, kNever, OnFailure::StopOthers, {undoable("a", "two", well)}}};
        Steps steps(m_grid);
        const auto stopped = runRecipe(recipe, {}, source.get_token(), steps);
        QVERIFY(stopped.error().code == ErrorCode::Cancelled);
        QCOMPARE(m_undone, std::vector<std::string>{"a one"});
        QCOMPARE(m_grid.last["a/upload"], std::string("waiting"));
    }

    void whatATaskThrowsIsItsFailure()
    {
        const auto thrown = [](const TaskContext&) -> Result<std::string> {
            throw std::runtime_error("no such folder");
        };
        const auto done =
            run({{StepId::Reach, kNever, OnFailure::StopOthers, {undoable("a", "one", well)}},
                 {StepId::Upload, kNever, OnFailure::StopOthers, {{"b", thrown, {}}}}});
        QVERIFY(done.error() ==
                (Error{ErrorCode::Internal,
                       "b: upload: this step: an unexpected failure: no such folder"}));
        QCOMPARE(m_undone, std::vector<std::string>{"a one"});
    }

    void whatAnUndoThrowsStopsNoOther()
    {
        Task broken{"b", well, [](const std::stop_token&) { throw std::bad_alloc(); }};
        const auto done = run(
            {{StepId::Reach, kNever, OnFailure::StopOthers, {undoable("a", "one", well)}},
             {StepId::Upload, kNever, OnFailure::StopOthers, {broken, undoable("c", "two", well)}},
             {StepId::Health, kNever, OnFailure::StopOthers, {{"a", badly, {}}}}});
        QVERIFY(done.error().code == ErrorCode::Io);
        QCOMPARE(m_undone, (std::vector<std::string>{"c two", "a one"}));
    }

    void slowUndoIsGivenUp()
    {
        Task stuck{"a", badly, [](const std::stop_token& stop) {
                       while (!stop.stop_requested())
                           std::this_thread::sleep_for(std::chrono::milliseconds(5));
                   }};
        Steps steps(m_grid);
        QVERIFY(!runRecipe({{StepId::Reach, kNever, OnFailure::StopOthers, {stuck}}},
                           {Seconds{0.05}}, {}, steps));
    }

private:
    Task undoable(const std::string& device, const std::string& step,
                  std::function<Result<std::string>(const TaskContext&)> run)
    {
        return {device, std::move(run), [this, device, step](const std::stop_token&) {
                    const std::lock_guard lock(m_mutex);
                    m_undone.push_back(device + " " + step);
                }};
    }
    Result<void> run(const std::vector<RecipeStep>& recipe)
    {
        Steps steps(m_grid);
        return runRecipe(recipe, {}, {}, steps);
    }
    std::mutex m_mutex;
    std::vector<std::string> m_undone;
    Grid m_grid;
};

QTEST_GUILESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
