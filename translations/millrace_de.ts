<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>QListWidget</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>QMessageBox</name>
    <message>
        <source>Unsaved Changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Save the changes to %1?</source>
        <translation>Die Änderungen an %1 speichern?</translation>
    </message>
    <message>
        <source>They are lost if you do not save them.</source>
        <translation>Sie gehen verloren, wenn Sie sie nicht speichern.</translation>
    </message>
    <message>
        <source>A Release Runs</source>
        <translation>Ein Release läuft</translation>
    </message>
    <message>
        <source>%1 is running. Keep it running?</source>
        <translation>%1 läuft. Weiterlaufen lassen?</translation>
    </message>
    <message>
        <source>It goes on without this window, and the next start finds it again. Stopping it ends its processes and removes its files.</source>
        <translation>Es läuft ohne dieses Fenster weiter, und der nächste Start findet es wieder. Anhalten beendet seine Prozesse und entfernt seine Dateien.</translation>
    </message>
    <message>
        <source>&amp;Keep Running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Stop Release</source>
        <translation>Release an&amp;halten</translation>
    </message>
    <message>
        <source>A Release Is Being Deployed</source>
        <translation>Ein Release wird ausgebracht</translation>
    </message>
    <message>
        <source>Cancel deploying and close the window?</source>
        <translation>Das Ausbringen abbrechen und das Fenster schließen?</translation>
    </message>
    <message>
        <source>What was deployed so far is undone.</source>
        <translation>Was bisher ausgebracht wurde, wird zurückgenommen.</translation>
    </message>
    <message>
        <source>&amp;Cancel and Close</source>
        <translation>&amp;Abbrechen und schließen</translation>
    </message>
    <message>
        <source>Go &amp;On Deploying</source>
        <translation>Weiter aus&amp;bringen</translation>
    </message>
    <message>
        <source>Undeploy %1?

It stops serving; its processes end, and its files are removed from its devices.</source>
        <translation>%1 abbauen?

Es ist dann nicht mehr im Dienst; seine Prozesse enden, und seine Dateien werden von seinen Geräten entfernt.</translation>
    </message>
    <message numerus="yes">
        <source>With it go %n earlier release(s) that it could go back to.</source>
        <translation>
            <numerusform>Mit ihm geht %n früheres Release, zu dem man zurückgehen könnte.</numerusform>
            <numerusform>Mit ihm gehen %n frühere Releases, zu denen man zurückgehen könnte.</numerusform>
        </translation>
    </message>
    <message>
        <source>Undeploy</source>
        <translation>Abbauen</translation>
    </message>
    <message>
        <source>&amp;Undeploy</source>
        <translation>&amp;Abbauen</translation>
    </message>
    <message>
        <source>Unknown Host Key</source>
        <translation>Unbekannter Schlüssel</translation>
    </message>
    <message>
        <source>&amp;Accept and Remember</source>
        <translation>&amp;Annehmen und merken</translation>
    </message>
    <message>
        <source>The key of the host %1 is not known yet.

User: %2
Key type: %3
Fingerprint:
%4

Compare the fingerprint with the one that ssh-keygen -l shows on the device. Accepting adds a line to %5, and this computer trusts the key from then on. If you cancel, nothing is sent to the device.</source>
        <translation>Der Schlüssel des Rechners %1 ist noch nicht bekannt.

Benutzer: %2
Art des Schlüssels: %3
Fingerabdruck:
%4

Vergleichen Sie den Fingerabdruck mit dem, den ssh-keygen -l auf dem Gerät zeigt. Annehmen fügt %5 eine Zeile hinzu, und dieser Rechner vertraut dem Schlüssel von da an. Wenn Sie abbrechen, wird dem Gerät nichts geschickt.</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Plans a neural network onto small, unlike computers.</source>
        <translation>Plant ein neuronales Netz auf kleine, ungleiche Rechner.</translation>
    </message>
    <message>
        <source>A project or an ONNX model to open.</source>
        <translation>Ein Projekt oder ONNX-Modell zum Öffnen.</translation>
    </message>
    <message>
        <source>Binds a free dimension of the model.</source>
        <translation>Legt eine freie Größe des Modells fest.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Application</name>
    <message>
        <source>Cannot finish what was asked for. %1. Save your work under another name and start Millrace again.</source>
        <translation>Was verlangt wurde, kann nicht zu Ende geführt werden. %1. Speichern Sie Ihre Arbeit unter einem anderen Namen und starten Sie Millrace neu.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ChartCanvas</name>
    <message>
        <source>−%1 s</source>
        <translation>−%1 s</translation>
    </message>
    <message>
        <source>−%1 min</source>
        <translation>−%1 min</translation>
    </message>
    <message>
        <source>−%1 h</source>
        <translation>−%1 h</translation>
    </message>
    <message>
        <source> /s</source>
        <translation> /s</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
</context>
<context>
    <name>millrace::ui::CheckListView</name>
    <message>
        <source>In order</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <source>To know</source>
        <translation>Zu wissen</translation>
    </message>
    <message>
        <source>Not tested</source>
        <translation>Nicht geprüft</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>Im Gange</translation>
    </message>
    <message>
        <source>To be mended</source>
        <translation>Zu beheben</translation>
    </message>
    <message>
        <source>Open Model…</source>
        <translation>Modell öffnen …</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Set Address…</source>
        <translation>Adresse angeben …</translation>
    </message>
    <message>
        <source>Test Devices</source>
        <translation>Geräte prüfen</translation>
    </message>
    <message>
        <source>Check list</source>
        <translation>Prüfliste</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ClusterView</name>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>gateway</source>
        <translation>Gateway</translation>
    </message>
    <message>
        <source>no stages</source>
        <translation>keine Stufen</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>ungenutzt</translation>
    </message>
    <message>
        <source>%1 &gt; %2: %3, delay %4</source>
        <translation>%1 &gt; %2: %3, Verzögerung %4</translation>
    </message>
    <message>
        <source>%1 &gt; %2: no link</source>
        <translation>%1 &gt; %2: keine Verbindung</translation>
    </message>
    <message>
        <source>stage %1 · %2</source>
        <translation>Stufe %1 · %2</translation>
    </message>
    <message>
        <source>%1 % of %2</source>
        <translation>%1 % von %2</translation>
    </message>
    <message numerus="yes">
        <source>%1
stage %2: %n layer(s) in %3
memory %4 of %5</source>
        <translation>
            <numerusform>%1
Stufe %2: %n Schicht in %3
Speicher %4 von %5</numerusform>
            <numerusform>%1
Stufe %2: %n Schichten in %3
Speicher %4 von %5</numerusform>
        </translation>
    </message>
    <message>
        <source>%1
%2 in %3</source>
        <translation>%1
%2 in %3</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Devices and the links between them</source>
        <translation>Geräte und die Verbindungen zwischen ihnen</translation>
    </message>
    <message>
        <source>Cannot change the cluster. %1.</source>
        <translation>Der Cluster lässt sich nicht ändern. %1.</translation>
    </message>
    <message>
        <source>switch %1 on</source>
        <translation>%1 einschalten</translation>
    </message>
    <message>
        <source>switch %1 off</source>
        <translation>%1 ausschalten</translation>
    </message>
    <message>
        <source>duplicate %1</source>
        <translation>%1 verdoppeln</translation>
    </message>
    <message>
        <source>remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>add a device</source>
        <translation>Gerät hinzufügen</translation>
    </message>
    <message>
        <source>Switch Off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch On</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Verdoppeln</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Add Device</source>
        <translation>Gerät hinzufügen</translation>
    </message>
    <message>
        <source>Arrange Anew</source>
        <translation>Neu anordnen</translation>
    </message>
    <message>
        <source>No cluster is open. Open a cluster file, or add a device.</source>
        <translation>Kein Cluster ist offen. Öffnen Sie eine Clusterdatei oder fügen Sie ein Gerät hinzu.</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeployChecks</name>
    <message>
        <source>The planner still works; its plan is waited for.</source>
        <translation>Der Planer rechnet noch; auf seinen Plan wird gewartet.</translation>
    </message>
    <message>
        <source>There is no plan: %1.</source>
        <translation>Es gibt keinen Plan: %1.</translation>
    </message>
    <message numerus="yes">
        <source>The plan is proven optimal: %1 in %n stage(s).</source>
        <translation>
            <numerusform>Der Plan ist bewiesen optimal: %1 in %n Stufe.</numerusform>
            <numerusform>Der Plan ist bewiesen optimal: %1 in %n Stufen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The plan is the best that is known, not proven optimal: %1 in %n stage(s).</source>
        <translation>
            <numerusform>Der Plan ist der beste bekannte, aber nicht bewiesen optimal: %1 in %n Stufe.</numerusform>
            <numerusform>Der Plan ist der beste bekannte, aber nicht bewiesen optimal: %1 in %n Stufen.</numerusform>
        </translation>
    </message>
    <message>
        <source>The layer times are measured.</source>
        <translation>Die Zeiten der Schichten sind gemessen.</translation>
    </message>
    <message>
        <source>The layer times are estimates, so the prediction is one, too.</source>
        <translation>Die Zeiten der Schichten sind geschätzt, also ist es auch die Vorhersage.</translation>
    </message>
    <message>
        <source>%1 has no address and cannot be reached over SSH.</source>
        <translation>%1 hat keine Adresse und ist über SSH nicht zu erreichen.</translation>
    </message>
    <message>
        <source>%1 is being tested.</source>
        <translation>%1 wird geprüft.</translation>
    </message>
    <message>
        <source>%1 has no address, so it is this computer; not tested yet.</source>
        <translation>%1 hat keine Adresse, ist also dieser Rechner; noch nicht geprüft.</translation>
    </message>
    <message>
        <source>%1 at %2 is not tested yet.</source>
        <translation>%1 unter %2 ist noch nicht geprüft.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>The model %1 is open.</source>
        <translation>Das Modell %1 ist offen.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeployPage</name>
    <message>
        <source>Progress of the deployment</source>
        <translation>Fortschritt des Ausbringens</translation>
    </message>
    <message>
        <source>Before Deploying</source>
        <translation>Vor dem Ausbringen</translation>
    </message>
    <message>
        <source>Steps of the deployment</source>
        <translation>Schritte des Ausbringens</translation>
    </message>
    <message>
        <source>Details of the selected step</source>
        <translation>Einzelheiten des gewählten Schritts</translation>
    </message>
    <message>
        <source>Select a cell to read what happened there.</source>
        <translation>Wählen Sie eine Zelle, um zu lesen, was dort geschah.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Releases</source>
        <translation>Releases</translation>
    </message>
    <message>
        <source>Nothing is deployed yet. Each release that you deploy is listed here; the last two that were replaced can be gone back to.</source>
        <translation>Noch ist nichts ausgebracht. Jedes Release, das Sie ausbringen, steht dann hier; zu den letzten zwei abgelösten kann man zurückgehen.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeployPanel</name>
    <message>
        <source>Steps of the deployment</source>
        <translation>Schritte des Ausbringens</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DevicePage</name>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Gebrauch</translation>
    </message>
    <message>
        <source>Hosts stages</source>
        <translation>Trägt Stufen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Devices of one class share measured layer times</source>
        <translation>Geräte einer Klasse teilen gemessene Schichtzeiten</translation>
    </message>
    <message>
        <source>Times this computer&apos;s speed; used while the class is not measured</source>
        <translation>Vielfaches des Tempos dieses Rechners; gilt, solange die Klasse nicht gemessen ist</translation>
    </message>
    <message>
        <source>Off: what if this device died?</source>
        <translation>Aus: Was wäre, wenn dieses Gerät ausfiele?</translation>
    </message>
    <message>
        <source>Off: hosts the gateway at most</source>
        <translation>Aus: trägt höchstens das Gateway</translation>
    </message>
    <message>
        <source>change %1</source>
        <translation>%1 ändern</translation>
    </message>
    <message>
        <source>Cannot change %1. %2.</source>
        <translation>%1 lässt sich nicht ändern. %2.</translation>
    </message>
    <message>
        <source>The plan runs nothing here.</source>
        <translation>Der Plan lässt hier nichts laufen.</translation>
    </message>
    <message numerus="yes">
        <source>&lt;p&gt;&lt;b&gt;Stage %1 of %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n layer(s), from %3 to %4&lt;/p&gt;</source>
        <translation>
            <numerusform>&lt;p&gt;&lt;b&gt;Stufe %1 von %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n Schicht, von %3 bis %4&lt;/p&gt;</numerusform>
            <numerusform>&lt;p&gt;&lt;b&gt;Stufe %1 von %2&lt;/b&gt;&lt;/p&gt;&lt;p&gt;%n Schichten, von %3 bis %4&lt;/p&gt;</numerusform>
        </translation>
    </message>
    <message>
        <source>&lt;p&gt;Compute: &lt;b&gt;%1&lt;/b&gt;, %2 of the bottleneck&lt;/p&gt;&lt;p&gt;Memory: &lt;b&gt;%3&lt;/b&gt; of %4&lt;/p&gt;</source>
        <translation>&lt;p&gt;Rechnen: &lt;b&gt;%1&lt;/b&gt;, %2 des Engpasses&lt;/p&gt;&lt;p&gt;Speicher: &lt;b&gt;%3&lt;/b&gt; von %4&lt;/p&gt;</translation>
    </message>
    <message>
        <source>What it would bring</source>
        <translation>Was es brächte</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeviceTableModel</name>
    <message>
        <source>switched off</source>
        <translation>ausgeschaltet</translation>
    </message>
    <message>
        <source>hosts no stage</source>
        <translation>trägt keine Stufe</translation>
    </message>
    <message>
        <source>stage %1: %2, %3</source>
        <translation>Stufe %1: %2, %3</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>Cannot change %1. %2.</source>
        <translation>%1 lässt sich nicht ändern. %2.</translation>
    </message>
    <message>
        <source>change %1</source>
        <translation>%1 ändern</translation>
    </message>
    <message>
        <source>Off: what if this device died?</source>
        <translation>Aus: Was wäre, wenn dieses Gerät ausfiele?</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Gebrauch</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Devices of one class share measured layer times</source>
        <translation>Geräte einer Klasse teilen gemessene Schichtzeiten</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>What a stage may use, for example 512 MiB</source>
        <translation>Was eine Stufe nutzen darf, zum Beispiel 512 MiB</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Times this computer&apos;s speed; used while the class is not measured</source>
        <translation>Vielfaches des Tempos dieses Rechners; gilt, solange die Klasse nicht gemessen ist</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Off: hosts the gateway at most</source>
        <translation>Aus: trägt höchstens das Gateway</translation>
    </message>
    <message>
        <source>Hosts stages</source>
        <translation>Trägt Stufen</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Führt aus</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DeviceTester</name>
    <message>
        <source>Reach</source>
        <translation>Erreichen</translation>
    </message>
    <message>
        <source>Host key</source>
        <translation>Schlüssel des Rechners</translation>
    </message>
    <message>
        <source>Log-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Shell</source>
        <translation>Shell</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>Ports</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <comment>aspect: what is wrong</comment>
        <translation>%1: %2.</translation>
    </message>
    <message>
        <source>%1 is not ready. %2</source>
        <translation>%1 ist nicht bereit. %2</translation>
    </message>
    <message>
        <source>%1, %2 of memory and %3 of disk are free, port %4 too</source>
        <translation>%1; frei sind %2 Speicher, %3 Platte und Port %4</translation>
    </message>
    <message>
        <source>%1 is this computer and ready: %2.</source>
        <translation>%1 ist dieser Rechner und bereit: %2.</translation>
    </message>
    <message>
        <source>%1 is ready: host key and log-in are in order, %2.</source>
        <translation>%1 ist bereit: Schlüssel und Anmeldung sind in Ordnung, %2.</translation>
    </message>
    <message>
        <source>%1 is not ready. %2.</source>
        <translation>%1 ist nicht bereit. %2.</translation>
    </message>
    <message>
        <source>%1 is ready: it was reached and checked.</source>
        <translation>%1 ist bereit: Es wurde erreicht und geprüft.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::DimensionsDialog</name>
    <message>
        <source>Sizes of %1</source>
        <translation>Größen von %1</translation>
    </message>
    <message>
        <source>%1 leaves sizes open. A plan needs them: what will the model be run with? A batch is usually 1.</source>
        <translation>%1 lässt Größen offen. Ein Plan braucht sie: Womit wird das Modell laufen? Ein Stapel (batch) ist meist 1.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Document</name>
    <message>
        <source>baseline</source>
        <translation>Ausgangslage</translation>
    </message>
    <message>
        <source>Built-in example</source>
        <translation>Eingebautes Beispiel</translation>
    </message>
    <message>
        <source>Cannot make the built-in example. %1. Open a model of your own instead.</source>
        <translation>Das eingebaute Beispiel lässt sich nicht erzeugen. %1. Öffnen Sie stattdessen ein eigenes Modell.</translation>
    </message>
    <message>
        <source>Opening %1 was cancelled.</source>
        <translation>Das Öffnen von %1 wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Opening %1 was given up, as something else is opened.</source>
        <translation>Das Öffnen von %1 wurde aufgegeben, da etwas anderes geöffnet wird.</translation>
    </message>
    <message>
        <source>Cannot open %1. %2.</source>
        <translation>%1 lässt sich nicht öffnen. %2.</translation>
    </message>
    <message>
        <source>Cannot open the cluster. %1.</source>
        <translation>Der Cluster lässt sich nicht öffnen. %1.</translation>
    </message>
    <message>
        <source>open cluster %1</source>
        <translation>Cluster %1 öffnen</translation>
    </message>
    <message>
        <source>Cannot open the project. %1.</source>
        <translation>Das Projekt lässt sich nicht öffnen. %1.</translation>
    </message>
    <message>
        <source>The model %1 has changed since the project was saved. Plans are made anew; pins of layers that are gone are dropped.</source>
        <translation>Das Modell %1 hat sich geändert, seit das Projekt gespeichert wurde. Pläne werden neu gemacht; Bindungen verschwundener Schichten entfallen.</translation>
    </message>
    <message>
        <source>Cannot save yet. No model is open. Open a model first.</source>
        <translation>Noch lässt sich nichts speichern. Kein Modell ist offen. Öffnen Sie zuerst ein Modell.</translation>
    </message>
    <message>
        <source>Cannot save the project. %1.</source>
        <translation>Das Projekt lässt sich nicht speichern. %1.</translation>
    </message>
    <message>
        <source>Measuring was cancelled.</source>
        <translation>Das Messen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Measuring was given up, as another model was opened.</source>
        <translation>Das Messen wurde aufgegeben, da ein anderes Modell geöffnet wurde.</translation>
    </message>
    <message>
        <source>Measuring began anew.</source>
        <translation>Das Messen begann von vorn.</translation>
    </message>
    <message>
        <source>Cannot measure the layer times. %1.</source>
        <translation>Die Schichtzeiten lassen sich nicht messen. %1.</translation>
    </message>
    <message>
        <source>The layer times were measured on this computer.</source>
        <translation>Die Schichtzeiten wurden auf diesem Rechner gemessen.</translation>
    </message>
    <message>
        <source>Cannot plan. %1.</source>
        <translation>Es lässt sich nicht planen. %1.</translation>
    </message>
    <message>
        <source>free %1</source>
        <translation>%1 freigeben</translation>
    </message>
    <message>
        <source>pin %1 to %2</source>
        <translation>%1 an %2 binden</translation>
    </message>
    <message>
        <source>change the number of stages</source>
        <translation>Stufenzahl ändern</translation>
    </message>
    <message>
        <source>change the overlap</source>
        <translation>Überlappung ändern</translation>
    </message>
    <message>
        <source>switch to %1</source>
        <translation>zu %1 wechseln</translation>
    </message>
    <message>
        <source>Cannot use this name. A scenario&apos;s name is not empty. Type a name.</source>
        <translation>Dieser Name geht nicht. Der Name eines Szenarios ist nicht leer. Geben Sie einen Namen ein.</translation>
    </message>
    <message>
        <source>Cannot use this name. There is a scenario &quot;%1&quot; already. Choose another name.</source>
        <translation>Dieser Name geht nicht. Es gibt schon ein Szenario „%1“. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>add scenario %1</source>
        <translation>Szenario %1 hinzufügen</translation>
    </message>
    <message>
        <source>rename scenario</source>
        <translation>Szenario umbenennen</translation>
    </message>
    <message>
        <source>remove scenario %1</source>
        <translation>Szenario %1 entfernen</translation>
    </message>
    <message>
        <source>what if %1</source>
        <translation>was wäre wenn %1</translation>
    </message>
    <message>
        <source>Cannot export. %1.</source>
        <translation>Der Export geht nicht. %1.</translation>
    </message>
    <message>
        <source>Wrote %1.</source>
        <translation>%1 geschrieben.</translation>
    </message>
    <message>
        <source>Exporting was cancelled.</source>
        <translation>Der Export wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Exporting to %1 was given up, as another export began.</source>
        <translation>Der Export nach %1 wurde aufgegeben, da ein anderer begann.</translation>
    </message>
    <message>
        <source>Cannot export the stages. %1.</source>
        <translation>Die Stufen lassen sich nicht exportieren. %1.</translation>
    </message>
    <message numerus="yes">
        <source>Wrote %n stage model(s) to %1.</source>
        <translation>
            <numerusform>%n Stufenmodell nach %1 geschrieben.</numerusform>
            <numerusform>%n Stufenmodelle nach %1 geschrieben.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::EventTableModel</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschah</translation>
    </message>
</context>
<context>
    <name>millrace::ui::FigureTiles</name>
    <message>
        <source>%1 /s</source>
        <translation>%1 /s</translation>
    </message>
    <message>
        <source>Throughput now</source>
        <translation>Durchsatz jetzt</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>Verhältnis</translation>
    </message>
    <message>
        <source>Latency p50</source>
        <translation>Latenz p50</translation>
    </message>
    <message>
        <source>Latency p95</source>
        <translation>Latenz p95</translation>
    </message>
    <message>
        <source>Latency p99</source>
        <translation>Latenz p99</translation>
    </message>
    <message>
        <source>In flight</source>
        <translation>Unterwegs</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>Verloren</translation>
    </message>
    <message>
        <source>no requests come in</source>
        <translation>keine Anfragen</translation>
    </message>
    <message>
        <source>inferences</source>
        <translation>Inferenzen</translation>
    </message>
    <message>
        <source>by the plan</source>
        <translation>vom Plan</translation>
    </message>
    <message>
        <source>not comparable now</source>
        <translation>gerade nicht vergleichbar</translation>
    </message>
    <message>
        <source>too few requests</source>
        <translation>zu wenige Anfragen</translation>
    </message>
    <message>
        <source>of the last minute</source>
        <translation>der letzten Minute</translation>
    </message>
    <message numerus="yes">
        <source>%n sent again</source>
        <translation>
            <numerusform>%n wiederholt</numerusform>
            <numerusform>%n wiederholt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n misslungen</numerusform>
            <numerusform>%n misslungen</numerusform>
        </translation>
    </message>
    <message>
        <source>▼ %1</source>
        <translation>▼ %1</translation>
    </message>
    <message>
        <source>the client went away</source>
        <translation>der Client ging weg</translation>
    </message>
    <message>
        <source>since the start</source>
        <translation>seit dem Start</translation>
    </message>
    <message>
        <source>of the prediction</source>
        <translation>der Vorhersage</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Figures</name>
    <message>
        <source>%1 inferences/s</source>
        <translation>%1 Inferenzen/s</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>percent</comment>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>proven optimal</source>
        <translation>bewiesen optimal</translation>
    </message>
    <message>
        <source>good plan, not proven optimal</source>
        <translation>guter Plan, nicht als optimal bewiesen</translation>
    </message>
    <message>
        <source>no feasible plan</source>
        <translation>kein möglicher Plan</translation>
    </message>
    <message>
        <source>stopped at the time limit</source>
        <translation>an der Zeitgrenze angehalten</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>link %1 &gt; %2</source>
        <translation>Verbindung %1 &gt; %2</translation>
    </message>
    <message>
        <source>compute on %1</source>
        <translation>Rechnen auf %1</translation>
    </message>
    <message>
        <source>stage on %1</source>
        <translation>Stufe auf %1</translation>
    </message>
</context>
<context>
    <name>millrace::ui::FileActions</name>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>No files yet</source>
        <translation>Noch keine Dateien</translation>
    </message>
    <message>
        <source>Clear List</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Open Model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>ONNX models (*.onnx);;All files (*)</source>
        <translation>ONNX-Modelle (*.onnx);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open Cluster</source>
        <translation>Cluster öffnen</translation>
    </message>
    <message>
        <source>Cluster files (*.yaml *.yml);;All files (*)</source>
        <translation>Clusterdateien (*.yaml *.yml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open Project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Millrace projects (*.millrace);;All files (*)</source>
        <translation>Millrace-Projekte (*.millrace);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save Project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Millrace projects (*.millrace)</source>
        <translation>Millrace-Projekte (*.millrace)</translation>
    </message>
    <message>
        <source>Export Plan</source>
        <translation>Plan exportieren</translation>
    </message>
    <message>
        <source>Plans (*.json)</source>
        <translation>Pläne (*.json)</translation>
    </message>
    <message>
        <source>Export Problem</source>
        <translation>Problem exportieren</translation>
    </message>
    <message>
        <source>Problems (*.json)</source>
        <translation>Probleme (*.json)</translation>
    </message>
    <message>
        <source>Export Cluster</source>
        <translation>Cluster exportieren</translation>
    </message>
    <message>
        <source>Cluster files (*.yaml)</source>
        <translation>Clusterdateien (*.yaml)</translation>
    </message>
    <message>
        <source>Export Stage Models To</source>
        <translation>Stufenmodelle exportieren nach</translation>
    </message>
</context>
<context>
    <name>millrace::ui::FindField</name>
    <message>
        <source>Find a layer</source>
        <translation>Schicht suchen</translation>
    </message>
    <message>
        <source>Find a layer, operator or tensor</source>
        <translation>Schicht, Operator oder Tensor suchen</translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n gefunden</numerusform>
            <numerusform>%n gefunden</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::GraphScene</name>
    <message>
        <source>fused</source>
        <translation>verschmolzen</translation>
    </message>
    <message>
        <source>%1 (not used)</source>
        <translation>%1 (ungenutzt)</translation>
    </message>
    <message>
        <source>Cut %1: %2 cross to the next stage in %3</source>
        <translation>Schnitt %1: %2 gehen in %3 zur nächsten Stufe</translation>
    </message>
</context>
<context>
    <name>millrace::ui::GraphView</name>
    <message>
        <source>Layer graph</source>
        <translation>Schichtgraph</translation>
    </message>
    <message>
        <source>No model is open.
Open an ONNX file with File &gt; Open Model, or drop one here.</source>
        <translation>Kein Modell ist offen.
Öffnen Sie eine ONNX-Datei mit Datei &gt; Modell öffnen, oder lassen Sie eine hier fallen.</translation>
    </message>
    <message numerus="yes">
        <source>Laying out %n layer(s)…</source>
        <translation>
            <numerusform>%n Schicht wird angeordnet …</numerusform>
            <numerusform>%n Schichten werden angeordnet …</numerusform>
        </translation>
    </message>
    <message>
        <source>Pin to a Device…</source>
        <translation>An ein Gerät binden …</translation>
    </message>
    <message>
        <source>Copy Name</source>
        <translation>Namen kopieren</translation>
    </message>
    <message>
        <source>Go to Producer</source>
        <translation>Zum Erzeuger</translation>
    </message>
    <message>
        <source>Go to Consumer</source>
        <translation>Zum Verbraucher</translation>
    </message>
</context>
<context>
    <name>millrace::ui::HealthTableModel</name>
    <message>
        <source>▲ up</source>
        <translation>▲ läuft</translation>
    </message>
    <message>
        <source>▼ down</source>
        <translation>▼ ausgefallen</translation>
    </message>
    <message>
        <source>-</source>
        <translation>-</translation>
    </message>
    <message>
        <source>%1 uses %2 now and used %3 at most. The plan expects %4 of %5.</source>
        <translation>%1 braucht jetzt %2 und brauchte höchstens %3. Der Plan erwartet %4 von %5.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Memory now</source>
        <translation>Speicher jetzt</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Spitze</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Grenze</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>? not known</source>
        <translation>? unbekannt</translation>
    </message>
    <message>
        <source>%1 is planned to use %2 of %3; what it uses now is not known.</source>
        <translation>%1 soll nach Plan %2 von %3 belegen; was es jetzt belegt, ist nicht bekannt.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Inspector</name>
    <message>
        <source>, shape seen in a trial run</source>
        <translation>, Form in einem Probelauf gesehen</translation>
    </message>
    <message>
        <source>Measured time</source>
        <translation>Gemessene Zeit</translation>
    </message>
    <message>
        <source>Estimated time</source>
        <translation>Geschätzte Zeit</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>&lt;p&gt;Stage %1, on &lt;b&gt;%2&lt;/b&gt;&lt;/p&gt;</source>
        <translation>&lt;p&gt;Stufe %1, auf &lt;b&gt;%2&lt;/b&gt;&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Eingänge</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>Ausgänge</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>work</source>
        <translation>Arbeit</translation>
    </message>
    <message>
        <source>%1 MFLOP</source>
        <translation>%1 MFLOP</translation>
    </message>
    <message>
        <source>Connects</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>from</source>
        <translation>von</translation>
    </message>
    <message>
        <source>the model&apos;s input</source>
        <translation>dem Eingang des Modells</translation>
    </message>
    <message>
        <source>to</source>
        <translation>mit</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Tensor&lt;/h3&gt;</source>
        <translation>&lt;h3&gt;Tensor&lt;/h3&gt;</translation>
    </message>
    <message>
        <source>&lt;p&gt;Open a model to see what it is made of.&lt;/p&gt;</source>
        <translation>&lt;p&gt;Öffnen Sie ein Modell, um zu sehen, woraus es besteht.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>input</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>output</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>devices for stages</source>
        <translation>Geräte für Stufen</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>status</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>bottleneck</source>
        <translation>Engpass</translation>
    </message>
    <message>
        <source>no plan is below</source>
        <translation>kein Plan liegt unter</translation>
    </message>
    <message>
        <source>throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>one request</source>
        <translation>eine Anfrage</translation>
    </message>
    <message>
        <source>one device alone</source>
        <translation>ein Gerät allein</translation>
    </message>
    <message>
        <source>the model fits on none</source>
        <translation>das Modell passt auf keines</translation>
    </message>
    <message>
        <source>&lt;p&gt;Select a layer, device or link to see and change it.&lt;/p&gt;</source>
        <translation>&lt;p&gt;Wählen Sie eine Schicht, ein Gerät oder eine Verbindung, um sie zu sehen und zu ändern.&lt;/p&gt;</translation>
    </message>
    <message numerus="yes">
        <source>, shared by %n layer(s)</source>
        <translation>
            <numerusform>, von %n Schicht genutzt</numerusform>
            <numerusform>, von %n Schichten geteilt</numerusform>
        </translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>Device this layer is pinned to</source>
        <translation>Gerät, an das diese Schicht gebunden ist</translation>
    </message>
    <message>
        <source>Properties of the selection</source>
        <translation>Eigenschaften der Auswahl</translation>
    </message>
    <message>
        <source>any device</source>
        <translation>irgendeinem Gerät</translation>
    </message>
    <message>
        <source>name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>%1 at most</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>why</source>
        <translation>warum</translation>
    </message>
    <message>
        <source>gap</source>
        <translation>Lücke</translation>
    </message>
    <message>
        <source>algorithm</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>solved in</source>
        <translation>gelöst in</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>%1 × speed</source>
        <translation>%1 × Tempo</translation>
    </message>
    <message>
        <source>without it</source>
        <translation>ohne es</translation>
    </message>
    <message>
        <source>switched on</source>
        <translation>eingeschaltet</translation>
    </message>
    <message>
        <source>more memory</source>
        <translation>mehr Speicher</translation>
    </message>
    <message>
        <source>more speed</source>
        <translation>mehr Tempo</translation>
    </message>
    <message>
        <source>more bandwidth</source>
        <translation>mehr Bandbreite</translation>
    </message>
    <message>
        <source>no plan any more</source>
        <translation>kein Plan mehr</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>mindestens %1</translation>
    </message>
    <message>
        <source>nothing; the bottleneck stays: %1</source>
        <translation>nichts; der Engpass bleibt: %1</translation>
    </message>
    <message>
        <source>nothing; in every plan something else is as slow</source>
        <translation>nichts; in jedem Plan ist etwas anderes so langsam</translation>
    </message>
    <message>
        <source>nothing lost; the plan does not use it</source>
        <translation>kein Verlust; der Plan nutzt es nicht</translation>
    </message>
    <message>
        <source>nothing lost; others do its work as well</source>
        <translation>kein Verlust; andere leisten dasselbe</translation>
    </message>
    <message>
        <source>still no plan</source>
        <translation>weiterhin kein Plan</translation>
    </message>
    <message>
        <source>&lt;p&gt;Planning anew for each change …&lt;/p&gt;</source>
        <translation>&lt;p&gt;Wird für jede Änderung neu geplant …&lt;/p&gt;</translation>
    </message>
    <message numerus="yes">
        <source>&lt;p&gt;%n change(s) could not be settled in time.&lt;/p&gt;</source>
        <translation>
            <numerusform>&lt;p&gt;%n Änderung ließ sich in der Zeit nicht klären.&lt;/p&gt;</numerusform>
            <numerusform>&lt;p&gt;%n Änderungen ließen sich in der Zeit nicht klären.&lt;/p&gt;</numerusform>
        </translation>
    </message>
    <message>
        <source>&lt;p&gt;The plan is not proven optimal: some of a gain may come from the longer search.&lt;/p&gt;</source>
        <translation>&lt;p&gt;Der Plan ist nicht als optimal bewiesen: Ein Teil eines Gewinns kann von der längeren Suche kommen.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>%1 /s</source>
        <comment>31 % more per second</comment>
        <translation>%1 /s</translation>
    </message>
    <message>
        <source>What it would bring</source>
        <translation>Was es brächte</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LadderRows</name>
    <message>
        <source>A faster %1, or fewer layers on it, would shorten this.</source>
        <translation>Ein schnelleres %1 oder weniger Schichten darauf würden das verkürzen.</translation>
    </message>
    <message>
        <source>%1, on the same device</source>
        <translation>%1, auf demselben Gerät</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
    <message>
        <source>A faster link from %1 to %2, or a cut with a smaller payload, would shorten this.</source>
        <translation>Eine schnellere Verbindung von %1 nach %2 oder ein Schnitt mit weniger Nutzlast würde das verkürzen.</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>millrace::ui::LadderView</name>
    <message>
        <source>Bottleneck ladder</source>
        <translation>Engpassleiter</translation>
    </message>
    <message>
        <source>Time of each stage and link in pipeline order</source>
        <translation>Zeit jeder Stufe und Verbindung in der Reihenfolge der Pipeline</translation>
    </message>
    <message>
        <source>The ladder shows each stage&apos;s and link&apos;s time once there is a plan.</source>
        <translation>Die Leiter zeigt die Zeit jeder Stufe und Verbindung, sobald es einen Plan gibt.</translation>
    </message>
    <message>
        <source>Searching a plan…</source>
        <translation>Ein Plan wird gesucht …</translation>
    </message>
    <message>
        <source>There is no feasible plan. The Problems tab says why.</source>
        <translation>Es gibt keinen möglichen Plan. Der Reiter „Probleme“ sagt, warum.</translation>
    </message>
    <message>
        <source>bottleneck · %1</source>
        <translation>Engpass · %1</translation>
    </message>
    <message>
        <source>▼ %1</source>
        <translation>▼ %1</translation>
    </message>
    <message>
        <source>down</source>
        <translation>ausgefallen</translation>
    </message>
    <message>
        <source>-</source>
        <translation>-</translation>
    </message>
    <message>
        <source>(%1)</source>
        <translation>(%1)</translation>
    </message>
    <message>
        <source>%1: measured %2, predicted %3, %4</source>
        <translation>%1: gemessen %2, vorhergesagt %3, %4</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Legend</name>
    <message>
        <source>Legend of the layer graph</source>
        <translation>Legende des Schichtgraphen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LinkPage</name>
    <message>
        <source>Bandwidth</source>
        <translation>Bandbreite</translation>
    </message>
    <message>
        <source>Change both directions</source>
        <translation>Beide Richtungen ändern</translation>
    </message>
    <message>
        <source>Show the Opposite Direction</source>
        <translation>Gegenrichtung zeigen</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>Per message</source>
        <translation>Je Nachricht</translation>
    </message>
    <message>
        <source>What applications get; 0 for no link</source>
        <translation>Was Anwendungen bekommen; 0: keine Verbindung</translation>
    </message>
    <message>
        <source>Propagation, one way: 2 ms</source>
        <translation>Laufzeit, eine Richtung: 2 ms</translation>
    </message>
    <message>
        <source>What each message costs the sender beside its bytes: 100 us</source>
        <translation>Was jede Nachricht den Sender neben ihren Bytes kostet: 100 us</translation>
    </message>
    <message>
        <source>Cannot use &quot;%1&quot;. %2.</source>
        <translation>„%1“ geht nicht. %2.</translation>
    </message>
    <message>
        <source>change link %1</source>
        <translation>Verbindung %1 ändern</translation>
    </message>
    <message>
        <source>Cannot change the link %1. %2.</source>
        <translation>Die Verbindung %1 lässt sich nicht ändern. %2.</translation>
    </message>
    <message>
        <source>&lt;p&gt;The plan sends &lt;b&gt;%1&lt;/b&gt; for each request, in &lt;b&gt;%2&lt;/b&gt;: %3 of the bottleneck.&lt;/p&gt;</source>
        <translation>&lt;p&gt;Der Plan schickt je Anfrage &lt;b&gt;%1&lt;/b&gt; in &lt;b&gt;%2&lt;/b&gt;: %3 des Engpasses.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>The plan sends nothing this way.</source>
        <translation>Der Plan schickt hier nichts.</translation>
    </message>
    <message>
        <source>What it would bring</source>
        <translation>Was es brächte</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LinkTableModel</name>
    <message>
        <source>%1 in %2</source>
        <translation>%1 in %2</translation>
    </message>
    <message>
        <source>no link</source>
        <translation>keine Verbindung</translation>
    </message>
    <message>
        <source>Cannot change the link %1. %2.</source>
        <translation>Die Verbindung %1 lässt sich nicht ändern. %2.</translation>
    </message>
    <message>
        <source>change link %1</source>
        <translation>Verbindung %1 ändern</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>Bandwidth</source>
        <translation>Bandbreite</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>Carries</source>
        <translation>Trägt</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LiveRelease</name>
    <message>
        <source>The gateway answers again.</source>
        <translation>Das Gateway antwortet wieder.</translation>
    </message>
    <message>
        <source>The gateway does not answer. Trying again.</source>
        <translation>Das Gateway antwortet nicht. Es wird weiter versucht.</translation>
    </message>
    <message>
        <source>%1 serves.</source>
        <translation>%1 ist im Dienst.</translation>
    </message>
    <message>
        <source>Cannot remove %1, which ran before. %2. Remove it with millracectl undeploy.</source>
        <translation>Kann %1, das vorher lief, nicht entfernen. %2. Mit millracectl undeploy entfernen.</translation>
    </message>
    <message>
        <source>Cannot start what is down. %1. Try again, or stop the release.</source>
        <translation>Kann Ausgefallenes nicht starten. %1. Noch einmal versuchen oder das Release anhalten.</translation>
    </message>
    <message>
        <source>Cannot stop the release. %1. Try again.</source>
        <translation>Kann das Release nicht anhalten. %1. Noch einmal versuchen.</translation>
    </message>
    <message>
        <source>%1 was stopped. Nothing of it is left.</source>
        <translation>%1 wurde angehalten. Nichts davon ist übrig.</translation>
    </message>
    <message>
        <source>The test requests ended. %1. Start them again when the release serves.</source>
        <translation>Die Testanfragen endeten. %1. Neu starten, sobald das Release im Dienst ist.</translation>
    </message>
    <message>
        <source>Deploying was cancelled. What it began was undone.</source>
        <translation>Das Ausbringen wurde abgebrochen. Was begonnen war, ist rückgängig gemacht.</translation>
    </message>
    <message>
        <source>Cannot deploy. %1. What it began was undone; mend the cause and deploy again.</source>
        <translation>Kann nicht ausbringen. %1. Was begonnen war, ist rückgängig gemacht; die Ursache beheben und noch einmal ausbringen.</translation>
    </message>
    <message>
        <source>Starting what is down was cancelled.</source>
        <translation>Das Starten des Ausgefallenen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>%1 is gone: it was undeployed elsewhere.</source>
        <translation>%1 gibt es nicht mehr: Es wurde anderswo beendet.</translation>
    </message>
    <message>
        <source>Going back was cancelled. What it began was undone.</source>
        <translation>Das Zurückgehen wurde abgebrochen. Was es begonnen hatte, wurde rückgängig gemacht.</translation>
    </message>
    <message>
        <source>Cannot go back. %1. What it began was undone; mend the cause and try again.</source>
        <translation>Kann nicht zurückgehen. %1. Was begonnen war, ist rückgängig gemacht; die Ursache beheben und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>%1 serves again.</source>
        <translation>%1 ist wieder im Dienst.</translation>
    </message>
    <message>
        <source>Note: %1.</source>
        <translation>Hinweis: %1.</translation>
    </message>
    <message>
        <source>%1 goes on serving on its devices.</source>
        <translation>%1 bleibt auf seinen Geräten im Dienst.</translation>
    </message>
    <message>
        <source>%1 was removed. Nothing of it is left.</source>
        <translation>%1 wurde entfernt. Nichts davon ist übrig.</translation>
    </message>
    <message>
        <source>Cannot remove %1. %2. Try again.</source>
        <translation>Kann %1 nicht entfernen. %2. Noch einmal versuchen.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LogDialog</name>
    <message>
        <source>Program Log</source>
        <translation>Programmprotokoll</translation>
    </message>
    <message>
        <source>Nothing was reported since the program started.</source>
        <translation>Seit dem Start des Programms wurde nichts gemeldet.</translation>
    </message>
    <message>
        <source>No file can be written, so these lines are all there is.</source>
        <translation>Es lässt sich keine Datei schreiben; mehr als diese Zeilen gibt es nicht.</translation>
    </message>
    <message>
        <source>Older lines are in %1.</source>
        <translation>Ältere Zeilen stehen in %1.</translation>
    </message>
    <message>
        <source>&amp;Copy All</source>
        <translation>Alles &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation>&amp;Aktualisieren</translation>
    </message>
</context>
<context>
    <name>millrace::ui::LogView</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
</context>
<context>
    <name>millrace::ui::MainWindow</name>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Links</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Scenarios</source>
        <translation>Szenarien</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Bottleneck Ladder</source>
        <translation>Engpassleiter</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabellen</translation>
    </message>
    <message>
        <source>Problems (%1)</source>
        <translation>Probleme (%1)</translation>
    </message>
    <message>
        <source>There is no feasible plan: %1. Undo the edit, or change the cluster.</source>
        <translation>Es gibt keinen möglichen Plan: %1. Machen Sie die Änderung rückgängig oder ändern Sie den Cluster.</translation>
    </message>
    <message>
        <source>Millrace[*]</source>
        <translation>Millrace[*]</translation>
    </message>
    <message>
        <source>%1[*] - Millrace</source>
        <translation>%1[*] - Millrace</translation>
    </message>
    <message>
        <source>add %1</source>
        <translation>%1 hinzufügen</translation>
    </message>
    <message>
        <source>Select the device to remove first.</source>
        <translation>Wählen Sie zuerst das Gerät, das entfernt werden soll.</translation>
    </message>
    <message>
        <source>remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>Any Device</source>
        <translation>Irgendein Gerät</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open &amp;Model…</source>
        <translation>&amp;Modell öffnen …</translation>
    </message>
    <message>
        <source>Open &amp;Cluster…</source>
        <translation>&amp;Cluster öffnen …</translation>
    </message>
    <message>
        <source>Open &amp;Project…</source>
        <translation>&amp;Projekt öffnen …</translation>
    </message>
    <message>
        <source>Open Built-in &amp;Example</source>
        <translation>Eingebautes &amp;Beispiel öffnen</translation>
    </message>
    <message>
        <source>&amp;Save Project</source>
        <translation>Projekt &amp;speichern</translation>
    </message>
    <message>
        <source>Save Project &amp;As…</source>
        <translation>Projekt speichern &amp;unter …</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>E&amp;xportieren</translation>
    </message>
    <message>
        <source>&amp;Plan…</source>
        <translation>&amp;Plan …</translation>
    </message>
    <message>
        <source>P&amp;roblem…</source>
        <translation>P&amp;roblem …</translation>
    </message>
    <message>
        <source>&amp;Cluster…</source>
        <translation>&amp;Cluster …</translation>
    </message>
    <message>
        <source>&amp;Stage Models…</source>
        <translation>&amp;Stufenmodelle …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>B&amp;eenden</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Find Layer</source>
        <translation>Schicht &amp;suchen</translation>
    </message>
    <message>
        <source>Find &amp;Next</source>
        <translation>&amp;Nächste</translation>
    </message>
    <message>
        <source>Find &amp;Previous</source>
        <translation>&amp;Vorige</translation>
    </message>
    <message>
        <source>&amp;Add Device</source>
        <translation>Gerät &amp;hinzufügen</translation>
    </message>
    <message>
        <source>Re&amp;move Selected Device</source>
        <translation>Gewähltes Gerät &amp;entfernen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Fit Graph</source>
        <translation>Graph ein&amp;passen</translation>
    </message>
    <message>
        <source>&amp;Actual Size</source>
        <translation>&amp;Originalgröße</translation>
    </message>
    <message>
        <source>Zoom &amp;In</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Lay Out Anew</source>
        <translation>Neu an&amp;ordnen</translation>
    </message>
    <message>
        <source>&amp;Colour By</source>
        <translation>&amp;Farbe nach</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>&amp;Time</source>
        <translation>&amp;Zeit</translation>
    </message>
    <message>
        <source>&amp;Memory</source>
        <translation>&amp;Speicher</translation>
    </message>
    <message>
        <source>&amp;Operator</source>
        <translation>&amp;Operator</translation>
    </message>
    <message>
        <source>&amp;Reset Layout</source>
        <translation>Anordnung &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Thema</translation>
    </message>
    <message>
        <source>As the &amp;Desktop</source>
        <translation>Wie der &amp;Desktop</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>D&amp;unkel</translation>
    </message>
    <message>
        <source>La&amp;nguage</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>The language changes when Millrace starts again.</source>
        <translation>Die Sprache wechselt, wenn Millrace neu startet.</translation>
    </message>
    <message>
        <source>&amp;Plan</source>
        <translation>&amp;Plan</translation>
    </message>
    <message>
        <source>&amp;Measure Layer Times Here</source>
        <translation>Schichtzeiten hier &amp;messen</translation>
    </message>
    <message>
        <source>Runs the model several times on this computer and plans with what each layer took</source>
        <translation>Lässt das Modell mehrmals auf diesem Rechner laufen und plant mit dem, was jede Schicht brauchte</translation>
    </message>
    <message>
        <source>&amp;Stop Searching</source>
        <translation>Suche &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;New Scenario…</source>
        <translation>&amp;Neues Szenario …</translation>
    </message>
    <message>
        <source>&amp;Rename Scenario…</source>
        <translation>Szenario &amp;umbenennen …</translation>
    </message>
    <message>
        <source>Remove &amp;Scenario</source>
        <translation>&amp;Szenario entfernen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Keyboard Shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;About Millrace</source>
        <translation>&amp;Über Millrace</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Open Model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Open Cluster</source>
        <translation>Cluster öffnen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>&lt;p&gt;In the graph: arrows pan, + and - zoom, F fits, [ and ] follow an edge to its producer and consumer.&lt;/p&gt;</source>
        <translation>&lt;p&gt;Im Graphen: Pfeile verschieben, + und - vergrößern und verkleinern, F passt ein, [ und ] folgen einer Kante zu Erzeuger und Verbraucher.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About Millrace</source>
        <translation>Über Millrace</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Millrace %1&lt;/h3&gt;&lt;p&gt;Cuts a neural network into pipeline stages and places them on small, unlike computers so that the slowest stage or link is as fast as it can be.&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Millrace %1&lt;/h3&gt;&lt;p&gt;Schneidet ein neuronales Netz in Pipeline-Stufen und verteilt sie auf kleine, ungleiche Rechner, so dass die langsamste Stufe oder Verbindung so schnell wie möglich ist.&lt;/p&gt;&lt;p&gt;Freie Software unter der GNU General Public License, Version 3 oder später.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&amp;Deploy</source>
        <translation>A&amp;usbringen</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>Ausbringen</translation>
    </message>
    <message>
        <source>%1 is still running. Watch shows it.</source>
        <translation>%1 läuft noch. Beobachten zeigt es.</translation>
    </message>
    <message>
        <source>Program &amp;Log</source>
        <translation>Programm&amp;protokoll</translation>
    </message>
</context>
<context>
    <name>millrace::ui::MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::Minimap</name>
    <message>
        <source>Overview of the layer graph</source>
        <translation>Übersicht des Schichtgraphen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ModeBar</name>
    <message>
        <source>Modes</source>
        <translation>Modi</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Planen</translation>
    </message>
    <message>
        <source>Cut the model and place its stages</source>
        <translation>Das Modell zerlegen und seine Stufen verteilen</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Beobachten</translation>
    </message>
    <message>
        <source>See the plan run, measured beside predicted</source>
        <translation>Den Plan laufen sehen, gemessen neben vorhergesagt</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>Ausbringen</translation>
    </message>
    <message>
        <source>Check the devices, put the plan onto them, go back</source>
        <translation>Die Geräte prüfen, den Plan auf sie bringen, zurückgehen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::PlanBar</name>
    <message>
        <source>O&amp;verlap</source>
        <translation>Ü&amp;berlappen</translation>
    </message>
    <message>
        <source>Scenario:</source>
        <translation>Szenario:</translation>
    </message>
    <message>
        <source>Stages:</source>
        <translation>Stufen:</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Variants of the cluster, each with its own plan</source>
        <translation>Varianten des Clusters, jede mit eigenem Plan</translation>
    </message>
    <message>
        <source>Add a scenario</source>
        <translation>Szenario hinzufügen</translation>
    </message>
    <message>
        <source>Try a variant: a copy of this scenario to change</source>
        <translation>Eine Variante versuchen: eine Kopie dieses Szenarios zum Ändern</translation>
    </message>
    <message>
        <source>Duplicate…</source>
        <translation>Verdoppeln …</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Number of stages</source>
        <translation>Stufenzahl</translation>
    </message>
    <message>
        <source>How many stages the plan shall have</source>
        <translation>Wie viele Stufen der Plan haben soll</translation>
    </message>
    <message>
        <source>any</source>
        <translation>beliebig</translation>
    </message>
    <message>
        <source>A stage computes while its tensors move. Without, a stage&apos;s time is the sum.</source>
        <translation>Eine Stufe rechnet, während ihre Tensoren unterwegs sind. Ohne das ist die Zeit einer Stufe die Summe.</translation>
    </message>
    <message>
        <source>New Scenario</source>
        <translation>Neues Szenario</translation>
    </message>
    <message>
        <source>A copy of the current scenario, called:</source>
        <translation>Eine Kopie des jetzigen Szenarios, namens:</translation>
    </message>
    <message>
        <source>Rename Scenario</source>
        <translation>Szenario umbenennen</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>Name:</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ProblemsView</name>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>No problems.</source>
        <translation>Keine Probleme.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::QuantityEdit</name>
    <message>
        <source>Cannot use &quot;%1&quot;. %2.</source>
        <translation>„%1“ geht nicht. %2.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ReleaseActions</name>
    <message>
        <source>&amp;On This Computer</source>
        <translation>Auf &amp;diesem Computer</translation>
    </message>
    <message>
        <source>Deploy on This Computer</source>
        <translation>Auf diesem Computer ausbringen</translation>
    </message>
    <message>
        <source>Starts a process for each stage, as slow and as far away as its device</source>
        <translation>Startet je Stufe einen Prozess, so langsam und so weit entfernt wie ihr Gerät</translation>
    </message>
    <message>
        <source>&amp;Cancel Deploying</source>
        <translation>Ausbringen a&amp;bbrechen</translation>
    </message>
    <message>
        <source>Start What Is &amp;Down</source>
        <translation>&amp;Ausgefallenes starten</translation>
    </message>
    <message>
        <source>Send &amp;Test Requests</source>
        <translation>&amp;Testanfragen senden</translation>
    </message>
    <message>
        <source>Sends random inputs as fast as the pipeline takes them</source>
        <translation>Sendet zufällige Eingaben, so schnell die Pipeline sie nimmt</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Holds the picture still; what happens meanwhile is kept</source>
        <translation>Hält das Bild an; was inzwischen geschieht, bleibt erhalten</translation>
    </message>
    <message>
        <source>Export &amp;Figures…</source>
        <translation>&amp;Zahlen exportieren …</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Writes what the charts show as a CSV file</source>
        <translation>Schreibt, was die Diagramme zeigen, als CSV-Datei</translation>
    </message>
    <message>
        <source>&amp;Stop Release</source>
        <translation>Release an&amp;halten</translation>
    </message>
    <message>
        <source>Ends every process of the release and removes its files</source>
        <translation>Beendet alle Prozesse des Release und entfernt seine Dateien</translation>
    </message>
    <message>
        <source>Open &amp;Its Model and Cluster</source>
        <translation>Sein &amp;Modell und seinen Cluster öffnen</translation>
    </message>
    <message>
        <source>Stop &amp;Test Requests</source>
        <translation>&amp;Testanfragen anhalten</translation>
    </message>
    <message>
        <source>This release runs %1.</source>
        <translation>Dieses Release führt %1 aus.</translation>
    </message>
    <message>
        <source>This release runs %1, which is not the model that is open.</source>
        <translation>Dieses Release führt %1 aus; das ist nicht das geöffnete Modell.</translation>
    </message>
    <message>
        <source>This release runs another plan than the one that is open. Deploy again to run the open one.</source>
        <translation>Dieses Release führt einen anderen Plan als den geöffneten aus. Noch einmal ausbringen, um den geöffneten auszuführen.</translation>
    </message>
    <message>
        <source>take the release&apos;s cluster</source>
        <translation>Cluster des Release übernehmen</translation>
    </message>
    <message>
        <source>Export Figures</source>
        <translation>Zahlen exportieren</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>Wrote %1.</source>
        <translation>%1 wurde geschrieben.</translation>
    </message>
    <message>
        <source>Cannot export the figures. %1. Choose another folder.</source>
        <translation>Kann die Zahlen nicht exportieren. %1. Einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>&amp;Cancel Starting</source>
        <translation>Starten &amp;abbrechen</translation>
    </message>
    <message>
        <source>Cannot take the release&apos;s cluster. The model %1 has changed since it was deployed. Deploy again to run the one that is open.</source>
        <translation>Kann den Cluster des Release nicht übernehmen. Das Modell %1 hat sich seit dem Ausbringen geändert. Noch einmal ausbringen, um das offene auszuführen.</translation>
    </message>
    <message>
        <source>Deploying was cancelled before anything was started.</source>
        <translation>Das Ausbringen wurde abgebrochen, bevor etwas gestartet war.</translation>
    </message>
    <message>
        <source>Deploying was cancelled, because something else was asked for before the plan was ready. Deploy again to run the plan that is open.</source>
        <translation>Das Ausbringen wurde abgebrochen, weil etwas anderes verlangt wurde, bevor der Plan fertig war. Noch einmal ausbringen, um den offenen Plan auszuführen.</translation>
    </message>
    <message>
        <source>&amp;Cancel Going Back</source>
        <translation>Zurückgehen &amp;abbrechen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ReleaseTableModel</name>
    <message>
        <source>▶ being deployed</source>
        <translation>▶ wird ausgebracht</translation>
    </message>
    <message>
        <source>● on this computer</source>
        <translation>● auf diesem Rechner</translation>
    </message>
    <message>
        <source>▲ current</source>
        <translation>▲ aktuell</translation>
    </message>
    <message>
        <source>▽ replaced</source>
        <translation>▽ abgelöst</translation>
    </message>
    <message>
        <source>Deployed</source>
        <translation>Ausgebracht</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Release</translation>
    </message>
</context>
<context>
    <name>millrace::ui::RemoteActions</name>
    <message>
        <source>On the &amp;Devices</source>
        <translation>Auf den &amp;Geräten</translation>
    </message>
    <message>
        <source>Deploy</source>
        <translation>Ausbringen</translation>
    </message>
    <message>
        <source>Puts each stage onto its device over SSH; what the devices serve now serves on until the new release does</source>
        <translation>Bringt jede Stufe über SSH auf ihr Gerät; was die Geräte jetzt tun, läuft weiter, bis das neue Release im Dienst ist</translation>
    </message>
    <message>
        <source>&amp;Test Devices</source>
        <translation>Geräte &amp;prüfen</translation>
    </message>
    <message>
        <source>Reaches every device of the plan and checks key, log-in, system, memory, disk and ports; changes nothing</source>
        <translation>Erreicht jedes Gerät des Plans und prüft Schlüssel, Anmeldung, System, Speicher, Platte und Ports; ändert nichts</translation>
    </message>
    <message>
        <source>&amp;Roll Back</source>
        <translation>&amp;Zurück zum vorigen</translation>
    </message>
    <message>
        <source>&amp;Go Back to Selected</source>
        <translation>Zum ge&amp;wählten zurück</translation>
    </message>
    <message>
        <source>&amp;Watch</source>
        <translation>&amp;Beobachten</translation>
    </message>
    <message>
        <source>&amp;Undeploy</source>
        <translation>&amp;Abbauen</translation>
    </message>
    <message>
        <source>Deploy %1 onto %2</source>
        <translation>%1 ausbringen auf %2</translation>
    </message>
    <message>
        <source>Stop &amp;Testing</source>
        <translation>&amp;Prüfen beenden</translation>
    </message>
    <message>
        <source>Starts %1 again; what serves now serves until then</source>
        <translation>Startet %1 wieder; was jetzt im Dienst ist, bleibt es bis dahin</translation>
    </message>
    <message>
        <source>There is no earlier release to go back to</source>
        <translation>Es gibt kein früheres Release, zu dem man zurückgehen könnte</translation>
    </message>
    <message numerus="yes">
        <source>Not ready: %n check(s) of the list must be mended first.</source>
        <translation>
            <numerusform>Nicht bereit: %n Punkt der Liste ist erst zu beheben.</numerusform>
            <numerusform>Nicht bereit: %n Punkte der Liste sind erst zu beheben.</numerusform>
        </translation>
    </message>
    <message>
        <source>The devices are being tested.</source>
        <translation>Die Geräte werden geprüft.</translation>
    </message>
    <message>
        <source>Ready as soon as the plan is.</source>
        <translation>Bereit, sobald der Plan es ist.</translation>
    </message>
    <message>
        <source>Nothing is known to be wrong. Deploying tests the devices before it sends anything.</source>
        <translation>Kein Fehler ist bekannt. Das Ausbringen prüft die Geräte, bevor es etwas sendet.</translation>
    </message>
    <message>
        <source>Ready: everything was tested.</source>
        <translation>Bereit: Alles wurde geprüft.</translation>
    </message>
    <message>
        <source>Set Address</source>
        <translation>Adresse angeben</translation>
    </message>
    <message>
        <source>Address of %1: a name or number, or a host of ~/.ssh/config</source>
        <translation>Adresse von %1: ein Name, eine Nummer oder ein Host aus ~/.ssh/config</translation>
    </message>
    <message>
        <source>set the address of %1</source>
        <translation>Adresse von %1 angeben</translation>
    </message>
    <message>
        <source>Deploying…</source>
        <translation>Wird ausgebracht …</translation>
    </message>
    <message>
        <source>Going back to %1…</source>
        <translation>Zurück zu %1 …</translation>
    </message>
    <message>
        <source>Removing %1…</source>
        <translation>%1 wird entfernt …</translation>
    </message>
    <message>
        <source>%1 Undone: %2.</source>
        <translation>%1 Rückgängig gemacht: %2.</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Deploying… %1 of %2 sent.</source>
        <translation>Wird ausgebracht … %1 von %2 gesendet.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::ScenarioTableModel</name>
    <message>
        <source>not planned yet</source>
        <translation>noch nicht geplant</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Bottleneck</source>
        <translation>Engpass</translation>
    </message>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Against first</source>
        <translation>Gegen das erste</translation>
    </message>
    <message>
        <source>other layer times</source>
        <translation>andere Schichtzeiten</translation>
    </message>
    <message>
        <source>One request</source>
        <translation>Eine Anfrage</translation>
    </message>
    <message>
        <source>Gap</source>
        <translation>Lücke</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Layers moved</source>
        <translation>Schichten bewegt</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Stand</translation>
    </message>
</context>
<context>
    <name>millrace::ui::SecretDialog</name>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Passphrase of the key file %1:</source>
        <translation>Passphrase der Schlüsseldatei %1:</translation>
    </message>
    <message>
        <source>Password of %1:</source>
        <translation>Passwort von %1:</translation>
    </message>
    <message>
        <source>That was not it. Try again.</source>
        <translation>Das war es nicht. Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>It is used for this connection only and kept nowhere.</source>
        <translation>Es wird nur für diese Verbindung benutzt und nirgends aufbewahrt.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::StageTableModel</name>
    <message>
        <source>%1 in %2</source>
        <translation>%1 in %2</translation>
    </message>
    <message>
        <source>-</source>
        <translation>-</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>First … last layer</source>
        <translation>Erste … letzte Schicht</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Rechnen</translation>
    </message>
    <message>
        <source>Receives</source>
        <translation>Empfängt</translation>
    </message>
    <message>
        <source>Sends</source>
        <translation>Schickt</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>Belegt</translation>
    </message>
</context>
<context>
    <name>millrace::ui::StatusLine</name>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>Searching a plan…</source>
        <translation>Ein Plan wird gesucht …</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>bottleneck %1 (%2)</source>
        <translation>Engpass %1 (%2)</translation>
    </message>
    <message>
        <source>gap %1</source>
        <translation>Lücke %1</translation>
    </message>
    <message>
        <source>solved in %1</source>
        <translation>gelöst in %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n device(s) used</source>
        <translation>
            <numerusform>%1 von %n Gerät genutzt</numerusform>
            <numerusform>%1 von %n Geräten genutzt</numerusform>
        </translation>
    </message>
    <message>
        <source>measured times</source>
        <translation>gemessene Zeiten</translation>
    </message>
    <message>
        <source>estimated times</source>
        <translation>geschätzte Zeiten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the running job</source>
        <translation>Die laufende Arbeit abbrechen</translation>
    </message>
    <message>
        <source>Planning anew… (before: %1)</source>
        <translation>Es wird neu geplant … (bisher: %1)</translation>
    </message>
    <message>
        <source>Searching… best so far %1, at least %2, gap %3</source>
        <translation>Suche … bisher bestes %1, mindestens %2, Lücke %3</translation>
    </message>
    <message>
        <source>Searching… at least %1</source>
        <translation>Suche … mindestens %1</translation>
    </message>
</context>
<context>
    <name>millrace::ui::StepTableModel</name>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>▶ %1 %</source>
        <translation>▶ %1 %</translation>
    </message>
    <message>
        <source>✓ %1</source>
        <translation>✓ %1</translation>
    </message>
    <message>
        <source>✗ failed</source>
        <translation>✗ Fehler</translation>
    </message>
    <message>
        <source>✗ cancelled</source>
        <translation>✗ gestoppt</translation>
    </message>
    <message>
        <source>↶ undone</source>
        <translation>↶ zurück</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Planen</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Zerlegen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Warm up</source>
        <translation>Aufwärmen</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Release</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>undone</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Befinden</translation>
    </message>
    <message>
        <source>Reach</source>
        <translation>Erreichen</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Switch</source>
        <translation>Umschalten</translation>
    </message>
    <message>
        <source>· waiting</source>
        <translation>· wartet</translation>
    </message>
    <message>
        <source>▶ %1</source>
        <translation>▶ %1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1: waiting.</source>
        <translation>%1: wartet.</translation>
    </message>
    <message>
        <source>%1: %2 after %3.</source>
        <translation>%1: %2 nach %3.</translation>
    </message>
    <message>
        <source>%1 of %2 sent.</source>
        <translation>%1 von %2 gesendet.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::TableView</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
</context>
<context>
    <name>millrace::ui::TimeChart</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>millrace::ui::WatchCharts</name>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>What is shown of each stage</source>
        <translation>Was von jeder Stufe gezeigt wird</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Rechnen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>Übertragung</translation>
    </message>
    <message>
        <source>Compute: a run of the stage. Waiting: for its turn, and for the next stage to take the result. Transfer: over each link.</source>
        <translation>Rechnen: ein Lauf der Stufe. Warten: bis sie an der Reihe ist und bis die nächste Stufe das Ergebnis nimmt. Übertragung: über jede Verbindung.</translation>
    </message>
    <message>
        <source>%1 &gt; %2</source>
        <translation>%1 &gt; %2</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
</context>
<context>
    <name>millrace::ui::WatchEvent</name>
    <message>
        <source>The gateway started.</source>
        <translation>Das Gateway ist gestartet.</translation>
    </message>
    <message>
        <source>%1 is up.</source>
        <translation>%1 läuft.</translation>
    </message>
    <message>
        <source>%1 is down. Requests wait for it.</source>
        <translation>%1 ist ausgefallen. Anfragen warten darauf.</translation>
    </message>
    <message>
        <source>Requests under way were sent again.</source>
        <translation>Anfragen, die unterwegs waren, wurden noch einmal gesendet.</translation>
    </message>
    <message>
        <source>A connection was refused.</source>
        <translation>Eine Verbindung wurde abgewiesen.</translation>
    </message>
    <message>
        <source>A request failed.</source>
        <translation>Eine Anfrage misslang.</translation>
    </message>
    <message>
        <source>The release takes no new requests.</source>
        <translation>Das Release nimmt keine neuen Anfragen an.</translation>
    </message>
    <message>
        <source>A stage</source>
        <translation>Eine Stufe</translation>
    </message>
    <message>
        <source>Stage %1 on %2</source>
        <translation>Stufe %1 auf %2</translation>
    </message>
</context>
<context>
    <name>millrace::ui::WatchFigures</name>
    <message>
        <source>Nothing is measured yet. Send requests to see which stage or link is the bottleneck; the plan expects %1.</source>
        <translation>Noch ist nichts gemessen. Anfragen senden, um zu sehen, welche Stufe oder Verbindung der Engpass ist; der Plan erwartet %1.</translation>
    </message>
    <message>
        <source>Bottleneck now: %1, %2 (predicted %3).</source>
        <translation>Engpass jetzt: %1, %2 (vorhergesagt %3).</translation>
    </message>
    <message>
        <source>%1 The plan expected %2.</source>
        <translation>%1 Der Plan erwartete %2.</translation>
    </message>
    <message>
        <source>This computer was too busy: %1 of the emulation&apos;s deadlines passed in the last minute, so measured and predicted cannot be compared.</source>
        <translation>Dieser Computer war zu beschäftigt: %1 der Fristen der Emulation verstrichen in der letzten Minute; Messung und Vorhersage sind daher nicht vergleichbar.</translation>
    </message>
    <message>
        <source>Everything runs %1 times slower, because all stages share this computer&apos;s cores; the figures have that divided out.</source>
        <translation>Alles läuft %1-mal langsamer, weil alle Stufen sich die Kerne dieses Computers teilen; aus den Zahlen ist das herausgerechnet.</translation>
    </message>
</context>
<context>
    <name>millrace::ui::WatchPage</name>
    <message>
        <source>Nothing runs yet.</source>
        <translation>Noch läuft nichts.</translation>
    </message>
    <message>
        <source>Deploy the plan on this computer: each stage becomes a process that is as slow and as far away as its device, so that you see the plan at work without the devices.</source>
        <translation>Den Plan auf diesem Computer ausbringen: Jede Stufe wird ein Prozess, der so langsam und so weit entfernt ist wie ihr Gerät. So ist der Plan auch ohne die Geräte bei der Arbeit zu sehen.</translation>
    </message>
    <message>
        <source>Time that the charts show</source>
        <translation>Zeit, die die Diagramme zeigen</translation>
    </message>
    <message>
        <source>Time that the charts show; the wheel on a chart changes it, too</source>
        <translation>Zeit, die die Diagramme zeigen; das Mausrad auf einem Diagramm ändert sie auch</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 Minute</translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 Minuten</translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation>15 Minuten</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>6 hours</source>
        <translation>6 Stunden</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 Tag</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>▶ starting</source>
        <translation>▶ startet</translation>
    </message>
    <message>
        <source>▲ serving</source>
        <translation>▲ im Dienst</translation>
    </message>
    <message>
        <source>▼ interrupted: requests wait</source>
        <translation>▼ unterbrochen: Anfragen warten</translation>
    </message>
    <message>
        <source>● draining</source>
        <translation>● läuft aus</translation>
    </message>
    <message>
        <source>Since %1, in %2</source>
        <translation>Seit %1, in %2</translation>
    </message>
    <message>
        <source>▶ connecting…</source>
        <translation>▶ verbindet …</translation>
    </message>
    <message>
        <source>■ stopping…</source>
        <translation>■ hält an …</translation>
    </message>
    <message>
        <source>▶ starting what is down…</source>
        <translation>▶ startet Ausgefallenes …</translation>
    </message>
    <message numerus="yes">
        <source>▼ no answer; %n process(es) ended</source>
        <translation>
            <numerusform>▼ keine Antwort; %n Prozess endete</numerusform>
            <numerusform>▼ keine Antwort; %n Prozesse endeten</numerusform>
        </translation>
    </message>
    <message>
        <source>▼ no answer; trying again</source>
        <translation>▼ keine Antwort; neuer Versuch</translation>
    </message>
    <message>
        <source>▽ replaced</source>
        <translation>▽ abgelöst</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>Deploying on this computer</source>
        <translation>Ausbringen auf diesem Computer</translation>
    </message>
    <message>
        <source>The gateway has not answered since %1, so nothing is known of now.</source>
        <translation>Das Gateway antwortet seit %1 nicht; was jetzt geschieht, ist nicht bekannt.</translation>
    </message>
</context>
</TS>
