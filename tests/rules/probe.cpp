// SPDX-License-Identifier: GPL-3.0-or-later
// A program that uses the room that it is compiled for (USES_...): wrong_links.sh links it with the
// rooms below others, where it must not link.
#if defined(USES_cluster)
#include "cluster/Cluster.h"
#elif defined(USES_onnx)
#include "onnx/Model.h"
#elif defined(USES_plan)
#include "plan/Checker.h"
#elif defined(USES_plan_search)
#include "plan/search/Solve.h"
#elif defined(USES_plan_whatif)
#include "plan/whatif/Sensitivity.h"
#elif defined(USES_experiment)
#include "experiment/Algorithm.h"
#elif defined(USES_runtime)
#include "runtime/NodeConfig.h"
#elif defined(USES_deploy)
#include "deploy/Release.h"
#elif defined(USES_ui_project)
#include "ui/project/Project.h"
#endif

int main()
{
    using namespace millrace;
#if defined(USES_cluster)
    return cluster::validate({}) ? 0 : 1;
#elif defined(USES_onnx)
    return onnx::referenceNames().empty() ? 1 : 0;
#elif defined(USES_plan)
    return plan::check({}, {}).empty() ? 0 : 1;
#elif defined(USES_plan_search)
    plan::NoPlanSink sink;
    return plan::solve({}, {}, {}, sink) ? 0 : 1;
#elif defined(USES_plan_whatif)
    plan::NoSensitivitySink sink;
    return plan::sensitivity({}, {}, {}, {}, {}, sink) ? 0 : 1;
#elif defined(USES_experiment)
    return experiment::name(experiment::Algorithm::KPath).empty() ? 1 : 0;
#elif defined(USES_runtime)
    return runtime::writeStageConfig({}).empty() ? 1 : 0;
#elif defined(USES_deploy)
    return deploy::writeRelease({}).empty() ? 1 : 0;
#elif defined(USES_ui_project)
    return ui::writeProject({}, {}).empty() ? 1 : 0;
#endif
}
