// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/Descriptions.h"

#include "ui/models/Figures.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::Inspector)
};

QString escaped(const std::string& utf8)
{
    return QString::fromStdString(utf8).toHtmlEscaped();
}

QString shapeText(graph::DType type, const std::vector<std::int64_t>& shape)
{
    QStringList dims;
    for (const std::int64_t dim : shape)
        dims << QString::number(dim);
    return QString(escaped(std::string(graph::name(type))) + u" [" +
                   dims.join(QStringLiteral(" \u00d7 ")) + u']');
}

/// Rows of "name: value" under a heading.
class Table
{
public:
    explicit Table(const QString& heading)
        : m_html(QString(u"<h4>" + heading + u"</h4><table cellspacing='0' cellpadding='2'>"))
    {
    }
    Table& row(const QString& name, const QString& value)
    {
        m_html += QString(u"<tr><td style='padding-right:10px'>" + name + u"</td><td>" + value +
                          u"</td></tr>");
        m_empty = false;
        return *this;
    }
    [[nodiscard]] QString html() const
    {
        return m_empty ? QString() : QString(m_html + u"</table>");
    }

private:
    QString m_html;
    bool m_empty = true;
};

QString tensorRow(const graph::Tensor& tensor)
{
    return QString(escaped(tensor.name) + u"<br>" + shapeText(tensor.dtype, tensor.shape) + u", " +
                   figure(tensor.flow.bytes) +
                   (tensor.observed ? Tr::tr(", shape seen in a trial run") : QString()));
}

QString times(const Snapshot& snapshot, LayerId layer)
{
    if (!snapshot.times)
        return {};
    Table table(snapshot.times->source == plan::TimesSource::Measured ? Tr::tr("Measured time")
                                                                      : Tr::tr("Estimated time"));
    table.row(Tr::tr("this computer"), figure(snapshot.times->reference[layer.index()]));
    if (snapshot.problem && layer.index() < snapshot.problem->layers.size())
        for (const auto& [deviceClass, seconds] : snapshot.problem->layers[layer.index()].seconds)
            table.row(escaped(deviceClass), figure(seconds));
    return table.html();
}

QString place(const Snapshot& snapshot, LayerId layer)
{
    const int stage = stageOfLayer(snapshot)[layer.index()];
    if (stage < 0)
        return {};
    const DeviceId device = snapshot.plan->stages()[static_cast<std::size_t>(stage)].stage.device;
    return Tr::tr("<p>Stage %1, on <b>%2</b></p>")
        .arg(stage + 1)
        .arg(escaped(snapshot.problem->devices[device.index()].name));
}

} // namespace

QString describeLayer(const Snapshot& snapshot, LayerId id)
{
    const graph::Graph& graph = *snapshot.graph;
    const graph::Layer& layer = graph.layers[id.index()];
    QString html = QString(u"<h3>" + escaped(layer.op) + u"</h3><p>" + escaped(layer.name) +
                           u"</p>" + place(snapshot, id));
    Table inputs(Tr::tr("Inputs")), outputs(Tr::tr("Outputs")), weights(Tr::tr("Weights"));
    for (const TensorId tensor : layer.inputs)
        inputs.row({}, tensorRow(graph.tensors[tensor.index()]));
    for (const TensorId tensor : layer.outputs)
        outputs.row({}, tensorRow(graph.tensors[tensor.index()]));
    for (const WeightId weightId : layer.weights) {
        const graph::Weight& weight = graph.weights[weightId.index()];
        QString text =
            QString(escaped(weight.name) + u"<br>" + shapeText(weight.dtype, weight.shape) + u", " +
                    figure(weight.bytes));
        if (weight.consumers.size() > 1)
            text += Tr::tr(", shared by %n layer(s)", nullptr,
                           static_cast<int>(weight.consumers.size()));
        weights.row({}, text);
    }
    Table attributes(Tr::tr("Attributes"));
    for (const auto& [name, value] : layer.attributes)
        attributes.row(escaped(name), escaped(value));
    Table cost(Tr::tr("Cost"));
    cost.row(Tr::tr("weights"), figure(layer.weightBytes))
        .row(Tr::tr("activations"), figure(layer.activationBytes))
        .row(Tr::tr("work"), Tr::tr("%1 MFLOP").arg(QLocale().toString(layer.flops / 1e6, 'g', 3)));
    return html + times(snapshot, id) + inputs.html() + outputs.html() + weights.html() +
           attributes.html() + cost.html();
}

QString describeTensor(const Snapshot& snapshot, TensorId id)
{
    const graph::Graph& graph = *snapshot.graph;
    const graph::Tensor& tensor = graph.tensors[id.index()];
    Table ways(Tr::tr("Connects"));
    ways.row(Tr::tr("from"), tensor.flow.producer
                                 ? escaped(graph.layers[tensor.flow.producer->index()].name)
                                 : Tr::tr("the model's input"));
    for (const LayerId consumer : tensor.flow.consumers)
        ways.row(Tr::tr("to"), escaped(graph.layers[consumer.index()].name));
    return QString(Tr::tr("<h3>Tensor</h3>") + u"<p>" + tensorRow(tensor) + u"</p>" + ways.html());
}

namespace
{

QString describeModel(const graph::Graph& graph)
{
    const QLocale locale;
    Bytes activations;
    for (const graph::Layer& layer : graph.layers)
        activations = std::max(activations, layer.activationBytes);
    Table model(Tr::tr("Model"));
    if (!graph.name.empty())
        model.row(Tr::tr("name"), escaped(graph.name));
    model.row(Tr::tr("layers"), locale.toString(graph.layers.size()))
        .row(Tr::tr("parameters"), locale.toString(static_cast<qlonglong>(graph.parameterCount())))
        .row(Tr::tr("weights"), figure(graph.totalWeightBytes()))
        .row(Tr::tr("activations"), Tr::tr("%1 at most").arg(figure(activations)));
    for (const TensorId id : graph.inputs)
        model.row(Tr::tr("input"), tensorRow(graph.tensors[id.index()]));
    for (const TensorId id : graph.outputs)
        model.row(Tr::tr("output"), tensorRow(graph.tensors[id.index()]));
    return model.html();
}

QString describeCluster(const cluster::Cluster& devices)
{
    Table cluster(Tr::tr("Cluster"));
    Bytes memory;
    int usable = 0;
    for (const cluster::Device& device : devices.devices)
        if (device.enabled && device.stages) {
            memory += device.memory;
            ++usable;
        }
    cluster.row(Tr::tr("devices for stages"), QString::number(usable))
        .row(Tr::tr("memory"), figure(memory));
    return cluster.html();
}

QString describePlan(const plan::Plan& plan, const plan::Problem& problem)
{
    Table figures(Tr::tr("Plan"));
    figures.row(Tr::tr("status"), statusText(plan.status));
    for (const std::string& why : plan.whyInfeasible)
        figures.row(Tr::tr("why"), escaped(why));
    if (!plan.hasStages())
        return figures.html();
    std::vector<std::string> names;
    for (const plan::Device& device : problem.devices)
        names.push_back(device.name);
    figures
        .row(Tr::tr("bottleneck"),
             QString(figure(plan.bottleneckTime) + u", " +
                     bottleneckText(plan.pipelines.front(), names).toHtmlEscaped()))
        .row(Tr::tr("no plan is below"), figure(plan.lowerBound))
        .row(Tr::tr("gap"), percent(plan.gap()))
        .row(Tr::tr("throughput"), perSecond(plan.throughput()))
        .row(Tr::tr("one request"), figure(plan.pipelines.front().endToEnd))
        .row(Tr::tr("one device alone"),
             plan.singleDevice ? figure(*plan.singleDevice) : Tr::tr("the model fits on none"))
        .row(Tr::tr("algorithm"), escaped(plan.solver.algorithm))
        .row(Tr::tr("solved in"), figure(plan.solver.elapsed));
    for (const std::string& note : plan.notes)
        figures.row(Tr::tr("note"), escaped(note));
    return figures.html();
}

} // namespace

QString describeAll(const Snapshot& snapshot)
{
    QString html = snapshot.graph ? describeModel(*snapshot.graph)
                                  : Tr::tr("<p>Open a model to see what it is made of.</p>");
    if (snapshot.cluster)
        html += describeCluster(*snapshot.cluster);
    if (snapshot.plan && snapshot.problem)
        html += describePlan(*snapshot.plan, *snapshot.problem);
    if (snapshot.graph && snapshot.cluster)
        html += Tr::tr("<p>Select a layer, device or link to see and change it.</p>");
    return html;
}

} // namespace millrace::ui
