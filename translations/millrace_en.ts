<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>QMessageBox</name>
    <message numerus="yes">
        <source>With it go %n earlier release(s) that it could go back to.</source>
        <translation>
            <numerusform>With it goes %n earlier release that it could go back to.</numerusform>
            <numerusform>With it go %n earlier releases that it could go back to.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::ClusterView</name>
    <message numerus="yes">
        <source>%1
stage %2: %n layer(s) in %3
memory %4 of %5</source>
        <translation>
            <numerusform>%1
stage %2: %n layer in %3
memory %4 of %5</numerusform>
            <numerusform>%1
stage %2: %n layers in %3
memory %4 of %5</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeployChecks</name>
    <message numerus="yes">
        <source>The plan is proven optimal: %1 in %n stage(s).</source>
        <translation>
            <numerusform>The plan is proven optimal: %1 in %n stage.</numerusform>
            <numerusform>The plan is proven optimal: %1 in %n stages.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The plan is the best that is known, not proven optimal: %1 in %n stage(s).</source>
        <translation>
            <numerusform>The plan is the best that is known, not proven optimal: %1 in %n stage.</numerusform>
            <numerusform>The plan is the best that is known, not proven optimal: %1 in %n stages.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::DevicePage</name>
    <message numerus="yes">
        <source>&lt;p&gt;&lt;b&gt;Stage %1 of %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n layer(s), from %3 to %4&lt;/p&gt;</source>
        <translation>
            <numerusform>&lt;p&gt;&lt;b&gt;Stage %1 of %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n layer, from %3 to %4&lt;/p&gt;</numerusform>
            <numerusform>&lt;p&gt;&lt;b&gt;Stage %1 of %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n layers, from %3 to %4&lt;/p&gt;</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::Document</name>
    <message numerus="yes">
        <source>Wrote %n stage model(s) to %1.</source>
        <translation>
            <numerusform>Wrote %n stage model to %1.</numerusform>
            <numerusform>Wrote %n stage models to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::FigureTiles</name>
    <message numerus="yes">
        <source>%n sent again</source>
        <translation>
            <numerusform>%n sent again</numerusform>
            <numerusform>%n sent again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::FindField</name>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::GraphView</name>
    <message numerus="yes">
        <source>Laying out %n layer(s)…</source>
        <translation>
            <numerusform>Laying out %n layer…</numerusform>
            <numerusform>Laying out %n layers…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::Inspector</name>
    <message numerus="yes">
        <source>, shared by %n layer(s)</source>
        <translation>
            <numerusform>, shared by %n layer</numerusform>
            <numerusform>, shared by %n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>&lt;p&gt;%n change(s) could not be settled in time.&lt;/p&gt;</source>
        <translation>
            <numerusform>&lt;p&gt;%n change could not be settled in time.&lt;/p&gt;</numerusform>
            <numerusform>&lt;p&gt;%n changes could not be settled in time.&lt;/p&gt;</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::LadderRows</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::RemoteActions</name>
    <message numerus="yes">
        <source>Not ready: %n check(s) of the list must be mended first.</source>
        <translation>
            <numerusform>Not ready: %n check of the list must be mended first.</numerusform>
            <numerusform>Not ready: %n checks of the list must be mended first.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::StatusLine</name>
    <message numerus="yes">
        <source>%1 of %n device(s) used</source>
        <translation>
            <numerusform>%1 of %n device used</numerusform>
            <numerusform>%1 of %n devices used</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::WatchPage</name>
    <message numerus="yes">
        <source>▼ no answer; %n process(es) ended</source>
        <translation>
            <numerusform>▼ no answer; %n process ended</numerusform>
            <numerusform>▼ no answer; %n processes ended</numerusform>
        </translation>
    </message>
</context>
</TS>
