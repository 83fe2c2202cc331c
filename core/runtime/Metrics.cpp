// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Metrics.h"

namespace millrace::runtime
{
namespace
{

/// The element at `index` of one list in pipeline `pipeline`; null beyond the ends.
template <class Element>
const Element* elementAt(const std::vector<PipelineStatus>& pipelines, PipelineId pipeline,
                         std::int32_t index, std::vector<Element> PipelineStatus::*list)
{
    if (pipeline.value < 0 || pipeline.index() >= pipelines.size() || index < 0)
        return nullptr;
    const std::vector<Element>& elements = pipelines[pipeline.index()].*list;
    const auto position = static_cast<std::size_t>(index);
    return position < elements.size() ? &elements[position] : nullptr;
}

template <class Element>
std::vector<const Element*> all(const std::vector<PipelineStatus>& pipelines,
                                std::vector<Element> PipelineStatus::*list)
{
    std::vector<const Element*> elements;
    for (const PipelineStatus& pipeline : pipelines)
        for (const Element& element : pipeline.*list)
            elements.push_back(&element);
    return elements;
}

} // namespace

const StageStatus* LiveStatus::find(const StageRef& stage) const
{
    return elementAt(pipelines, stage.pipeline, stage.stage, &PipelineStatus::stages);
}

const HopStatus* LiveStatus::find(const HopRef& hop) const
{
    return elementAt(pipelines, hop.pipeline, hop.hop, &PipelineStatus::hops);
}

std::vector<const StageStatus*> LiveStatus::stages() const
{
    return all(pipelines, &PipelineStatus::stages);
}

std::vector<const HopStatus*> LiveStatus::hops() const
{
    return all(pipelines, &PipelineStatus::hops);
}

} // namespace millrace::runtime
