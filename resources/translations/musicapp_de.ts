<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>Scroll up and down</source>
        <translation>Auf und ab scrollen</translation>
    </message>
    <message>
        <source>Scroll sideways</source>
        <translation>Seitwärts scrollen</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Never</source>
        <translation>&amp;Nie</translation>
    </message>
    <message>
        <source>When nothing &amp;plays</source>
        <translation>&amp;Wenn nichts läuft</translation>
    </message>
    <message>
        <source>&amp;Always</source>
        <translation>&amp;Immer</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Take</source>
        <translation>&amp;Take</translation>
    </message>
    <message>
        <source>&amp;Library</source>
        <translation>A&amp;rchiv</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Leave the field, then cancel the take</source>
        <translation>Das Feld verlassen, dann den Take abbrechen</translation>
    </message>
    <message>
        <source>Space, Enter</source>
        <translation>Leertaste, Eingabe</translation>
    </message>
    <message>
        <source>Press the button that has the focus</source>
        <translation>Die Taste mit dem Fokus drücken</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Links, Rechts</translation>
    </message>
    <message>
        <source>Move the play position (in the waveform)</source>
        <translation>Abspielposition verschieben (in der Wellenform)</translation>
    </message>
    <message>
        <source>Ctrl+Left, Ctrl+Right</source>
        <translation>Strg+Links, Strg+Rechts</translation>
    </message>
    <message>
        <source>Move it by one sample</source>
        <translation>Um ein Sample verschieben</translation>
    </message>
    <message>
        <source>Ctrl+Drag</source>
        <translation>Strg+Ziehen</translation>
    </message>
    <message>
        <source>Mark a loop off the grid (in the waveform)</source>
        <translation>Einen Loop neben dem Raster markieren (in der Wellenform)</translation>
    </message>
    <message>
        <source>Shift+Left, Shift+Right</source>
        <translation>Umschalt+Links, Umschalt+Rechts</translation>
    </message>
    <message>
        <source>Mark a loop from it on (in the waveform)</source>
        <translation>Von ihr aus einen Loop markieren (in der Wellenform)</translation>
    </message>
    <message>
        <source>Wheel, Shift+Wheel</source>
        <translation>Mausrad, Umschalt+Mausrad</translation>
    </message>
    <message>
        <source>Zoom and scroll the waveform</source>
        <translation>Wellenform zoomen und scrollen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Show and play a take, fold a prompt (in the list)</source>
        <translation>Take zeigen und abspielen, Prompt zuklappen (in der Liste)</translation>
    </message>
    <message>
        <source>Ctrl+Click, Shift+Click</source>
        <translation>Strg+Klick, Umschalt+Klick</translation>
    </message>
    <message>
        <source>Mark several takes (in the list)</source>
        <translation>Mehrere Takes markieren (in der Liste)</translation>
    </message>
    <message>
        <source>Up, Down</source>
        <translation>Hoch, Runter</translation>
    </message>
    <message>
        <source>Prompts of before (at the ends of the prompt)</source>
        <translation>Frühere Prompts (am Anfang und Ende des Prompts)</translation>
    </message>
    <message>
        <source>Alt+Up, Alt+Down</source>
        <translation>Alt+Hoch, Alt+Runter</translation>
    </message>
    <message>
        <source>Make a take earlier or later (in the queue)</source>
        <translation>Take früher oder später erzeugen (in der Warteschlange)</translation>
    </message>
    <message>
        <source>Alt+Home, Alt+End</source>
        <translation>Alt+Pos1, Alt+Ende</translation>
    </message>
    <message>
        <source>Make it next or last (in the queue)</source>
        <translation>Als nächsten oder letzten erzeugen (in der Warteschlange)</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Give a take up (in the queue)</source>
        <translation>Take aufgeben (in der Warteschlange)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>Export for&amp;mat</source>
        <translation>Export&amp;format</translation>
    </message>
    <message>
        <source>Export o&amp;ptions …</source>
        <translation>Ex&amp;portoptionen …</translation>
    </message>
    <message>
        <source>Export every &amp;new take</source>
        <translation>Jeden &amp;neuen Take exportieren</translation>
    </message>
    <message>
        <source>&amp;Copy as a file</source>
        <translation>Als Datei &amp;kopieren</translation>
    </message>
    <message>
        <source>Choose the export &amp;folder …</source>
        <translation>Exportordner &amp;wählen …</translation>
    </message>
    <message>
        <source>&amp;Open the folder of the takes</source>
        <translation>&amp;Ordner der Takes öffnen</translation>
    </message>
    <message>
        <source>Choose the folder of the &amp;takes …</source>
        <translation>Ordner der &amp;Takes wählen …</translation>
    </message>
    <message>
        <source>&amp;Settings …</source>
        <translation>E&amp;instellungen …</translation>
    </message>
    <message>
        <source>&amp;Models …</source>
        <translation>&amp;Modelle …</translation>
    </message>
    <message>
        <source>Get, import and remove models</source>
        <translation>Modelle herunterladen, importieren und entfernen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>&amp;Erzeugen</translation>
    </message>
    <message>
        <source>Before all that wait</source>
        <translation>Vor allen, die warten</translation>
    </message>
    <message>
        <source>Generate &amp;next</source>
        <translation>&amp;Als Nächstes erzeugen</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>Wartesc&amp;hlange</translation>
    </message>
    <message>
        <source>Another see&amp;d</source>
        <translation>An&amp;derer Seed</translation>
    </message>
    <message>
        <source>Seed pl&amp;us one</source>
        <translation>Seed &amp;plus eins</translation>
    </message>
    <message>
        <source>&amp;Keep the seed</source>
        <translation>Seed &amp;festhalten</translation>
    </message>
    <message>
        <source>&amp;Use settings of the take</source>
        <translation>Einstellungen des Takes über&amp;nehmen</translation>
    </message>
    <message>
        <source>Use all &amp;but its seed</source>
        <translation>Alles auße&amp;r dem Seed übernehmen</translation>
    </message>
    <message>
        <source>Use its seed a&amp;lone</source>
        <translation>N&amp;ur den Seed übernehmen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>Rückgängi&amp;g</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>W&amp;iederholen</translation>
    </message>
    <message>
        <source>Put into the co&amp;mparison</source>
        <translation>Zum &amp;Vergleich hinzufügen</translation>
    </message>
    <message>
        <source>Co&amp;mpare takes …</source>
        <translation>&amp;Takes vergleichen …</translation>
    </message>
    <message>
        <source>Compare n&amp;o takes</source>
        <translation>Vergleich &amp;leeren</translation>
    </message>
    <message>
        <source>S&amp;hape</source>
        <translation>U&amp;mformen</translation>
    </message>
    <message>
        <source>Copy &amp;seed</source>
        <translation>Seed &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>M&amp;odell</translation>
    </message>
    <message>
        <source>Sam&amp;pler</source>
        <translation>&amp;Sampler</translation>
    </message>
    <message>
        <source>De&amp;vice</source>
        <translation>Ger&amp;ät</translation>
    </message>
    <message>
        <source>Precisi&amp;on</source>
        <translation>Re&amp;chengenauigkeit</translation>
    </message>
    <message>
        <source>&amp;Advanced settings</source>
        <translation>Er&amp;weiterte Einstellungen</translation>
    </message>
    <message>
        <source>Make the marked passage anew, all else stays as it is</source>
        <translation>Den markierten Abschnitt neu erzeugen, alles andere bleibt</translation>
    </message>
    <message>
        <source>&amp;Redo the selection</source>
        <translation>&amp;Auswahl neu erzeugen</translation>
    </message>
    <message>
        <source>&amp;Go on for half a minute</source>
        <translation>Eine &amp;halbe Minute fortsetzen</translation>
    </message>
    <message>
        <source>&amp;Half a minute in front of it</source>
        <translation>Eine halbe &amp;Minute davor</translation>
    </message>
    <message>
        <source>Make its end, or that of the marked passage, run into its beginning</source>
        <translation>Sein Ende, oder das des markierten Abschnitts, in den Anfang laufen lassen</translation>
    </message>
    <message>
        <source>Close to a &amp;loop</source>
        <translation>Zum &amp;Loop schließen</translation>
    </message>
    <message>
        <source>Start from this &amp;take</source>
        <translation>Mit diesem &amp;Take beginnen</translation>
    </message>
    <message>
        <source>Start from the &amp;selection</source>
        <translation>Mit der Aus&amp;wahl beginnen</translation>
    </message>
    <message>
        <source>The next takes start from the marked passage alone</source>
        <translation>Die nächsten Takes beginnen allein mit dem markierten Abschnitt</translation>
    </message>
    <message>
        <source>Start from a &amp;file …</source>
        <translation>Mit einer &amp;Datei beginnen …</translation>
    </message>
    <message>
        <source>Show a file on the stage: mark, redo, extend, loop, measure and export; it stays as it is</source>
        <translation>Eine Datei auf die Bühne holen: markieren, neu erzeugen, verlängern, zum Loop machen, messen und exportieren; sie bleibt, wie sie ist</translation>
    </message>
    <message>
        <source>Take a so&amp;und apart …</source>
        <translation>Einen &amp;Klang zerlegen …</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Make all that failed &amp;again</source>
        <translation>Alle &amp;fehlgeschlagenen wiederholen</translation>
    </message>
    <message>
        <source>&amp;Cancel all</source>
        <translation>Alle &amp;abbrechen</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>&amp;Live</translation>
    </message>
    <message>
        <source>A take after every change</source>
        <translation>Nach jeder Änderung ein Take</translation>
    </message>
    <message>
        <source>&amp;Variations</source>
        <translation>&amp;Variationen</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>To the st&amp;art</source>
        <translation>Zum &amp;Anfang</translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation>Zum E&amp;nde</translation>
    </message>
    <message>
        <source>&amp;Loop</source>
        <translation>&amp;Loop</translation>
    </message>
    <message>
        <source>Loop &amp;from here</source>
        <translation>Loop a&amp;b hier</translation>
    </message>
    <message>
        <source>Loop up &amp;to here</source>
        <translation>Loop b&amp;is hier</translation>
    </message>
    <message>
        <source>&amp;Remove the loop marks</source>
        <translation>Loop-&amp;Marken entfernen</translation>
    </message>
    <message>
        <source>&amp;Mute</source>
        <translation>S&amp;tumm</translation>
    </message>
    <message>
        <source>Play all takes at one lou&amp;dness</source>
        <translation>Alle Takes gleich la&amp;ut abspielen</translation>
    </message>
    <message>
        <source>Lo&amp;uder</source>
        <translation>Laute&amp;r</translation>
    </message>
    <message>
        <source>&amp;Quieter</source>
        <translation>L&amp;eiser</translation>
    </message>
    <message>
        <source>Play &amp;new takes</source>
        <translation>Neue Ta&amp;kes abspielen</translation>
    </message>
    <message>
        <source>Some seconds, quietly and while nothing else plays; takes up to a tenth more time</source>
        <translation>Einige Sekunden, leise und nur solange nichts anderes spielt; kostet bis zu einem Zehntel mehr Zeit</translation>
    </message>
    <message>
        <source>&amp;Hear new takes form</source>
        <translation>Neue Takes beim Entstehen &amp;hören</translation>
    </message>
    <message>
        <source>&amp;Output</source>
        <translation>Aus&amp;gabe</translation>
    </message>
    <message>
        <source>Ableton Lin&amp;k</source>
        <translation>Ablet&amp;on Link</translation>
    </message>
    <message>
        <source>Look for outputs a&amp;gain</source>
        <translation>Ausgaben erneut su&amp;chen</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Zoom to the &amp;loop</source>
        <translation>Auf den &amp;Loop zoomen</translation>
    </message>
    <message>
        <source>Show the &amp;whole take</source>
        <translation>Gan&amp;zen Take zeigen</translation>
    </message>
    <message>
        <source>Show pitches over time in the place of the waveform</source>
        <translation>Tonhöhen über der Zeit zeigen, anstelle der Wellenform</translation>
    </message>
    <message>
        <source>Spectro&amp;gram</source>
        <translation>Spekt&amp;rogramm</translation>
    </message>
    <message>
        <source>Loop marks go to bars and beats</source>
        <translation>Loop-Marken gehen auf Takte und Schläge</translation>
    </message>
    <message>
        <source>Snap to &amp;bars</source>
        <translation>&amp;Einrasten an Takten</translation>
    </message>
    <message>
        <source>Go to the &amp;prompt</source>
        <translation>Zum &amp;Prompt</translation>
    </message>
    <message>
        <source>Go to the ta&amp;kes</source>
        <translation>Zu den &amp;Takes</translation>
    </message>
    <message>
        <source>Go to the &amp;queue</source>
        <translation>Zur &amp;Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Next part of the window</source>
        <translation>&amp;Nächster Bereich des Fensters</translation>
    </message>
    <message>
        <source>Pre&amp;vious part of the window</source>
        <translation>&amp;Voriger Bereich des Fensters</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation>&amp;Protokollordner öffnen</translation>
    </message>
    <message>
        <source>&amp;Copy a report …</source>
        <translation>&amp;Bericht kopieren …</translation>
    </message>
    <message>
        <source>&amp;About Musicapp</source>
        <translation>&amp;Über Musicapp</translation>
    </message>
    <message>
        <source>Queue a take</source>
        <translation>Take einreihen</translation>
    </message>
    <message>
        <source>&amp;Undo “{words}”</source>
        <translation>Rückgängi&amp;g: „{words}“</translation>
    </message>
    <message>
        <source>&amp;Redo “{words}”</source>
        <translation>W&amp;iederholen: „{words}“</translation>
    </message>
    <message>
        <source>Musicapp is open already, but its window does not answer. Wait a moment and start it again; if that does not help, end it in the system’s list of programs first. Takes that are finished are on the disk.</source>
        <translation>Musicapp ist schon offen, aber sein Fenster antwortet nicht. Kurz warten und noch einmal starten; hilft das nicht, Musicapp zuerst in der Programmliste des Systems beenden. Fertige Takes liegen auf der Platte.</translation>
    </message>
    <message>
        <source>About Musicapp</source>
        <translation>Über Musicapp</translation>
    </message>
    <message>
        <source>&amp;Licences</source>
        <translation>&amp;Lizenzen</translation>
    </message>
    <message>
        <source>&amp;Open the log folder</source>
        <translation>&amp;Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Made with {names} and others; letters from the font Inter. Licences names them all.</source>
        <translation>Gebaut mit {names} und anderem; Schrift: Inter. „Lizenzen“ nennt alles.</translation>
    </message>
    <message>
        <source>The icon of Musicapp</source>
        <translation>Das Symbol von Musicapp</translation>
    </message>
    <message>
        <source>Type a prompt, hear music, on your own computer. Nothing leaves it.</source>
        <translation>Prompt tippen, Musik hören, auf dem eigenen Computer. Nichts verlässt ihn.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>none loaded</source>
        <translation>keines geladen</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Engine</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Put at least two takes into the comparison: mark them in the list, then compare them in its menu.</source>
        <translation>Mindestens zwei Takes in den Vergleich legen: in der Liste markieren, dann in ihrem Menü vergleichen.</translation>
    </message>
    <message>
        <source>Another take is on the stage: choose a letter to go on comparing.</source>
        <translation>Ein anderer Take ist auf der Bühne: einen Buchstaben wählen, um weiter zu vergleichen.</translation>
    </message>
    <message>
        <source>Measuring how loud they are …</source>
        <translation>Lautheit wird gemessen …</translation>
    </message>
    <message>
        <source>All at one loudness. Keys: 1 to 8 or A to H to switch, Space to play.</source>
        <translation>Alle gleich laut. Tasten: 1 bis 8 oder A bis H zum Umschalten, Leertaste zum Abspielen.</translation>
    </message>
    <message>
        <source>Blind: the letters are shuffled, names and settings come with “Reveal”.</source>
        <translation>Blind: Die Buchstaben sind gemischt, Namen und Einstellungen zeigt „Aufdecken“.</translation>
    </message>
    <message>
        <source>Compare takes</source>
        <translation>Takes vergleichen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>Blind</source>
        <translation>Blind</translation>
    </message>
    <message>
        <source>Shuffle the letters and hide the names</source>
        <translation>Buchstaben mischen und Namen verbergen</translation>
    </message>
    <message>
        <source>Reveal</source>
        <translation>Aufdecken</translation>
    </message>
    <message>
        <source>Reveal which is which</source>
        <translation>Aufdecken, welcher welcher ist</translation>
    </message>
    <message>
        <source>★ Star it</source>
        <translation>★ Stern geben</translation>
    </message>
    <message>
        <source>Star the take that is heard</source>
        <translation>Dem gehörten Take einen Stern geben</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>Herausnehmen</translation>
    </message>
    <message>
        <source>Take the heard one out of the comparison</source>
        <translation>Den gehörten Take aus dem Vergleich nehmen</translation>
    </message>
    <message>
        <source>Keep the take that is heard from this bar on</source>
        <translation>Den gehörten Take ab diesem Takt behalten</translation>
    </message>
    <message>
        <source>Keep from here</source>
        <translation>Ab hier behalten</translation>
    </message>
    <message>
        <source>Hear what is kept in this bar</source>
        <translation>Hören, was in diesem Takt behalten wird</translation>
    </message>
    <message>
        <source>Hear what is kept</source>
        <translation>Behaltenes hören</translation>
    </message>
    <message>
        <source>Undo the last change of the bars</source>
        <translation>Die letzte Änderung der Takte zurücknehmen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Make one take of the bars that are kept; half a bar around every change is made anew</source>
        <translation>Aus den behaltenen Takten einen Take machen; ein halber Takt um jeden Wechsel wird neu erzeugt</translation>
    </message>
    <message>
        <source>Glue</source>
        <translation>Zusammenfügen</translation>
    </message>
    <message>
        <source>Hear take {letter}</source>
        <translation>Take {letter} hören</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Nothing is hidden.</source>
        <translation>Nichts ist verborgen.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>{name}, not the same in all</source>
        <translation>{name}, nicht bei allen gleich</translation>
    </message>
    <message>
        <source>As chosen below</source>
        <translation>Wie unten gewählt</translation>
    </message>
    <message>
        <source>Only WAV files have a place for this.</source>
        <translation>Nur WAV-Dateien haben dafür einen Platz.</translation>
    </message>
    <message>
        <source>This format adds silence at the edges of a file: WAV and FLAC do not.</source>
        <translation>Dieses Format fügt an den Rändern der Datei Stille an: WAV und FLAC tun das nicht.</translation>
    </message>
    <message>
        <source>It only limits a gain for the loudness.</source>
        <translation>Er begrenzt nur eine Anhebung auf die Lautheit.</translation>
    </message>
    <message>
        <source>Export options</source>
        <translation>Exportoptionen</translation>
    </message>
    <message>
        <source>What the file is for</source>
        <translation>Wofür die Datei ist</translation>
    </message>
    <message>
        <source>The marked part only</source>
        <translation>Nur der markierte Teil</translation>
    </message>
    <message>
        <source>Instead of the whole take</source>
        <translation>Statt des ganzen Takes</translation>
    </message>
    <message>
        <source>Move its edges to zero crossings</source>
        <translation>Ränder auf Nulldurchgänge legen</translation>
    </message>
    <message>
        <source>Move the edges of the part to zero crossings</source>
        <translation>Die Ränder des Teils auf Nulldurchgänge legen</translation>
    </message>
    <message>
        <source>By at most 10 ms, so that they do not click</source>
        <translation>Um höchstens 10 ms, damit sie nicht knacken</translation>
    </message>
    <message>
        <source>File format</source>
        <translation>Dateiformat</translation>
    </message>
    <message>
        <source>Sample rate</source>
        <translation>Abtastrate</translation>
    </message>
    <message>
        <source>The take’s own</source>
        <translation>Die des Takes</translation>
    </message>
    <message>
        <source>{rate} kHz</source>
        <translation>{rate} kHz</translation>
    </message>
    <message>
        <source>Bring it to</source>
        <translation>Anpassen auf</translation>
    </message>
    <message>
        <source>Bring it to a loudness</source>
        <translation>Auf eine Lautheit bringen</translation>
    </message>
    <message>
        <source>By one gain for the whole file</source>
        <translation>Mit einer Verstärkung für die ganze Datei</translation>
    </message>
    <message>
        <source>Loudness</source>
        <translation>Lautheit</translation>
    </message>
    <message>
        <source>Highest true peak</source>
        <translation>Höchster True Peak</translation>
    </message>
    <message>
        <source>Fade in</source>
        <translation>Einblenden</translation>
    </message>
    <message>
        <source>Fade out</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>It repeats</source>
        <translation>Wiederholt sich</translation>
    </message>
    <message>
        <source>Samplers read from where to where</source>
        <translation>Sampler lesen, von wo bis wo</translation>
    </message>
    <message>
        <source>Levels for broadcast</source>
        <translation>Pegel für den Rundfunk</translation>
    </message>
    <message>
        <source>A bext chunk</source>
        <translation>Ein bext-Chunk</translation>
    </message>
    <message>
        <source>Template of names</source>
        <translation>Vorlage für Namen</translation>
    </message>
    <message>
        <source>For</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>below</source>
        <translation>unter</translation>
    </message>
    <message>
        <source>Fade in, out</source>
        <translation>Ein-, ausblenden</translation>
    </message>
    <message>
        <source>Also</source>
        <translation>Außerdem</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>The loudness stays as it is.</source>
        <translation>Die Lautheit bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>Nothing is marked in the take: mark a part in its picture, or with Playback, Loop from here and Loop up to here.</source>
        <translation>Im Take ist nichts markiert: einen Teil im Bild markieren, oder im Menü Wiedergabe mit „Loop ab hier“ und „Loop bis hier“.</translation>
    </message>
    <message>
        <source>Only a part has edges within the take.</source>
        <translation>Nur ein Teil hat Ränder innerhalb des Takes.</translation>
    </message>
    <message>
        <source>{fields}
What is empty goes, with what parts it from the rest.</source>
        <translation>{fields}
Was leer ist, entfällt mitsamt dem, was es vom Rest trennt.</translation>
    </message>
    <message>
        <source>Nothing of it can be heard yet.</source>
        <translation>Noch ist nichts davon zu hören.</translation>
    </message>
    <message>
        <source>If you wait: when the take is done, it is saved and Musicapp quits.</source>
        <translation>Ohne Antwort: Sobald der Take fertig ist, wird er gesichert und Musicapp beendet.</translation>
    </message>
    <message>
        <source>Quit Musicapp</source>
        <translation>Musicapp beenden</translation>
    </message>
    <message>
        <source>A take is being made</source>
        <translation>Ein Take entsteht gerade</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Go on making the take</source>
        <translation>Den Take weiter erzeugen</translation>
    </message>
    <message>
        <source>Keep what can be heard and quit</source>
        <translation>Behalten, was zu hören ist, und beenden</translation>
    </message>
    <message>
        <source>Throw away and quit</source>
        <translation>Verwerfen und beenden</translation>
    </message>
    <message>
        <source>Keep {heard} and quit</source>
        <translation>{heard} behalten und beenden</translation>
    </message>
    <message>
        <source>{heard} of it can be heard. Kept, that becomes a shorter take in the list.</source>
        <translation>{heard} davon sind zu hören. Behalten wird daraus ein kürzerer Take in der Liste.</translation>
    </message>
    <message numerus="yes">
        <source>%n more wait and are kept for the next start.</source>
        <translation>
            <numerusform>Ein weiterer wartet und bleibt für den nächsten Start erhalten.</numerusform>
            <numerusform>%n weitere warten und bleiben für den nächsten Start erhalten.</numerusform>
        </translation>
    </message>
    <message>
        <source>Qt and PySide6</source>
        <translation>Qt und PySide6</translation>
    </message>
    <message>
        <source>sounddevice, with PortAudio</source>
        <translation>sounddevice, mit PortAudio</translation>
    </message>
    <message>
        <source>soundfile, with libsndfile</source>
        <translation>soundfile, mit libsndfile</translation>
    </message>
    <message>
        <source>soxr, with libsoxr</source>
        <translation>soxr, mit libsoxr</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Licences of the app and what it is made of</source>
        <translation>Lizenzen der App und ihrer Bestandteile</translation>
    </message>
    <message>
        <source>Musicapp is under the MIT licence.</source>
        <translation>Musicapp steht unter der MIT-Lizenz.</translation>
    </message>
    <message>
        <source>Musicapp contains or uses:

</source>
        <translation>Musicapp enthält oder verwendet:

</translation>
    </message>
    <message>
        <source>Every part with its version, and checksums, for programs (CycloneDX): {bill}</source>
        <translation>Jeder Bestandteil mit Version und Prüfsummen, für Programme (CycloneDX): {bill}</translation>
    </message>
    <message>
        <source>And what these need:</source>
        <translation>Und was diese brauchen:</translation>
    </message>
    <message>
        <source>The font Inter 3.19: SIL Open Font License 1.1</source>
        <translation>Die Schrift Inter 3.19: SIL Open Font License 1.1</translation>
    </message>
    <message>
        <source>Weights (*.safetensors)</source>
        <translation>Gewichte (*.safetensors)</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>Ö&amp;ffnen</translation>
    </message>
    <message>
        <source>Open the models folder</source>
        <translation>Ordner der Modelle öffnen</translation>
    </message>
    <message>
        <source>Mo&amp;ve …</source>
        <translation>&amp;Verschieben …</translation>
    </message>
    <message>
        <source>Move the models folder</source>
        <translation>Ordner der Modelle verschieben</translation>
    </message>
    <message>
        <source>Keep the models in another folder</source>
        <translation>Die Modelle in einem anderen Ordner halten</translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>&amp;Importieren</translation>
    </message>
    <message>
        <source>Import a model that you have</source>
        <translation>Ein vorhandenes Modell importieren</translation>
    </message>
    <message>
        <source>You can also drop it here</source>
        <translation>Es lässt sich auch hierher ziehen</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>&amp;Schließen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>&amp;Folder …</source>
        <translation>&amp;Ordner …</translation>
    </message>
    <message>
        <source>F&amp;ile …</source>
        <translation>&amp;Datei …</translation>
    </message>
    <message>
        <source>Import a model’s folder</source>
        <translation>Ordner eines Modells importieren</translation>
    </message>
    <message>
        <source>Import a model’s weights</source>
        <translation>Gewichte eines Modells importieren</translation>
    </message>
    <message>
        <source>Move the models to</source>
        <translation>Modelle verschieben nach</translation>
    </message>
    <message>
        <source>{used} in use, {free} free</source>
        <translation>{used} belegt, {free} frei</translation>
    </message>
    <message>
        <source>Your models: {folder}</source>
        <translation>Eigene Modelle: {folder}</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Single keys type while a text field has the focus; Esc leaves it.</source>
        <translation>Einzelne Tasten schreiben, solange ein Textfeld den Fokus hat; Esc verlässt es.</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message numerus="yes">
        <source>Tags of %n takes</source>
        <translation>
            <numerusform>Tags eines Takes</numerusform>
            <numerusform>Tags von %n Takes</numerusform>
        </translation>
    </message>
    <message>
        <source>Commas stand between tags</source>
        <translation>Zwischen Tags stehen Kommas</translation>
    </message>
    <message>
        <source>drums, take home</source>
        <translation>Schlagzeug, für zu Hause</translation>
    </message>
    <message>
        <source>Tags that only some of them have stay.</source>
        <translation>Tags, die nur manche haben, bleiben.</translation>
    </message>
    <message>
        <source>Commas stand between tags.</source>
        <translation>Zwischen Tags stehen Kommas.</translation>
    </message>
    <message>
        <source>Tag {tag}</source>
        <translation>Tag {tag}</translation>
    </message>
    <message>
        <source>Add it or take it off</source>
        <translation>Hinzufügen oder wegnehmen</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep these tags</source>
        <translation>Diese Tags behalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Leave the tags as they are</source>
        <translation>Die Tags lassen, wie sie sind</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>Der Papierkorb ist leer.</translation>
    </message>
    <message>
        <source>Choose takes first.</source>
        <translation>Zuerst Takes auswählen.</translation>
    </message>
    <message>
        <source>There is nothing in the trash.</source>
        <translation>Im Papierkorb ist nichts.</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>Takes in the trash</source>
        <translation>Takes im Papierkorb</translation>
    </message>
    <message>
        <source>&amp;Bring back</source>
        <translation>&amp;Zurückholen</translation>
    </message>
    <message>
        <source>Bring the chosen takes back</source>
        <translation>Die gewählten Takes zurückholen</translation>
    </message>
    <message>
        <source>&amp;Delete …</source>
        <translation>&amp;Löschen …</translation>
    </message>
    <message>
        <source>Delete the chosen takes for good</source>
        <translation>Die gewählten Takes endgültig löschen</translation>
    </message>
    <message>
        <source>&amp;Empty …</source>
        <translation>Lee&amp;ren …</translation>
    </message>
    <message>
        <source>Delete everything in the trash for good</source>
        <translation>Alles im Papierkorb endgültig löschen</translation>
    </message>
    <message>
        <source>Close the trash</source>
        <translation>Papierkorb schließen</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>Endgültig löschen</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Delete nothing</source>
        <translation>Nichts löschen</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation>„{name}“</translation>
    </message>
    <message numerus="yes">
        <source>%n takes</source>
        <translation>
            <numerusform>Ein Take</numerusform>
            <numerusform>%n Takes</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete {what} for good? There is no way back.</source>
        <translation>{what} endgültig löschen? Es gibt kein Zurück.</translation>
    </message>
    <message>
        <source>thrown away {when}</source>
        <translation>weggeworfen am {when}</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Seed {seed}</translation>
    </message>
    <message>
        <source>Sounds (*.wav *.flac *.ogg *.opus *.oga *.mp3 *.aif *.aiff *.caf *.w64);;All files (*)</source>
        <translation>Klänge (*.wav *.flac *.ogg *.opus *.oga *.mp3 *.aif *.aiff *.caf *.w64);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Play new takes</source>
        <translation>Neue Takes abspielen</translation>
    </message>
    <message>
        <source>Choose the folder of the takes</source>
        <translation>Ordner der Takes wählen</translation>
    </message>
    <message>
        <source>Folder of the takes</source>
        <translation>Ordner der Takes</translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation>ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Takes of before stay where they are. “Move all takes to another folder” in the Library menu moves them.</source>
        <translation>Frühere Takes bleiben, wo sie sind. „Alle Takes in einen anderen Ordner verschieben“ im Menü Archiv verschiebt sie.</translation>
    </message>
    <message>
        <source>Play all takes at one loudness</source>
        <translation>Alle Takes gleich laut abspielen</translation>
    </message>
    <message>
        <source>Louder is not better: for comparing. Exports stay as they are</source>
        <translation>Lauter ist nicht besser: zum Vergleichen. Exporte bleiben, wie sie sind</translation>
    </message>
    <message>
        <source>Hear new takes form</source>
        <translation>Neue Takes beim Entstehen hören</translation>
    </message>
    <message>
        <source>Device of the engine</source>
        <translation>Gerät der Engine</translation>
    </message>
    <message>
        <source>Precision of the engine</source>
        <translation>Genauigkeit der Engine</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Takes are made on</source>
        <translation>Takes entstehen auf</translation>
    </message>
    <message>
        <source>The engine uses as many threads as the processor has cores, or what OMP_NUM_THREADS says.</source>
        <translation>Die Engine verwendet so viele Threads, wie der Prozessor Kerne hat, oder was OMP_NUM_THREADS sagt.</translation>
    </message>
    <message>
        <source>Folder of the exports</source>
        <translation>Ordner der Exporte</translation>
    </message>
    <message>
        <source>What exports are for</source>
        <translation>Wofür die Exporte sind</translation>
    </message>
    <message>
        <source>Format of exports</source>
        <translation>Format der Exporte</translation>
    </message>
    <message>
        <source>Rate of exports</source>
        <translation>Rate der Exporte</translation>
    </message>
    <message>
        <source>Bring exports to a loudness</source>
        <translation>Exporte auf eine Lautheit bringen</translation>
    </message>
    <message>
        <source>Loudness of exports</source>
        <translation>Lautheit der Exporte</translation>
    </message>
    <message>
        <source>Highest true peak of exports</source>
        <translation>Höchster True Peak der Exporte</translation>
    </message>
    <message>
        <source>Names of exports</source>
        <translation>Namen der Exporte</translation>
    </message>
    <message>
        <source>Export every new take</source>
        <translation>Jeden neuen Take exportieren</translation>
    </message>
    <message>
        <source>Into the folder “New takes” beside the exports</source>
        <translation>In den Ordner „New takes“ bei den Exporten</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Fades, loops and what else an export can be told: Export options in the File menu.</source>
        <translation>Blenden, Loops und alles andere zum Export: Exportoptionen im Menü Datei.</translation>
    </message>
    <message>
        <source>Move all takes to another folder</source>
        <translation>Alle Takes in einen anderen Ordner verschieben</translation>
    </message>
    <message>
        <source>Start from a sound</source>
        <translation>Mit einem Klang beginnen</translation>
    </message>
    <message>
        <source>Take a sound apart</source>
        <translation>Einen Klang zerlegen</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>A take is ready</source>
        <translation>Ein Take ist fertig</translation>
    </message>
    <message>
        <source>Nothing changes before Apply or OK.</source>
        <translation>Vor „Anwenden“ oder „OK“ ändert sich nichts.</translation>
    </message>
    <message>
        <source>Applied. Undo in the Take menu takes it back.</source>
        <translation>Angewendet. „Rückgängig“ im Menü Take nimmt es zurück.</translation>
    </message>
    <message>
        <source>A folder is written as a whole path, from the root or the drive on.</source>
        <translation>Ein Ordner steht als ganzer Pfad da, ab der Wurzel oder dem Laufwerk.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>&amp;General</source>
        <translation>&amp;Allgemein</translation>
    </message>
    <message>
        <source>&amp;Sound and engine</source>
        <translation>&amp;Klang und Engine</translation>
    </message>
    <message>
        <source>&amp;Keyboard</source>
        <translation>&amp;Tastatur</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Use these settings now</source>
        <translation>Diese Einstellungen jetzt verwenden</translation>
    </message>
    <message>
        <source>Nothing is changed.</source>
        <translation>Es ist nichts geändert.</translation>
    </message>
    <message>
        <source>Takes or settings</source>
        <translation>Takes oder Einstellungen</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Bühne</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>List of takes</source>
        <translation>Liste der Takes</translation>
    </message>
    <message>
        <source>Takes that wait</source>
        <translation>Wartende Takes</translation>
    </message>
    <message>
        <source>Transport</source>
        <translation>Transport</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Menus</source>
        <translation>Menüs</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>{volume} dB</source>
        <translation>{volume} dB</translation>
    </message>
    <message>
        <source>no take</source>
        <translation>kein Take</translation>
    </message>
    <message>
        <source>showing {start} to {end} of {length}</source>
        <translation>zeigt {start} bis {end} von {length}</translation>
    </message>
    <message>
        <source>Take finished: {title}, {length}, seed {seed}</source>
        <translation>Take fertig: {title}, {length}, Seed {seed}</translation>
    </message>
    <message>
        <source>{position} of {length}</source>
        <translation>{position} von {length}</translation>
    </message>
    <message>
        <source>{words}, looping</source>
        <translation>{words}, im Loop</translation>
    </message>
    <message>
        <source>{words}, loop {start} to {end}</source>
        <translation>{words}, Loop {start} bis {end}</translation>
    </message>
    <message>
        <source>{words}, marked {start} to {end}</source>
        <translation>{words}, markiert {start} bis {end}</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>Auf diesem Computer</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>Zum Herunterladen</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Licence to accept</source>
        <translation>Lizenz nötig</translation>
    </message>
    <message>
        <source>Stopped by an error</source>
        <translation>Durch einen Fehler gestoppt</translation>
    </message>
    <message>
        <source>Text encoder</source>
        <translation>Text-Encoder</translation>
    </message>
    <message>
        <source>up to {longest}</source>
        <translation>bis {longest}</translation>
    </message>
    <message>
        <source>licence to accept</source>
        <translation>Lizenz nötig</translation>
    </message>
    <message>
        <source>Failed: {message}</source>
        <translation>Fehlgeschlagen: {message}</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gesichert …</translation>
    </message>
    <message>
        <source>done in {time}</source>
        <translation>fertig in {time}</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>unfertig</translation>
    </message>
    <message>
        <source>With a star</source>
        <translation>Mit Stern</translation>
    </message>
    <message>
        <source>a take that is not here</source>
        <translation>ein Take, der nicht hier ist</translation>
    </message>
    <message>
        <source>{how} “{name}”</source>
        <translation>{how} „{name}“</translation>
    </message>
    <message>
        <source>Choose a take in the list first.</source>
        <translation>Zuerst einen Take in der Liste wählen.</translation>
    </message>
    <message>
        <source>&amp;Search takes</source>
        <translation>Takes &amp;suchen</translation>
    </message>
    <message>
        <source>Only with a st&amp;ar</source>
        <translation>&amp;Nur mit Stern</translation>
    </message>
    <message>
        <source>S&amp;ort by</source>
        <translation>S&amp;ortieren nach</translation>
    </message>
    <message>
        <source>&amp;Group by prompt</source>
        <translation>Nach Prompt &amp;gruppieren</translation>
    </message>
    <message>
        <source>S&amp;tar</source>
        <translation>S&amp;tern</translation>
    </message>
    <message>
        <source>&amp;Name …</source>
        <translation>Um&amp;benennen …</translation>
    </message>
    <message>
        <source>Ta&amp;gs …</source>
        <translation>T&amp;ags …</translation>
    </message>
    <message>
        <source>Show what &amp;it was made from</source>
        <translation>&amp;Herkunft zeigen</translation>
    </message>
    <message>
        <source>Export the mar&amp;ked takes</source>
        <translation>&amp;Markierte Takes exportieren</translation>
    </message>
    <message>
        <source>As a &amp;project for DAWs</source>
        <translation>Als &amp;Projekt für DAWs</translation>
    </message>
    <message>
        <source>Co&amp;mpare the marked takes …</source>
        <translation>Markierte Takes &amp;vergleichen …</translation>
    </message>
    <message>
        <source>To the t&amp;rash</source>
        <translation>In den Papier&amp;korb</translation>
    </message>
    <message>
        <source>Show the tras&amp;h …</source>
        <translation>Papierkorb &amp;zeigen …</translation>
    </message>
    <message>
        <source>Read the folder again</source>
        <translation>Ordner neu einlesen</translation>
    </message>
    <message>
        <source>Mo&amp;ve all takes to another folder …</source>
        <translation>Alle Takes in einen anderen Ordner ve&amp;rschieben …</translation>
    </message>
    <message>
        <source>&amp;Show and play</source>
        <translation>Ze&amp;igen und abspielen</translation>
    </message>
    <message>
        <source>&amp;Use of the take on the stage</source>
        <translation>&amp;Übernehmen vom Take auf der Bühne</translation>
    </message>
    <message>
        <source>Mark {fewest} to {most} takes in the list.</source>
        <translation>{fewest} bis {most} Takes in der Liste markieren.</translation>
    </message>
    <message>
        <source>Strength of {stem}</source>
        <translation>Stärke von {stem}</translation>
    </message>
    <message>
        <source>1 is as it was trained, 0 is off</source>
        <translation>1 ist wie trainiert, 0 ist aus</translation>
    </message>
    <message>
        <source>Remove {stem}</source>
        <translation>{stem} entfernen</translation>
    </message>
    <message>
        <source>Do without this adapter; its file stays</source>
        <translation>Ohne diesen Adapter; seine Datei bleibt</translation>
    </message>
    <message>
        <source>Add …</source>
        <translation>Hinzufügen …</translation>
    </message>
    <message>
        <source>Add an adapter</source>
        <translation>Einen Adapter hinzufügen</translation>
    </message>
    <message>
        <source>A LoRA (.safetensors) that was trained for this model; you can drop its file on the window, too</source>
        <translation>Ein LoRA (.safetensors), das für dieses Modell trainiert wurde; die Datei lässt sich auch auf das Fenster ziehen</translation>
    </message>
    <message>
        <source>Add adapters</source>
        <translation>Adapter hinzufügen</translation>
    </message>
    <message>
        <source>LoRA adapters (*.safetensors)</source>
        <translation>LoRA-Adapter (*.safetensors)</translation>
    </message>
    <message>
        <source>Not measured for this model; “musicapp models info NAME --measure” does that.</source>
        <translation>Für dieses Modell nicht gemessen; „musicapp models info NAME --measure“ tut das.</translation>
    </message>
    <message>
        <source>Known as soon as the model is loaded.</source>
        <translation>Bekannt, sobald das Modell geladen ist.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation>NVIDIA-Grafikkarte</translation>
    </message>
    <message>
        <source>Apple graphics chip</source>
        <translation>Apple-Grafikchip</translation>
    </message>
    <message>
        <source>Full (32 bit)</source>
        <translation>Voll (32 Bit)</translation>
    </message>
    <message>
        <source>Half (bfloat16)</source>
        <translation>Halb (bfloat16)</translation>
    </message>
    <message>
        <source>Half (16 bit)</source>
        <translation>Halb (16 Bit)</translation>
    </message>
    <message>
        <source>Small (8 bit)</source>
        <translation>Klein (8 Bit)</translation>
    </message>
    <message>
        <source>Smallest (4 bit), slower</source>
        <translation>Am kleinsten (4 Bit), langsamer</translation>
    </message>
    <message>
        <source>Advanced settings</source>
        <translation>Erweiterte Einstellungen</translation>
    </message>
    <message>
        <source>Model, adapters, steps, guidance, sampler, device</source>
        <translation>Modell, Adapter, Schritte, Guidance, Sampler, Gerät</translation>
    </message>
    <message>
        <source>The model that makes the music</source>
        <translation>Das Modell, das die Musik macht</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>More steps take longer and may sound cleaner</source>
        <translation>Mehr Schritte dauern länger und klingen eher sauberer</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Guidance</translation>
    </message>
    <message>
        <source>How closely the prompt is followed; 1 is guidance off</source>
        <translation>Wie genau dem Prompt gefolgt wird; 1 ist ohne Guidance</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>Sampler</translation>
    </message>
    <message>
        <source>The method that turns noise into music</source>
        <translation>Das Verfahren, das Rauschen in Musik verwandelt</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Where the model runs</source>
        <translation>Wo das Modell läuft</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>How precisely it computes</source>
        <translation>Wie genau gerechnet wird</translation>
    </message>
    <message>
        <source>Use the model’s own values</source>
        <translation>Eigene Werte des Modells</translation>
    </message>
    <message>
        <source>Reset steps, guidance and sampler</source>
        <translation>Schritte, Guidance und Sampler zurücksetzen</translation>
    </message>
    <message>
        <source>Steps, guidance and sampler as the model recommends</source>
        <translation>Schritte, Guidance und Sampler, wie das Modell sie empfiehlt</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>Adapter</translation>
    </message>
    <message numerus="yes">
        <source>%n adapters</source>
        <translation>
            <numerusform>1 Adapter</numerusform>
            <numerusform>%n Adapter</numerusform>
        </translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Choose a model folder</source>
        <translation>Ordner eines Modells wählen</translation>
    </message>
    <message>
        <source>Choose a folder …</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>More models …</source>
        <translation>Mehr Modelle …</translation>
    </message>
    <message>
        <source>Not found on this computer</source>
        <translation>Auf diesem Computer nicht gefunden</translation>
    </message>
    <message>
        <source>The model’s own</source>
        <translation>Der des Modells</translation>
    </message>
    <message>
        <source>These are the model’s own values.</source>
        <translation>Das sind die eigenen Werte des Modells.</translation>
    </message>
    <message>
        <source>Width of the settings</source>
        <translation>Breite der Einstellungen</translation>
    </message>
    <message>
        <source>Width of the list of takes</source>
        <translation>Breite der Liste der Takes</translation>
    </message>
    <message>
        <source>Drag or copy the file</source>
        <translation>Datei ziehen oder kopieren</translation>
    </message>
    <message>
        <source>Drag it into a folder or a DAW; a click copies it as a file</source>
        <translation>In einen Ordner oder eine DAW ziehen; ein Klick kopiert als Datei</translation>
    </message>
    <message>
        <source>Part, loudness, fades, rate, names, for DAWs and samplers</source>
        <translation>Teil, Lautheit, Blenden, Rate, Namen, für DAWs und Sampler</translation>
    </message>
    <message>
        <source>There is no finished take to export yet.</source>
        <translation>Noch gibt es keinen fertigen Take zu exportieren.</translation>
    </message>
    <message>
        <source>Export format</source>
        <translation>Exportformat</translation>
    </message>
    <message>
        <source>File name</source>
        <translation>Dateiname</translation>
    </message>
    <message>
        <source>Name of the file, without its ending</source>
        <translation>Name der Datei, ohne Endung</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation>Export abbrechen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>Export to {folder}</source>
        <translation>Exportieren nach {folder}</translation>
    </message>
    <message>
        <source>An export is running.</source>
        <translation>Ein Export läuft.</translation>
    </message>
    <message>
        <source>Saved, {told}:</source>
        <translation>Gesichert, {told}:</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gesichert</translation>
    </message>
    <message>
        <source>To {folder}</source>
        <translation>Nach {folder}</translation>
    </message>
    <message>
        <source>{start} to {end}</source>
        <translation>{start} bis {end}</translation>
    </message>
    <message>
        <source>{loudness} LUFS</source>
        <translation>{loudness} LUFS</translation>
    </message>
    <message>
        <source>with fades</source>
        <translation>mit Blenden</translation>
    </message>
    <message>
        <source>loop</source>
        <translation>Loop</translation>
    </message>
    <message>
        <source>A take follows every change of the settings; the seed stays. Press to end that</source>
        <translation>Auf jede Änderung der Einstellungen folgt ein Take; der Seed bleibt. Drücken, um das zu beenden</translation>
    </message>
    <message>
        <source>No take is being made: Generate begins at once.</source>
        <translation>Es entsteht gerade kein Take: „Erzeugen“ beginnt sofort.</translation>
    </message>
    <message>
        <source>Make a take after every change of the settings; the seed stays</source>
        <translation>Nach jeder Änderung der Einstellungen einen Take erzeugen; der Seed bleibt</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Progress of the take</source>
        <translation>Fortschritt des Takes</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Queue</source>
        <comment>a verb: put into the queue</comment>
        <translation>Einreihen</translation>
    </message>
    <message>
        <source>Make a take of these settings afterwards</source>
        <translation>Danach einen Take mit diesen Einstellungen erzeugen</translation>
    </message>
    <message>
        <source>Variations</source>
        <translation>Variationen</translation>
    </message>
    <message>
        <source>How many takes one press makes, each with another seed</source>
        <translation>Wie viele Takes ein Druck erzeugt, jeder mit anderem Seed</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Give this take up</source>
        <translation>Diesen Take aufgeben</translation>
    </message>
    <message>
        <source>Make a take of these settings</source>
        <translation>Einen Take mit diesen Einstellungen erzeugen</translation>
    </message>
    <message>
        <source>The end runs into the beginning; a length like “8 bars” gives it exactly these</source>
        <translation>Das Ende läuft in den Anfang; eine Länge wie „8 Takte“ ergibt genau diese</translation>
    </message>
    <message>
        <source>Length slider</source>
        <translation>Regler für die Länge</translation>
    </message>
    <message>
        <source>Length of the take</source>
        <translation>Länge des Takes</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Length of the take: 90, 12.5, 1:30, 4:45 or 8 bars</source>
        <translation>Länge des Takes: 90, 12,5, 1:30, 4:45 oder 8 Takte</translation>
    </message>
    <message>
        <source>The source says how long the take is.</source>
        <translation>Die Vorlage bestimmt, wie lang der Take ist.</translation>
    </message>
    <message>
        <source>What starts from a sound is no loop</source>
        <translation>Was mit einem Klang beginnt, ist kein Loop</translation>
    </message>
    <message>
        <source>{bars} at the prompt&apos;s tempo</source>
        <translation>{bars} im Tempo des Prompts</translation>
    </message>
    <message>
        <source>Left and right peak level. The numbers are the highest sample peak and true peak (TP, between samples) since playing began; click to begin anew</source>
        <translation>Spitzenpegel links und rechts. Die Zahlen sind die höchste Abtastwert-Spitze und die höchste True-Peak-Spitze (TP, zwischen den Abtastwerten) seit Beginn der Wiedergabe; ein Klick beginnt neu</translation>
    </message>
    <message>
        <source>Level meter</source>
        <translation>Pegelanzeige</translation>
    </message>
    <message>
        <source>left {left} dB, right {right} dB, highest {highest} dB</source>
        <translation>links {left} dB, rechts {right} dB, höchster {highest} dB</translation>
    </message>
    <message>
        <source>{words}, true peak {peak} dBTP</source>
        <translation>{words}, True Peak {peak} dBTP</translation>
    </message>
    <message>
        <source>{words}, over full scale</source>
        <translation>{words}, übersteuert</translation>
    </message>
    <message>
        <source>Its makers want their licence accepted once, in the browser:</source>
        <translation>Die Hersteller verlangen, dass ihre Lizenz einmal im Browser angenommen wird:</translation>
    </message>
    <message>
        <source>1. Read and accept the &amp;licence</source>
        <translation>1. Li&amp;zenz lesen und annehmen</translation>
    </message>
    <message>
        <source>Open the licence page in the browser</source>
        <translation>Seite der Lizenz im Browser öffnen</translation>
    </message>
    <message>
        <source>2. Make a read &amp;token</source>
        <translation>2. Lese-To&amp;ken anlegen</translation>
    </message>
    <message>
        <source>Open the page for tokens in the browser</source>
        <translation>Seite für Token im Browser öffnen</translation>
    </message>
    <message>
        <source>&amp;Forget</source>
        <translation>Ver&amp;gessen</translation>
    </message>
    <message>
        <source>Forget the kept token</source>
        <translation>Das gemerkte Token vergessen</translation>
    </message>
    <message>
        <source>Take the token out of the system’s keyring</source>
        <translation>Das Token aus dem Schlüsselbund des Systems nehmen</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Kept in the system’s keyring; leave it empty if one is kept already</source>
        <translation>Wird im Schlüsselbund des Systems aufbewahrt; leer lassen, wenn dort schon eines ist</translation>
    </message>
    <message>
        <source>3. Paste the token here, if none is kept yet</source>
        <translation>3. Token hier einfügen, falls noch keines gemerkt ist</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>What to do instead</source>
        <translation>Was stattdessen möglich ist</translation>
    </message>
    <message>
        <source>What else to do</source>
        <translation>Was sonst noch geht</translation>
    </message>
    <message>
        <source>Show log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>Open the folder of the log files</source>
        <translation>Ordner der Protokolle öffnen</translation>
    </message>
    <message>
        <source>Dismiss this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Progress of the download</source>
        <translation>Fortschritt des Herunterladens</translation>
    </message>
    <message>
        <source>&amp;Use</source>
        <translation>Ver&amp;wenden</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>Dieses Modell verwenden</translation>
    </message>
    <message>
        <source>Make the next takes with it</source>
        <translation>Die nächsten Takes damit erzeugen</translation>
    </message>
    <message>
        <source>&amp;Get</source>
        <translation>&amp;Herunterladen</translation>
    </message>
    <message>
        <source>Get this model</source>
        <translation>Dieses Modell beschaffen</translation>
    </message>
    <message>
        <source>Download it</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Pause the download</source>
        <translation>Herunterladen anhalten</translation>
    </message>
    <message>
        <source>What has arrived is kept</source>
        <translation>Was angekommen ist, bleibt</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>Verwe&amp;rfen</translation>
    </message>
    <message>
        <source>Discard the download</source>
        <translation>Heruntergeladenes verwerfen</translation>
    </message>
    <message>
        <source>Stop it and delete what has arrived</source>
        <translation>Anhalten und löschen, was angekommen ist</translation>
    </message>
    <message>
        <source>&amp;Remove …</source>
        <translation>&amp;Entfernen …</translation>
    </message>
    <message>
        <source>Remove this model</source>
        <translation>Dieses Modell entfernen</translation>
    </message>
    <message>
        <source>Delete it from the disk</source>
        <translation>Von der Platte löschen</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>Yes, remove it</source>
        <translation>Ja, entfernen</translation>
    </message>
    <message>
        <source>&amp;Keep it</source>
        <translation>&amp;Behalten</translation>
    </message>
    <message>
        <source>No, keep it</source>
        <translation>Nein, behalten</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;{page_of}&quot;&gt;{partition}&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;{page_of}&quot;&gt;{partition}&lt;/a&gt;</translation>
    </message>
    <message>
        <source>{half} for the weights in 16 bits, {full} in 32 bits</source>
        <translation>{half} für die Gewichte in 16 Bit, {full} in 32 Bit</translation>
    </message>
    <message>
        <source>Longest take</source>
        <translation>Längster Take</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>Revision</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Paused: {arrived} of {all} are here.</source>
        <translation>Angehalten: {arrived} von {all} sind da.</translation>
    </message>
    <message>
        <source>Paused. What has arrived is kept.</source>
        <translation>Angehalten. Was angekommen ist, bleibt.</translation>
    </message>
    <message>
        <source>In use: the next takes are made with it.</source>
        <translation>In Gebrauch: Die nächsten Takes entstehen damit.</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Nochmal versuchen</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>For&amp;tsetzen</translation>
    </message>
    <message>
        <source>It is being stopped.</source>
        <translation>Es wird gerade angehalten.</translation>
    </message>
    <message>
        <source>Delete {name} and free {size}?</source>
        <translation>{name} löschen und {size} freigeben?</translation>
    </message>
    <message>
        <source>It is the model in use; the built-in one will take its place.</source>
        <translation>Es ist das Modell in Gebrauch; das mitgelieferte tritt an seine Stelle.</translation>
    </message>
    <message>
        <source>{names} cannot work without it.</source>
        <translation>Ohne es funktioniert {names} nicht.</translation>
    </message>
    <message>
        <source>A text encoder: models need it to understand prompts.</source>
        <translation>Ein Text-Encoder: Modelle brauchen ihn, um Prompts zu verstehen.</translation>
    </message>
    <message>
        <source>Ships with the app: small and quick.</source>
        <translation>Mit der App geliefert: klein und schnell.</translation>
    </message>
    <message>
        <source>A model of your own.</source>
        <translation>Ein eigenes Modell.</translation>
    </message>
    <message>
        <source>which is here</source>
        <translation>der hier ist</translation>
    </message>
    <message>
        <source>which is not here: get it too</source>
        <translation>der fehlt: auch herunterladen</translation>
    </message>
    <message>
        <source>which comes along</source>
        <translation>der mitkommt</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>The whole take; click to go there</source>
        <translation>Der ganze Take; ein Klick springt dorthin</translation>
    </message>
    <message>
        <source>This model works without guidance, so a negative prompt has no effect. Set a guidance above 1 to use one.</source>
        <translation>Dieses Modell arbeitet ohne Guidance, darum wirkt ein negativer Prompt nicht. Dafür eine Guidance über 1 einstellen.</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Describe the music: instruments, mood, tempo, key</source>
        <translation>Die Musik beschreiben: Instrumente, Stimmung, Tempo, Tonart (auf Englisch)</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>What the music should not have</source>
        <translation>Was die Musik nicht haben soll</translation>
    </message>
    <message>
        <source>{count} of {most} characters</source>
        <translation>{count} von {most} Zeichen</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Letzte</translation>
    </message>
    <message>
        <source>Recent prompts</source>
        <translation>Letzte Prompts</translation>
    </message>
    <message>
        <source>Prompts of before (Up at the start of the prompt)</source>
        <translation>Frühere Prompts (Hoch am Anfang des Prompts)</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Presets</translation>
    </message>
    <message>
        <source>Settings under a name: use one, or save these</source>
        <translation>Einstellungen unter einem Namen: eines verwenden oder diese sichern</translation>
    </message>
    <message>
        <source>No prompts yet</source>
        <translation>Noch keine Prompts</translation>
    </message>
    <message>
        <source>&amp;Save these settings …</source>
        <translation>Diese Einstellungen &amp;sichern …</translation>
    </message>
    <message>
        <source>Save these settings</source>
        <translation>Diese Einstellungen sichern</translation>
    </message>
    <message>
        <source>Name of the preset; the one that has it already is replaced</source>
        <translation>Name des Presets; ein vorhandenes dieses Namens wird ersetzt</translation>
    </message>
    <message>
        <source>Tempo</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Write a tempo into the prompt</source>
        <translation>Ein Tempo in den Prompt schreiben</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Tonart</translation>
    </message>
    <message>
        <source>Write a key into the prompt</source>
        <translation>Eine Tonart in den Prompt schreiben</translation>
    </message>
    <message>
        <source>Bars</source>
        <translation>Takte</translation>
    </message>
    <message>
        <source>Write a metre into the prompt, or set the length in bars</source>
        <translation>Eine Taktart in den Prompt schreiben oder die Länge in Takten setzen</translation>
    </message>
    <message>
        <source>Sounds</source>
        <translation>Klänge</translation>
    </message>
    <message>
        <source>Instruments</source>
        <translation>Instrumente</translation>
    </message>
    <message>
        <source>Write instruments into the prompt</source>
        <translation>Instrumente in den Prompt schreiben</translation>
    </message>
    <message>
        <source>{tempo} bpm</source>
        <translation>{tempo} bpm</translation>
    </message>
    <message>
        <source>in {metre}</source>
        <translation>im {metre}</translation>
    </message>
    <message>
        <source>1 bar</source>
        <translation>1 Takt</translation>
    </message>
    <message>
        <source>{count} bars</source>
        <translation>{count} Takte</translation>
    </message>
    <message>
        <source>Choose a tempo first</source>
        <translation>Zuerst ein Tempo wählen</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>Make all that failed again</source>
        <translation>Alle fehlgeschlagenen wiederholen</translation>
    </message>
    <message>
        <source>Cancel all that waits</source>
        <translation>Alles Wartende abbrechen</translation>
    </message>
    <message>
        <source>Queue: {words}</source>
        <translation>Warteschlange: {words}</translation>
    </message>
    <message>
        <source>Go on with the queue</source>
        <translation>Warteschlange fortsetzen</translation>
    </message>
    <message>
        <source>Take those that failed away</source>
        <translation>Fehlgeschlagene wegnehmen</translation>
    </message>
    <message>
        <source>Make it &amp;next	Alt+Home</source>
        <translation>Als &amp;Nächstes	Alt+Pos1</translation>
    </message>
    <message>
        <source>&amp;Earlier	Alt+Up</source>
        <translation>&amp;Früher	Alt+Hoch</translation>
    </message>
    <message>
        <source>&amp;Later	Alt+Down</source>
        <translation>&amp;Später	Alt+Runter</translation>
    </message>
    <message>
        <source>Make it &amp;again	Enter</source>
        <translation>&amp;Wiederholen	Eingabe</translation>
    </message>
    <message>
        <source>&amp;Take it away	Del</source>
        <translation>&amp;Entfernen	Entf</translation>
    </message>
    <message>
        <source>&amp;Cancel	Del</source>
        <translation>&amp;Abbrechen	Entf</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>1 wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>1 Fehler</numerusform>
            <numerusform>%n Fehler</numerusform>
        </translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
    <message>
        <source>of the next take</source>
        <translation>des nächsten Takes</translation>
    </message>
    <message>
        <source>of the last take</source>
        <translation>des letzten Takes</translation>
    </message>
    <message>
        <source>The next take draws another seed</source>
        <translation>Der nächste Take zieht einen anderen Seed</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>The number that the take grows from: same seed, same music</source>
        <translation>Die Zahl, aus der der Take wächst: gleicher Seed, gleiche Musik</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>Anderer Seed</translation>
    </message>
    <message>
        <source>Keep this seed</source>
        <translation>Diesen Seed festhalten</translation>
    </message>
    <message>
        <source>Other seeds</source>
        <translation>Andere Seeds</translation>
    </message>
    <message>
        <source>The seed that follows, and those of before</source>
        <translation>Der folgende Seed und frühere</translation>
    </message>
    <message>
        <source>Seed + &amp;1	Shift+D</source>
        <translation>Seed + &amp;1	Umschalt+D</translation>
    </message>
    <message>
        <source>Seed − 1</source>
        <translation>Seed − 1</translation>
    </message>
    <message>
        <source>No seeds yet</source>
        <translation>Noch keine Seeds</translation>
    </message>
    <message>
        <source>The seed is kept for every take</source>
        <translation>Der Seed gilt für jeden Take</translation>
    </message>
    <message>
        <source>Each take gets another seed; press to keep this one</source>
        <translation>Jeder Take bekommt einen anderen Seed; drücken, um diesen festzuhalten</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>wie sie ist</translation>
    </message>
    <message>
        <source>near</source>
        <translation>nah</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>verändert</translation>
    </message>
    <message>
        <source>far</source>
        <translation>fern</translation>
    </message>
    <message>
        <source>ignored</source>
        <translation>ignoriert</translation>
    </message>
    <message>
        <source>How far from the source</source>
        <translation>Abstand von der Vorlage</translation>
    </message>
    <message>
        <source>Left is the source itself, right ignores it; a rhythm stays while it is near</source>
        <translation>Links ist die Vorlage selbst, rechts zählt sie nicht; nah an ihr bleibt der Rhythmus</translation>
    </message>
    <message>
        <source>Start from nothing</source>
        <translation>Ohne Vorlage beginnen</translation>
    </message>
    <message>
        <source>Starts from</source>
        <translation>Beginnt mit</translation>
    </message>
    <message>
        <source>{name}, {passages} made anew</source>
        <translation>{name}, {passages} neu erzeugt</translation>
    </message>
    <message>
        <source>{name} and other takes, glued</source>
        <translation>{name} und andere Takes, zusammengefügt</translation>
    </message>
    <message>
        <source>{name}, closed to a loop</source>
        <translation>{name}, zum Loop geschlossen</translation>
    </message>
    <message>
        <source>{name}, {time} in front of it</source>
        <translation>{name}, davor {time}</translation>
    </message>
    <message>
        <source>{name}, {time} behind it</source>
        <translation>{name}, dahinter {time}</translation>
    </message>
    <message>
        <source>Reading your takes …</source>
        <translation>Takes werden gelesen …</translation>
    </message>
    <message>
        <source>Make some music</source>
        <translation>Musik machen</translation>
    </message>
    <message>
        <source>Choose a sound …</source>
        <translation>Klang wählen …</translation>
    </message>
    <message>
        <source>Of your own, or a take</source>
        <translation>Einen eigenen oder einen Take</translation>
    </message>
    <message>
        <source>Models …</source>
        <translation>Modelle …</translation>
    </message>
    <message>
        <source>With words</source>
        <translation>Mit Worten</translation>
    </message>
    <message>
        <source>Type a prompt on the left and press Generate, or start from one of these:</source>
        <translation>Links einen Prompt tippen und „Erzeugen“ drücken oder mit einem von diesen beginnen:</translation>
    </message>
    <message>
        <source>With a sound</source>
        <translation>Mit einem Klang</translation>
    </message>
    <message>
        <source>Drop one on the window, or choose it: takes are made from it, as near or far as you like.</source>
        <translation>Einen auf das Fenster ziehen oder wählen: Takes entstehen daraus, so nah oder fern wie gewünscht.</translation>
    </message>
    <message>
        <source>With another model</source>
        <translation>Mit einem anderen Modell</translation>
    </message>
    <message>
        <source>The built-in one is small. Others are fetched once, and then work here without the internet, too.</source>
        <translation>Das mitgelieferte ist klein. Andere werden einmal geholt und arbeiten dann ebenfalls hier, ohne Internet.</translation>
    </message>
    <message>
        <source>Example: {example}</source>
        <translation>Beispiel: {example}</translation>
    </message>
    <message>
        <source>Use this as the prompt</source>
        <translation>Als Prompt verwenden</translation>
    </message>
    <message>
        <source>What the engine is doing</source>
        <translation>Was die Engine tut</translation>
    </message>
    <message>
        <source>Last message</source>
        <translation>Letzte Meldung</translation>
    </message>
    <message>
        <source>Click to open the log</source>
        <translation>Klick öffnet das Protokoll</translation>
    </message>
    <message>
        <source>Progress of the engine&apos;s start</source>
        <translation>Fortschritt beim Start der Engine</translation>
    </message>
    <message>
        <source>What waits to be made</source>
        <translation>Was noch zu erzeugen ist</translation>
    </message>
    <message>
        <source>{text}
Click to open the log</source>
        <translation>{text}
Klick öffnet das Protokoll</translation>
    </message>
    <message>
        <source>Takes appear here.
They are kept on disk as they are made.</source>
        <translation>Hier erscheinen Takes.
Sie liegen auf der Platte, so wie sie entstehen.</translation>
    </message>
    <message>
        <source>No take has all of these words.</source>
        <translation>Kein Take hat alle diese Wörter.</translation>
    </message>
    <message>
        <source>No take has a star.
F gives the chosen ones a star.</source>
        <translation>Kein Take hat einen Stern.
F gibt den gewählten einen Stern.</translation>
    </message>
    <message>
        <source>No take with a star has all of these words.</source>
        <translation>Kein Take mit Stern hat alle diese Wörter.</translation>
    </message>
    <message>
        <source>Reading takes …</source>
        <translation>Takes werden gelesen …</translation>
    </message>
    <message>
        <source>Click to show and play a take</source>
        <translation>Klick zeigt einen Take und spielt ihn ab</translation>
    </message>
    <message>
        <source>Show all takes</source>
        <translation>Alle Takes zeigen</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} von {all}</translation>
    </message>
    <message>
        <source>Drag across the waveform to mark a part.</source>
        <translation>Zum Markieren über das Bild ziehen.</translation>
    </message>
    <message>
        <source>Musicapp did not make this sound: there are no settings to use.</source>
        <translation>Musicapp hat diesen Klang nicht erzeugt: Es gibt keine Einstellungen, die sich übernehmen ließen.</translation>
    </message>
    <message>
        <source>Use settings</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation>Diese Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>Bring prompt, length, seed and all settings of this take back</source>
        <translation>Prompt, Länge, Seed und alle Einstellungen dieses Takes zurückholen</translation>
    </message>
    <message>
        <source>Copy the seed</source>
        <translation>Seed kopieren</translation>
    </message>
    <message>
        <source>Spectrogram</source>
        <translation>Spektrogramm</translation>
    </message>
    <message>
        <source>Snap to bars</source>
        <translation>An Takten einrasten</translation>
    </message>
    <message>
        <source>Loop marks go to bars and beats; with Ctrl they stay free</source>
        <translation>Loop-Marken gehen auf Takte und Schläge; mit Strg bleiben sie frei</translation>
    </message>
    <message>
        <source>Remove the loop marks</source>
        <translation>Loop-Marken entfernen</translation>
    </message>
    <message>
        <source>Zoom to the loop</source>
        <translation>Auf den Loop zoomen</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Show the whole take</source>
        <translation>Den ganzen Take zeigen</translation>
    </message>
    <message>
        <source>{loudness} LUFS   {peak} dBTP</source>
        <translation>{loudness} LUFS   {peak} dBTP</translation>
    </message>
    <message>
        <source>Loudness {loudness} LUFS, true peak {peak} dBTP.</source>
        <translation>Lautheit {loudness} LUFS, True Peak {peak} dBTP.</translation>
    </message>
    <message numerus="yes">
        <source>%n samples go beyond full scale; the export is lowered so that none does.</source>
        <translation>
            <numerusform>Ein Sample übersteigt die Vollaussteuerung; der Export wird so abgesenkt, dass keines es tut.</numerusform>
            <numerusform>%n Samples übersteigen die Vollaussteuerung; der Export wird so abgesenkt, dass keines es tut.</numerusform>
        </translation>
    </message>
    <message>
        <source>Played {gain} dB, to compare all takes at {loudness} LUFS.</source>
        <translation>Mit {gain} dB abgespielt, um alle Takes bei {loudness} LUFS zu vergleichen.</translation>
    </message>
    <message>
        <source>Played {gain} dB lower, as it will be exported.</source>
        <translation>Um {gain} dB leiser abgespielt, so wie er exportiert wird.</translation>
    </message>
    <message>
        <source>The marked part: from {start} to {end}, length {length}</source>
        <translation>Der markierte Teil: von {start} bis {end}, Länge {length}</translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>1 Schritt</numerusform>
            <numerusform>%n Schritte</numerusform>
        </translation>
    </message>
    <message>
        <source>guidance {scale}</source>
        <translation>Guidance {scale}</translation>
    </message>
    <message>
        <source>mono</source>
        <translation>mono</translation>
    </message>
    <message>
        <source>stereo</source>
        <translation>stereo</translation>
    </message>
    <message numerus="yes">
        <source>%n channels</source>
        <translation>
            <numerusform>%n Kanal</numerusform>
            <numerusform>%n Kanäle</numerusform>
        </translation>
    </message>
    <message>
        <source>a sound of your own</source>
        <translation>ein eigener Klang</translation>
    </message>
    <message>
        <source>heard {tempo} bpm · {key}</source>
        <translation>gehört {tempo} bpm · {key}</translation>
    </message>
    <message>
        <source>asked {asked}, {words}</source>
        <translation>gewünscht {asked}, {words}</translation>
    </message>
    <message>
        <source>Name of the take</source>
        <translation>Name des Takes</translation>
    </message>
    <message>
        <source>Search takes</source>
        <translation>Takes suchen</translation>
    </message>
    <message>
        <source>Words of prompt, name, model, key, tempo or seed; #tag</source>
        <translation>Wörter aus Prompt, Name, Modell, Tonart, Tempo oder Seed; #tag</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Only takes with a star</source>
        <translation>Nur Takes mit Stern</translation>
    </message>
    <message>
        <source>Order of the takes</source>
        <translation>Reihenfolge der Takes</translation>
    </message>
    <message>
        <source>&amp;Sort by</source>
        <translation>&amp;Sortieren nach</translation>
    </message>
    <message>
        <source>There is no take to play yet.</source>
        <translation>Noch gibt es keinen Take zum Abspielen.</translation>
    </message>
    <message>
        <source>Play all takes at one loudness ({loudness} LUFS) to compare them. Exports stay as they are</source>
        <translation>Alle Takes gleich laut abspielen ({loudness} LUFS), um sie zu vergleichen. Exporte bleiben, wie sie sind</translation>
    </message>
    <message>
        <source>waiting for the bar</source>
        <translation>wartet auf den Takt</translation>
    </message>
    <message>
        <source>Playing begins with the next bar of the Link session</source>
        <translation>Die Wiedergabe beginnt mit dem nächsten Takt der Link-Sitzung</translation>
    </message>
    <message>
        <source>waiting for sound</source>
        <translation>wartet auf Klang</translation>
    </message>
    <message>
        <source>Playing goes on by itself as soon as there is sound</source>
        <translation>Die Wiedergabe geht von selbst weiter, sobald Klang da ist</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop and go back to the start</source>
        <translation>Anhalten und zurück zum Anfang</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Loop</translation>
    </message>
    <message>
        <source>Repeat the marked part, or all of it</source>
        <translation>Den markierten Teil oder alles wiederholen</translation>
    </message>
    <message>
        <source>Play position</source>
        <translation>Abspielposition</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
    <message>
        <source>Match loudness</source>
        <translation>Lautheit angleichen</translation>
    </message>
    <message>
        <source>Audio output</source>
        <translation>Audioausgabe</translation>
    </message>
    <message>
        <source>Where it plays</source>
        <translation>Wo abgespielt wird</translation>
    </message>
    <message>
        <source>Volume: {text}</source>
        <translation>Lautstärke: {text}</translation>
    </message>
    <message>
        <source>Play aloud again</source>
        <translation>Wieder laut abspielen</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
    <message>
        <source>No output</source>
        <translation>Keine Ausgabe</translation>
    </message>
    <message>
        <source>{name} (not connected)</source>
        <translation>{name} (nicht verbunden)</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Erneut suchen</translation>
    </message>
    <message>
        <source>Waveform</source>
        <translation>Wellenform</translation>
    </message>
    <message>
        <source>Click to go there, drag to mark a loop, turn the wheel to zoom</source>
        <translation>Klick springt dorthin, Ziehen markiert einen Loop, das Mausrad zoomt</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <comment>date as Qt writes it</comment>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>date as Qt writes it</comment>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>&amp;Newest first</source>
        <translation>&amp;Neueste zuerst</translation>
    </message>
    <message>
        <source>N&amp;ame</source>
        <translation>N&amp;ame</translation>
    </message>
    <message>
        <source>&amp;Tempo</source>
        <translation>&amp;Tempo</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>T&amp;onart</translation>
    </message>
    <message>
        <source>&amp;Length</source>
        <translation>&amp;Länge</translation>
    </message>
    <message>
        <source>Bars that are kept</source>
        <translation>Behaltene Takte</translation>
    </message>
    <message>
        <source>Click or drag to keep bars of a take</source>
        <translation>Klicken oder ziehen, um Takte eines Takes zu behalten</translation>
    </message>
    <message>
        <source>Bar {bar} of {letter}.</source>
        <translation>Takt {bar} von {letter}.</translation>
    </message>
    <message>
        <source>{letter} in bar {bar}</source>
        <translation>{letter} in Takt {bar}</translation>
    </message>
    <message>
        <source>{letter} in bars {first} to {last}</source>
        <translation>{letter} in den Takten {first} bis {last}</translation>
    </message>
    <message>
        <source>Kept: {bars}</source>
        <translation>Behalten: {bars}</translation>
    </message>
    <message>
        <source>Loudness of what plays, LUFS: S of the last three seconds, I integrated since playing began, with the take&apos;s gain and the volume; click to begin anew</source>
        <translation>Lautheit der Wiedergabe in LUFS: S der letzten drei Sekunden, I integriert seit Beginn der Wiedergabe, mit der Anpassung des Takes und der Lautstärke; ein Klick beginnt neu</translation>
    </message>
    <message>
        <source>short-term {short} LUFS, integrated {whole} LUFS</source>
        <translation>kurzzeitig {short} LUFS, integriert {whole} LUFS</translation>
    </message>
    <message>
        <source>Esc leaves fields and dialogs; it cannot be chosen.</source>
        <translation>Esc verlässt Felder und Dialoge; diese Taste lässt sich nicht wählen.</translation>
    </message>
    <message>
        <source>{key} belongs to fields, lists and the waveform; it cannot be chosen alone.</source>
        <translation>{key} gehört Feldern, Listen und der Wellenform; allein lässt sich diese Taste nicht wählen.</translation>
    </message>
    <message>
        <source>Alt with a letter opens menus; it cannot be chosen.</source>
        <translation>Alt mit einem Buchstaben öffnet Menüs; das lässt sich nicht wählen.</translation>
    </message>
    <message>
        <source>Press a key for the marked action here.</source>
        <translation>Hier eine Taste für den markierten Befehl drücken.</translation>
    </message>
    <message>
        <source>Mark an action first.</source>
        <translation>Zuerst einen Befehl markieren.</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Befehl suchen</translation>
    </message>
    <message>
        <source>By its words or its key</source>
        <translation>Nach seinem Namen oder seiner Taste</translation>
    </message>
    <message>
        <source>Find an action or a key</source>
        <translation>Befehl oder Taste suchen</translation>
    </message>
    <message>
        <source>Actions and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>Press a key</source>
        <translation>Taste drücken</translation>
    </message>
    <message>
        <source>&amp;Set</source>
        <translation>&amp;Setzen</translation>
    </message>
    <message>
        <source>Use this key instead of the keys of the marked action</source>
        <translation>Diese Taste anstelle der Tasten des markierten Befehls verwenden</translation>
    </message>
    <message>
        <source>A&amp;dd</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>Use this key as well</source>
        <translation>Diese Taste zusätzlich verwenden</translation>
    </message>
    <message>
        <source>&amp;No key</source>
        <translation>K&amp;eine Taste</translation>
    </message>
    <message>
        <source>The marked action has no key any more</source>
        <translation>Der markierte Befehl hat keine Taste mehr</translation>
    </message>
    <message>
        <source>&amp;Usual key</source>
        <translation>&amp;Übliche Taste</translation>
    </message>
    <message>
        <source>The usual keys of the marked action</source>
        <translation>Die üblichen Tasten des markierten Befehls</translation>
    </message>
    <message>
        <source>&amp;All usual keys</source>
        <translation>A&amp;lle üblichen Tasten</translation>
    </message>
    <message>
        <source>The usual keys of every action</source>
        <translation>Die üblichen Tasten aller Befehle</translation>
    </message>
    <message>
        <source>none</source>
        <comment>no key</comment>
        <translation>keine</translation>
    </message>
    <message>
        <source>Press a key in the field first.</source>
        <translation>Zuerst im Feld eine Taste drücken.</translation>
    </message>
    <message>
        <source>It has no key.</source>
        <translation>Er hat keine Taste.</translation>
    </message>
    <message>
        <source>These are its usual keys.</source>
        <translation>Es sind seine üblichen Tasten.</translation>
    </message>
    <message>
        <source>All keys are the usual ones.</source>
        <translation>Alle Tasten sind die üblichen.</translation>
    </message>
    <message>
        <source>{key} is a key of “{words}”, which loses it when you use it here.</source>
        <translation>{key} ist eine Taste von „{words}“ und fällt dort weg, wenn sie hier verwendet wird.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>What is copied</source>
        <translation>Was kopiert wird</translation>
    </message>
    <message>
        <source>With prompts and titles</source>
        <translation>Mit Prompts und Titeln</translation>
    </message>
    <message>
        <source>Only if they have to do with what is wrong</source>
        <translation>Nur wenn sie mit dem Fehler zu tun haben</translation>
    </message>
    <message>
        <source>This is all that is copied. Nothing is sent.</source>
        <translation>Das ist alles, was kopiert wird. Nichts wird gesendet.</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Den Bericht kopieren</translation>
    </message>
    <message>
        <source>Play in time with other programs by Ableton Link. Only while it is on, Musicapp sends and hears messages in the local network</source>
        <translation>Über Ableton Link im Takt anderer Programme spielen. Nur solange es an ist, sendet und hört Musicapp Nachrichten im lokalen Netz</translation>
    </message>
    <message>
        <source>Ableton Link: nobody else is there yet. The tempo of the session is {bpm} bpm</source>
        <translation>Ableton Link: Noch ist niemand sonst da. Das Tempo der Sitzung ist {bpm} bpm</translation>
    </message>
    <message numerus="yes">
        <source>Ableton Link: %n other program(s), {bpm} bpm</source>
        <translation>
            <numerusform>Ableton Link: %n anderes Programm, {bpm} bpm</numerusform>
            <numerusform>Ableton Link: %n andere Programme, {bpm} bpm</numerusform>
        </translation>
    </message>
    <message>
        <source>Ableton Link</source>
        <translation>Ableton Link</translation>
    </message>
</context>
<context>
    <name>sentences</name>
    <message>
        <source>A bar of {1} beats cannot be looped.</source>
        <translation>Ein Takt mit {1} Schlägen lässt sich nicht als Loop spielen.</translation>
    </message>
    <message>
        <source>A brace of the template has no other one.</source>
        <translation>Zu einer geschweiften Klammer der Vorlage fehlt die andere.</translation>
    </message>
    <message>
        <source>A file of {1} is not in its repository any more.</source>
        <translation>Eine Datei von {1} ist nicht mehr in ihrem Repository.</translation>
    </message>
    <message>
        <source>A guidance of {1} cannot be used.</source>
        <translation>Eine Guidance von {1} ist nicht möglich.</translation>
    </message>
    <message>
        <source>A head is {1} wide, but rotary positions need at least {2}.</source>
        <translation>Ein Kopf ist {1} breit, aber rotierende Positionen brauchen mindestens {2}.</translation>
    </message>
    <message>
        <source>A length is a positive time, from {1} seconds up.</source>
        <translation>Eine Länge ist eine positive Zeit, ab {1} Sekunden.</translation>
    </message>
    <message>
        <source>A loop at {1} beats per minute cannot be made.</source>
        <translation>Ein Loop mit {1} Schlägen je Minute ist nicht möglich.</translation>
    </message>
    <message>
        <source>A loop is not made from a source.</source>
        <translation>Ein Loop entsteht nicht aus einer Vorlage.</translation>
    </message>
    <message>
        <source>A loop of {1} bars cannot be made.</source>
        <translation>Ein Loop mit {1} Takten ist nicht möglich.</translation>
    </message>
    <message>
        <source>A loop with fades would not be one.</source>
        <translation>Ein Loop mit Blenden wäre keiner.</translation>
    </message>
    <message>
        <source>A model is being fetched or imported.</source>
        <translation>Gerade wird ein Modell heruntergeladen oder importiert.</translation>
    </message>
    <message>
        <source>A name knows no “{{{1}}}”.</source>
        <translation>Ein Name kennt kein „{{{1}}}“.</translation>
    </message>
    <message>
        <source>A number conditioner reaches from {1} to {2}.</source>
        <translation>Eine Zahlenbedingung reicht von {1} bis {2}.</translation>
    </message>
    <message>
        <source>A passage to make anew must last a tenth of a second or more.</source>
        <translation>Ein neu zu erzeugender Abschnitt muss mindestens eine Zehntelsekunde dauern.</translation>
    </message>
    <message>
        <source>A preset needs a name of 1 to {1} characters.</source>
        <translation>Ein Preset braucht einen Namen mit 1 bis {1} Zeichen.</translation>
    </message>
    <message>
        <source>A stride of {1} is odd; only even ones are supported.</source>
        <translation>Ein Stride von {1} ist ungerade; nur gerade gehen.</translation>
    </message>
    <message>
        <source>A take at {1} Hz cannot be heard in step with others at {2} Hz.</source>
        <translation>Ein Take mit {1} Hz lässt sich nicht im Gleichschritt mit anderen bei {2} Hz hören.</translation>
    </message>
    <message>
        <source>A take can have {1} tags, not {2}.</source>
        <translation>Ein Take kann {1} Tags haben, nicht {2}.</translation>
    </message>
    <message>
        <source>A take is being made with it.</source>
        <translation>Damit entsteht gerade ein Take.</translation>
    </message>
    <message>
        <source>A variation of</source>
        <translation>Eine Variation von</translation>
    </message>
    <message>
        <source>A variation of {1} cannot be made.</source>
        <translation>Eine Variation von {1} ist nicht möglich.</translation>
    </message>
    <message>
        <source>A {1} of {2} {3} cannot be used.</source>
        <translation>Der Wert {2} {3} ({1}) ist nicht möglich.</translation>
    </message>
    <message>
        <source>Accept it at {1}, make a read token at {2} and enter it.</source>
        <translation>Sie unter {1} annehmen, unter {2} ein Lese-Token anlegen und eingeben.</translation>
    </message>
    <message>
        <source>Accept it at {1}, then try again.</source>
        <translation>Sie unter {1} annehmen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Acoustic guitar</source>
        <translation>Akustische Gitarre</translation>
    </message>
    <message>
        <source>Adapter {1} added</source>
        <translation>Adapter {1} hinzugefügt</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Add it to a model: drop it on the window, Add under Advanced, or --lora on the command line.</source>
        <translation>Zu einem Modell hinzufügen: auf das Fenster ziehen, „Hinzufügen“ unter „Erweitert“ oder --lora auf der Kommandozeile.</translation>
    </message>
    <message>
        <source>Add true_peak_dbtp, for example -1, to the section “musicapp” of its model_config.json.</source>
        <translation>true_peak_dbtp, zum Beispiel -1, im Abschnitt „musicapp“ seiner model_config.json ergänzen.</translation>
    </message>
    <message>
        <source>All takes are in “{1}” now.</source>
        <translation>Alle Takes liegen jetzt in „{1}“.</translation>
    </message>
    <message>
        <source>All takes are listed, and can be searched.</source>
        <translation>Alle Takes sind aufgelistet und lassen sich durchsuchen.</translation>
    </message>
    <message>
        <source>Ambient, three minutes</source>
        <translation>Ambient, drei Minuten</translation>
    </message>
    <message>
        <source>An adapter cannot have the strength {1}.</source>
        <translation>Ein Adapter kann nicht die Stärke {1} haben.</translation>
    </message>
    <message>
        <source>And {1} more.</source>
        <translation>Und {1} weitere.</translation>
    </message>
    <message>
        <source>Another model is being imported.</source>
        <translation>Gerade wird ein anderes Modell importiert.</translation>
    </message>
    <message>
        <source>Another program has changed it: start Musicapp again to see it as it is.</source>
        <translation>Ein anderes Programm hat sie geändert: Musicapp neu starten, um sie zu sehen, wie sie ist.</translation>
    </message>
    <message>
        <source>Another program is changing the takes in “{1}”.</source>
        <translation>Ein anderes Programm ändert gerade die Takes in „{1}“.</translation>
    </message>
    <message>
        <source>Another program is moving the takes.</source>
        <translation>Ein anderes Programm verschiebt gerade die Takes.</translation>
    </message>
    <message>
        <source>Another program may have changed it. Make the take again.</source>
        <translation>Ein anderes Programm hat sie vielleicht geändert. Den Take neu erzeugen.</translation>
    </message>
    <message>
        <source>Another program may hold it. Choose another output or try again.</source>
        <translation>Vielleicht hält ein anderes Programm sie fest. Eine andere Ausgabe wählen oder noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>Anderer Seed</translation>
    </message>
    <message>
        <source>Another window or command works on it: wait for it, or stop it.</source>
        <translation>Ein anderes Fenster oder ein anderer Befehl arbeitet damit: abwarten oder beenden.</translation>
    </message>
    <message>
        <source>Another window or program may have moved it.</source>
        <translation>Ein anderes Fenster oder Programm hat ihn vielleicht verschoben.</translation>
    </message>
    <message>
        <source>Apache License 2.0</source>
        <translation>Apache License 2.0</translation>
    </message>
    <message>
        <source>As it was made</source>
        <translation>Wie erzeugt</translation>
    </message>
    <message>
        <source>Ask for a shorter one.</source>
        <translation>Einen kürzeren wünschen.</translation>
    </message>
    <message>
        <source>Ask for more bars.</source>
        <translation>Mehr Takte wünschen.</translation>
    </message>
    <message>
        <source>Ask for {1} or less, or choose another model.</source>
        <translation>{1} oder weniger wünschen oder ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>Ask for {1} or less.</source>
        <translation>{1} oder weniger wünschen.</translation>
    </message>
    <message>
        <source>Asking the hub</source>
        <translation>Der Hub wird gefragt</translation>
    </message>
    <message>
        <source>Avoid</source>
        <translation>Vermeiden</translation>
    </message>
    <message>
        <source>Back to the one before</source>
        <translation>Zurück zum vorigen</translation>
    </message>
    <message>
        <source>Bass guitar</source>
        <translation>Bassgitarre</translation>
    </message>
    <message>
        <source>Before its last training: many steps and guidance, for adapters and experiments.</source>
        <translation>Vor dem letzten Training: viele Schritte und Guidance, für Adapter und Versuche.</translation>
    </message>
    <message>
        <source>Block {1} of the model&apos;s transformer has nothing but zeros.</source>
        <translation>Block {1} des Transformers besteht nur aus Nullen.</translation>
    </message>
    <message>
        <source>Bring the file back as it was, or choose it anew as the source.</source>
        <translation>Die Datei wieder so herstellen, wie sie war, oder sie neu als Vorlage wählen.</translation>
    </message>
    <message>
        <source>Built-in</source>
        <translation>Mitgeliefert</translation>
    </message>
    <message>
        <source>Calm piano, one minute</source>
        <translation>Ruhiges Klavier, eine Minute</translation>
    </message>
    <message>
        <source>Cancel it, or wait until it is done, then throw it away.</source>
        <translation>Abbrechen oder warten, bis er fertig ist, dann wegwerfen.</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Cancelled. {1} of the take can be kept.</source>
        <translation>Abgebrochen. {1} des Takes lassen sich behalten.</translation>
    </message>
    <message>
        <source>Cancelling …</source>
        <translation>Wird abgebrochen …</translation>
    </message>
    <message>
        <source>Cello</source>
        <translation>Cello</translation>
    </message>
    <message>
        <source>Change it there: whatever is written first holds.</source>
        <translation>Dort ändern: Was zuerst geschrieben steht, gilt.</translation>
    </message>
    <message>
        <source>Check its permissions.</source>
        <translation>Die Zugriffsrechte prüfen.</translation>
    </message>
    <message>
        <source>Check that its folder can be written.</source>
        <translation>Prüfen, ob sich in seinem Ordner schreiben lässt.</translation>
    </message>
    <message>
        <source>Check that its folder can be written. It is tried again at the next start.</source>
        <translation>Prüfen, ob sich in seinem Ordner schreiben lässt. Beim nächsten Start wird es wieder versucht.</translation>
    </message>
    <message>
        <source>Check that the file can be opened.</source>
        <translation>Prüfen, ob sich die Datei öffnen lässt.</translation>
    </message>
    <message>
        <source>Check that the folder above it can be written.</source>
        <translation>Prüfen, ob sich im Ordner darüber schreiben lässt.</translation>
    </message>
    <message>
        <source>Check that the folder is there and can be written.</source>
        <translation>Prüfen, ob der Ordner da ist und sich beschreiben lässt.</translation>
    </message>
    <message>
        <source>Check that the folder of the takes can be written, and close other programs that use the file.</source>
        <translation>Prüfen, ob sich im Ordner der Takes schreiben lässt, und andere Programme schließen, die die Datei benutzen.</translation>
    </message>
    <message>
        <source>Check that the folder of the takes can be written.</source>
        <translation>Prüfen, ob sich im Ordner der Takes schreiben lässt.</translation>
    </message>
    <message>
        <source>Check that “{1}” can be written.</source>
        <translation>Prüfen, ob sich „{1}“ beschreiben lässt.</translation>
    </message>
    <message>
        <source>Check the folder, then</source>
        <translation>Den Ordner prüfen, dann</translation>
    </message>
    <message>
        <source>Check the free space and the permissions there, or choose another models folder.</source>
        <translation>Den freien Platz und die Zugriffsrechte dort prüfen oder einen anderen Ordner für Modelle wählen.</translation>
    </message>
    <message>
        <source>Check the free space and the permissions there; everything is where it was.</source>
        <translation>Den freien Platz und die Zugriffsrechte dort prüfen; alles ist, wo es war.</translation>
    </message>
    <message>
        <source>Check the network, then try again. {1}</source>
        <translation>Das Netz prüfen, dann noch einmal versuchen. {1}</translation>
    </message>
    <message>
        <source>Check the system&apos;s sound settings.</source>
        <translation>Die Klangeinstellungen des Systems prüfen.</translation>
    </message>
    <message>
        <source>Choose 1 to {1} takes.</source>
        <translation>1 bis {1} Takes wählen.</translation>
    </message>
    <message>
        <source>Choose a .safetensors file or a model&apos;s folder.</source>
        <translation>Eine .safetensors-Datei oder den Ordner eines Modells wählen.</translation>
    </message>
    <message>
        <source>Choose a LoRA adapter (.safetensors) that was trained for this model.</source>
        <translation>Einen LoRA-Adapter (.safetensors) wählen, der für dieses Modell trainiert wurde.</translation>
    </message>
    <message>
        <source>Choose a file with sound in it.</source>
        <translation>Eine Datei mit Klang wählen.</translation>
    </message>
    <message>
        <source>Choose a folder outside of it.</source>
        <translation>Einen Ordner außerhalb davon wählen.</translation>
    </message>
    <message>
        <source>Choose a folder outside of “{1}” and not around it.</source>
        <translation>Einen Ordner außerhalb von „{1}“ wählen, der es auch nicht enthält.</translation>
    </message>
    <message>
        <source>Choose a folder with a model of the Stable Audio 2, Open or 3 families.</source>
        <translation>Einen Ordner mit einem Modell der Familien Stable Audio 2, Open oder 3 wählen.</translation>
    </message>
    <message>
        <source>Choose a folder with a model_config.json and model.safetensors.</source>
        <translation>Einen Ordner mit model_config.json und model.safetensors wählen.</translation>
    </message>
    <message>
        <source>Choose a folder with a model_config.json or model_index.json.</source>
        <translation>Einen Ordner mit model_config.json oder model_index.json wählen.</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>Einen Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose a model folder.</source>
        <translation>Den Ordner eines Modells wählen.</translation>
    </message>
    <message>
        <source>Choose a model that needs no code of its own.</source>
        <translation>Ein Modell wählen, das keinen eigenen Code braucht.</translation>
    </message>
    <message>
        <source>Choose a model&apos;s folder or file.</source>
        <translation>Ordner oder Datei eines Modells wählen.</translation>
    </message>
    <message>
        <source>Choose a part of it.</source>
        <translation>Einen Teil davon wählen.</translation>
    </message>
    <message>
        <source>Choose a shorter name.</source>
        <translation>Einen kürzeren Namen wählen.</translation>
    </message>
    <message>
        <source>Choose a whole model; the autoencoder that it needs is inside it.</source>
        <translation>Ein ganzes Modell wählen; der Autoencoder, den es braucht, ist darin.</translation>
    </message>
    <message>
        <source>Choose an empty folder.</source>
        <translation>Einen leeren Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose another file name.</source>
        <translation>Einen anderen Dateinamen wählen.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>Eine andere Datei wählen.</translation>
    </message>
    <message>
        <source>Choose another folder or change its permissions.</source>
        <translation>Einen anderen Ordner wählen oder seine Zugriffsrechte ändern.</translation>
    </message>
    <message>
        <source>Choose another folder or disk and try again.</source>
        <translation>Einen anderen Ordner oder eine andere Platte wählen und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Choose another folder to export to.</source>
        <translation>Einen anderen Ordner für den Export wählen.</translation>
    </message>
    <message>
        <source>Choose another folder, your music folder for example.</source>
        <translation>Einen anderen Ordner wählen, zum Beispiel den für Musik.</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>Einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose another model or give the value.</source>
        <translation>Ein anderes Modell wählen oder den Wert angeben.</translation>
    </message>
    <message>
        <source>Choose another model under Advanced.</source>
        <translation>Unter „Erweitert“ ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>Ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>Choose another models folder, or check its permissions.</source>
        <translation>Einen anderen Ordner für Modelle wählen oder seine Zugriffsrechte prüfen.</translation>
    </message>
    <message>
        <source>Choose another name, or allow it to be replaced.</source>
        <translation>Einen anderen Namen wählen oder das Ersetzen erlauben.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>Choose another output, or try again when its device or server works.</source>
        <translation>Eine andere Ausgabe wählen oder noch einmal versuchen, wenn ihr Gerät oder Server läuft.</translation>
    </message>
    <message>
        <source>Choose another output.</source>
        <translation>Eine andere Ausgabe wählen.</translation>
    </message>
    <message>
        <source>Choose another, or make the take again.</source>
        <translation>Eine andere wählen oder den Take neu erzeugen.</translation>
    </message>
    <message>
        <source>Choose it with “Use”; every weight is checked when it is loaded.</source>
        <translation>Mit „Verwenden“ auswählen; beim Laden wird jedes Gewicht geprüft.</translation>
    </message>
    <message>
        <source>Choose the device “Automatic” (auto).</source>
        <translation>Das Gerät „Automatisch“ (auto) wählen.</translation>
    </message>
    <message>
        <source>Choose the model&apos;s own folder.</source>
        <translation>Den eigenen Ordner des Modells wählen.</translation>
    </message>
    <message>
        <source>Choose the precision fp32 instead of {1}, or less guidance.</source>
        <translation>Die Genauigkeit fp32 statt {1} wählen oder weniger Guidance.</translation>
    </message>
    <message>
        <source>Choose the precision fp32, less guidance, another sampler or another seed.</source>
        <translation>Die Genauigkeit fp32, weniger Guidance, einen anderen Sampler oder einen anderen Seed wählen.</translation>
    </message>
    <message>
        <source>Close other programs, choose the precision int8 or int4, or a smaller model.</source>
        <translation>Andere Programme schließen, die Genauigkeit int8 oder int4 oder ein kleineres Modell wählen.</translation>
    </message>
    <message>
        <source>Close other programs, or ask for a shorter take.</source>
        <translation>Andere Programme schließen oder einen kürzeren Take wünschen.</translation>
    </message>
    <message>
        <source>Close other programs, or raise the limit for open files.</source>
        <translation>Andere Programme schließen oder die Grenze für offene Dateien anheben.</translation>
    </message>
    <message>
        <source>Close other programs, or raise the limit for processes and memory.</source>
        <translation>Andere Programme schließen oder die Grenze für Prozesse und Speicher anheben.</translation>
    </message>
    <message>
        <source>Close other programs, then try again.</source>
        <translation>Andere Programme schließen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Close other programs{1}, or choose a smaller model.</source>
        <translation>Andere Programme schließen{1} oder ein kleineres Modell wählen.</translation>
    </message>
    <message>
        <source>Closing this message lets it go.</source>
        <translation>Wird diese Meldung geschlossen, ist es weg.</translation>
    </message>
    <message>
        <source>Compare takes of models with one sample rate.</source>
        <translation>Takes von Modellen mit gleicher Abtastrate vergleichen.</translation>
    </message>
    <message>
        <source>Connect headphones or speakers, or start the sound server, then press play.</source>
        <translation>Kopfhörer oder Lautsprecher anschließen oder den Soundserver starten, dann abspielen.</translation>
    </message>
    <message>
        <source>Connect it again or choose another output, then press play.</source>
        <translation>Wieder anschließen oder eine andere Ausgabe wählen, dann abspielen.</translation>
    </message>
    <message>
        <source>Connect it or choose another output.</source>
        <translation>Anschließen oder eine andere Ausgabe wählen.</translation>
    </message>
    <message>
        <source>Connect its disk, or move the models folder elsewhere.</source>
        <translation>Die Platte anschließen oder den Ordner der Modelle verschieben.</translation>
    </message>
    <message>
        <source>Connect its disk, then move again.</source>
        <translation>Die Platte anschließen, dann noch einmal verschieben.</translation>
    </message>
    <message>
        <source>Connect one and choose “Look again” in the list of outputs.</source>
        <translation>Eine anschließen und in der Liste der Ausgaben „Erneut suchen“ wählen.</translation>
    </message>
    <message>
        <source>Convert it to WAV, FLAC or MP3 to make takes from it.</source>
        <translation>In WAV, FLAC oder MP3 umwandeln, um Takes daraus zu machen.</translation>
    </message>
    <message>
        <source>Cut out the part that you want to use.</source>
        <translation>Den Teil herausschneiden, der verwendet werden soll.</translation>
    </message>
    <message>
        <source>Describe the music, for example: calm piano, 90 bpm.</source>
        <translation>Die Musik auf Englisch beschreiben, zum Beispiel: calm piano, 90 bpm.</translation>
    </message>
    <message>
        <source>Details are in the log.</source>
        <translation>Einzelheiten stehen im Protokoll.</translation>
    </message>
    <message>
        <source>Did you mean {1}?</source>
        <translation>War {1} gemeint?</translation>
    </message>
    <message>
        <source>Did you mean “{1}”?</source>
        <translation>War „{1}“ gemeint?</translation>
    </message>
    <message>
        <source>Downloads are switched off by HF_HUB_OFFLINE.</source>
        <translation>HF_HUB_OFFLINE hat das Herunterladen abgeschaltet.</translation>
    </message>
    <message>
        <source>Drop music, a LoRA adapter (.safetensors), or a model’s folder.</source>
        <translation>Musik, einen LoRA-Adapter (.safetensors) oder den Ordner eines Modells ablegen.</translation>
    </message>
    <message>
        <source>Drop one of them alone to start from it or to take it apart.</source>
        <translation>Eine davon allein ablegen, um mit ihr zu beginnen oder sie zu zerlegen.</translation>
    </message>
    <message>
        <source>Drum loops, riffs, ambience and field recordings up to 47 seconds; takes a negative prompt.</source>
        <translation>Drum-Loops, Riffs, Atmosphären und Außenaufnahmen bis 47 Sekunden; kennt einen negativen Prompt.</translation>
    </message>
    <message>
        <source>Drums</source>
        <translation>Schlagzeug</translation>
    </message>
    <message>
        <source>Earlier takes are safe.</source>
        <translation>Frühere Takes sind sicher.</translation>
    </message>
    <message>
        <source>Electric guitar</source>
        <translation>E-Gitarre</translation>
    </message>
    <message>
        <source>Electric piano</source>
        <translation>E-Piano</translation>
    </message>
    <message>
        <source>Engine off</source>
        <translation>Engine aus</translation>
    </message>
    <message>
        <source>Engine ready</source>
        <translation>Engine bereit</translation>
    </message>
    <message>
        <source>Every load takes its time: no {1} copy of {2} is kept, {3}{4}. {5}</source>
        <translation>Jedes Laden braucht seine Zeit: Von {2} wird keine {1}-Kopie behalten, {3}{4}. {5}</translation>
    </message>
    <message>
        <source>Everything else is as it was.</source>
        <translation>Alles andere ist, wie es war.</translation>
    </message>
    <message>
        <source>Export as FLAC or MP3, or choose another disk.</source>
        <translation>Als FLAC oder MP3 exportieren oder eine andere Platte wählen.</translation>
    </message>
    <message>
        <source>Export cancelled</source>
        <translation>Export abgebrochen</translation>
    </message>
    <message>
        <source>Export it as WAV or FLAC.</source>
        <translation>Als WAV oder FLAC exportieren.</translation>
    </message>
    <message>
        <source>Exported {1}</source>
        <translation>{1} exportiert</translation>
    </message>
    <message>
        <source>Exported {1} files to {2}</source>
        <translation>{1} Dateien nach {2} exportiert</translation>
    </message>
    <message>
        <source>Exported {1} to {2}</source>
        <translation>{1} nach {2} exportiert</translation>
    </message>
    <message>
        <source>FLAC, 24 bit</source>
        <translation>FLAC, 24 Bit</translation>
    </message>
    <message>
        <source>Fades of {1} s do not fit into {2} s.</source>
        <translation>Blenden von {1} s passen nicht in {2} s.</translation>
    </message>
    <message>
        <source>Files may not be written in “{1}”.</source>
        <translation>In „{1}“ dürfen keine Dateien geschrieben werden.</translation>
    </message>
    <message>
        <source>Flute</source>
        <translation>Flöte</translation>
    </message>
    <message>
        <source>For a CD, 16 bit</source>
        <translation>Für eine CD, 16 Bit</translation>
    </message>
    <message>
        <source>For a DAW</source>
        <translation>Für eine DAW</translation>
    </message>
    <message>
        <source>For a podcast, −16 LUFS</source>
        <translation>Für einen Podcast, −16 LUFS</translation>
    </message>
    <message>
        <source>For broadcast, −23 LUFS, 48 kHz</source>
        <translation>Für den Rundfunk, −23 LUFS, 48 kHz</translation>
    </message>
    <message>
        <source>For example: 8 bars.</source>
        <translation>Zum Beispiel: 8 bars.</translation>
    </message>
    <message>
        <source>For example: slow strings.</source>
        <translation>Zum Beispiel: langsame Streicher.</translation>
    </message>
    <message>
        <source>For example: {1}</source>
        <translation>Zum Beispiel: {1}</translation>
    </message>
    <message>
        <source>For more, use “musicapp batch”.</source>
        <translation>Für mehr gibt es „musicapp batch“.</translation>
    </message>
    <message>
        <source>For streaming, −14 LUFS</source>
        <translation>Für Streaming, −14 LUFS</translation>
    </message>
    <message>
        <source>For video, 48 kHz</source>
        <translation>Für Video, 48 kHz</translation>
    </message>
    <message>
        <source>Free some space or choose another disk.</source>
        <translation>Platz schaffen oder eine andere Platte wählen.</translation>
    </message>
    <message>
        <source>Free some space or choose another folder, then try again.</source>
        <translation>Platz schaffen oder einen anderen Ordner wählen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Free some space there, or choose another folder. Nothing was moved.</source>
        <translation>Dort Platz schaffen oder einen anderen Ordner wählen. Nichts wurde verschoben.</translation>
    </message>
    <message>
        <source>Free some space, then</source>
        <translation>Platz schaffen, dann</translation>
    </message>
    <message>
        <source>Free some space.</source>
        <translation>Platz schaffen.</translation>
    </message>
    <message>
        <source>Gemma Terms of Use</source>
        <translation>Gemma Terms of Use</translation>
    </message>
    <message>
        <source>Get it again; the copy may not have finished.</source>
        <translation>Noch einmal beschaffen; vielleicht wurde das Kopieren nicht fertig.</translation>
    </message>
    <message>
        <source>Get it with weights in float32, float16, bfloat16 or float8.</source>
        <translation>Mit Gewichten in float32, float16, bfloat16 oder float8 beschaffen.</translation>
    </message>
    <message>
        <source>Get the model again.</source>
        <translation>Das Modell neu beschaffen.</translation>
    </message>
    <message>
        <source>Get the model again; if it stays like this, the file itself is broken.</source>
        <translation>Das Modell neu beschaffen; bleibt es so, ist die Datei selbst kaputt.</translation>
    </message>
    <message>
        <source>Get the model again; the copy may not have finished.</source>
        <translation>Das Modell neu beschaffen; vielleicht wurde das Kopieren nicht fertig.</translation>
    </message>
    <message>
        <source>Get the model&apos;s {1}, or convert the file as the README shows.</source>
        <translation>{1} des Modells beschaffen oder die Datei umwandeln, wie das README zeigt.</translation>
    </message>
    <message>
        <source>Give its start and its end, for example 0:05-0:08.</source>
        <translation>Anfang und Ende angeben, zum Beispiel 0:05-0:08.</translation>
    </message>
    <message>
        <source>Give the files in it.</source>
        <translation>Die Dateien darin angeben.</translation>
    </message>
    <message>
        <source>Give times from 0:00 to {1}.</source>
        <translation>Zeiten von 0:00 bis {1} angeben.</translation>
    </message>
    <message>
        <source>Given a star</source>
        <translation>Stern gegeben</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Guidance</translation>
    </message>
    <message>
        <source>Handed over</source>
        <translation>Handed over</translation>
    </message>
    <message>
        <source>Have its trainer save it again, or choose another copy.</source>
        <translation>Vom Trainingsprogramm neu sichern lassen oder eine andere Kopie wählen.</translation>
    </message>
    <message>
        <source>Have its trainer save it with an alpha for each layer, or with one rank for all.</source>
        <translation>Vom Trainingsprogramm mit einem Alpha je Schicht oder mit einem Rang für alle sichern lassen.</translation>
    </message>
    <message>
        <source>House, 16 bars</source>
        <translation>House, 16 Takte</translation>
    </message>
    <message>
        <source>If it is in use, choose another model first, then try again.</source>
        <translation>Ist es in Gebrauch, zuerst ein anderes Modell wählen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Install it (on Debian and Ubuntu: libportaudio2) and start again. Making and exporting work without.</source>
        <translation>Installieren (unter Debian und Ubuntu: libportaudio2) und neu starten. Erzeugen und Exportieren gehen auch ohne.</translation>
    </message>
    <message>
        <source>Install it anew: run “pip install --force-reinstall {1}”.</source>
        <translation>Neu installieren: „pip install --force-reinstall {1}“.</translation>
    </message>
    <message>
        <source>It begins with hf_ and has no spaces; copy it once more.</source>
        <translation>Es beginnt mit hf_ und hat keine Leerzeichen; noch einmal kopieren.</translation>
    </message>
    <message>
        <source>It can be given for one run in the environment variable HF_TOKEN, or kept by “hf auth login”.</source>
        <translation>Für einen Lauf lässt es sich in der Umgebungsvariablen HF_TOKEN angeben oder mit „hf auth login“ aufbewahren.</translation>
    </message>
    <message>
        <source>It has {1} Hz.</source>
        <translation>Er hat {1} Hz.</translation>
    </message>
    <message>
        <source>It is in the list of models.</source>
        <translation>Es steht in der Liste der Modelle.</translation>
    </message>
    <message>
        <source>It is used until the window is closed. {1}</source>
        <translation>Es gilt, bis das Fenster geschlossen wird. {1}</translation>
    </message>
    <message>
        <source>It knows {1}.</source>
        <translation>Er kennt {1}.</translation>
    </message>
    <message>
        <source>It may be damaged or not be an audio file.</source>
        <translation>Sie ist vielleicht beschädigt oder keine Audiodatei.</translation>
    </message>
    <message>
        <source>It may be in the trash, or was moved by another program.</source>
        <translation>Vielleicht ist er im Papierkorb oder wurde von einem anderen Programm verschoben.</translation>
    </message>
    <message>
        <source>It may be in the trash.</source>
        <translation>Vielleicht ist er im Papierkorb.</translation>
    </message>
    <message>
        <source>It may be two adapters in one file.</source>
        <translation>Vielleicht sind es zwei Adapter in einer Datei.</translation>
    </message>
    <message>
        <source>It may come back by itself. Started anew, it gives up the take it works on; what can be heard is kept.</source>
        <translation>Vielleicht kommt sie von selbst zurück. Neu gestartet gibt sie den Take auf, an dem sie arbeitet; was zu hören ist, bleibt.</translation>
    </message>
    <message>
        <source>It may have been changed by another program.</source>
        <translation>Vielleicht hat ein anderes Programm sie geändert.</translation>
    </message>
    <message>
        <source>It may have been moved or deleted.</source>
        <translation>Vielleicht wurde sie verschoben oder gelöscht.</translation>
    </message>
    <message>
        <source>It may have been moved or deleted: {1}</source>
        <translation>Vielleicht wurde sie verschoben oder gelöscht: {1}</translation>
    </message>
    <message>
        <source>It must be said in one way what to do with the source.</source>
        <translation>Was mit der Vorlage geschehen soll, muss auf eine Weise gesagt werden.</translation>
    </message>
    <message>
        <source>It needs the text encoder {1} too: get it from the list.</source>
        <translation>Es braucht auch den Text-Encoder {1}: aus der Liste herunterladen.</translation>
    </message>
    <message>
        <source>It ships with the app.</source>
        <translation>Es wird mit der App geliefert.</translation>
    </message>
    <message>
        <source>It stopped twice in a short time, so it waits until you press Generate.</source>
        <translation>Sie blieb in kurzer Zeit zweimal stehen, darum wartet sie, bis „Erzeugen“ gedrückt wird.</translation>
    </message>
    <message>
        <source>It was made by revision {1} of “{2}”; here is {3}.</source>
        <translation>Er entstand mit Revision {1} von „{2}“; hier ist {3}.</translation>
    </message>
    <message>
        <source>Its driver or sound server failed. Choose another output or try again.</source>
        <translation>Treiber oder Soundserver haben versagt. Eine andere Ausgabe wählen oder noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Its file changed meanwhile.</source>
        <translation>Seine Datei hat sich inzwischen geändert.</translation>
    </message>
    <message>
        <source>Its makers may have moved it; update the app, or import a file that you have.</source>
        <translation>Die Hersteller haben sie vielleicht verschoben; die App erneuern oder eine vorhandene Datei importieren.</translation>
    </message>
    <message>
        <source>Keep {1}</source>
        <translation>{1} behalten</translation>
    </message>
    <message>
        <source>Kept as a take of {1}</source>
        <translation>Als Take von {1} behalten</translation>
    </message>
    <message>
        <source>Leave away either the fades or the loop.</source>
        <translation>Entweder die Blenden oder den Loop weglassen.</translation>
    </message>
    <message>
        <source>Leave one of the two away.</source>
        <translation>Eines von beiden weglassen.</translation>
    </message>
    <message>
        <source>Leave one of them there, or call the right one {1}.</source>
        <translation>Nur eine davon dort lassen oder die richtige {1} nennen.</translation>
    </message>
    <message>
        <source>Leave the revision out.</source>
        <translation>Die Revision weglassen.</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Link is under the GPL and comes separately: install Musicapp with pip, then run “pip install {1}”.</source>
        <translation>Link steht unter der GPL und kommt gesondert: Musicapp mit pip installieren, dann „pip install {1}“.</translation>
    </message>
    <message>
        <source>Link is under the GPL and comes separately: run “pip install {1}”.</source>
        <translation>Link steht unter der GPL und kommt gesondert: „pip install {1}“.</translation>
    </message>
    <message>
        <source>Little memory: the sound is made in smaller pieces</source>
        <translation>Wenig Speicher: Der Klang entsteht in kleineren Stücken</translation>
    </message>
    <message>
        <source>Little memory: {1} run on the CPU, slower</source>
        <translation>Wenig Speicher: {1} auf dem Prozessor, langsamer</translation>
    </message>
    <message>
        <source>Lo-fi beat, 8 bars</source>
        <translation>Lo-Fi-Beat, 8 Takte</translation>
    </message>
    <message>
        <source>Load the model again.</source>
        <translation>Das Modell neu laden.</translation>
    </message>
    <message>
        <source>Loading the model …</source>
        <translation>Modell wird geladen …</translation>
    </message>
    <message>
        <source>Longer than</source>
        <translation>Länger als</translation>
    </message>
    <message>
        <source>Look at {1}; a private one needs a token. A file that you have can be imported.</source>
        <translation>{1} ansehen; ein privates braucht ein Token. Eine vorhandene Datei lässt sich importieren.</translation>
    </message>
    <message>
        <source>Looking at {1}</source>
        <translation>{1} wird angesehen</translation>
    </message>
    <message>
        <source>Looking for audio outputs …</source>
        <translation>Audioausgaben werden gesucht …</translation>
    </message>
    <message>
        <source>Loop for a sampler</source>
        <translation>Loop für einen Sampler</translation>
    </message>
    <message>
        <source>Loudness</source>
        <translation>Lautheit</translation>
    </message>
    <message>
        <source>MP3, 320 kbit/s</source>
        <translation>MP3, 320 kbit/s</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>Gemacht aus</translation>
    </message>
    <message>
        <source>Make a new one at {1} and enter it.</source>
        <translation>Unter {1} ein neues anlegen und eingeben.</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>Noch einmal erzeugen</translation>
    </message>
    <message>
        <source>Make it again.</source>
        <translation>Noch einmal erzeugen.</translation>
    </message>
    <message>
        <source>Make one of them, or move them apart.</source>
        <translation>Einen davon erzeugen oder sie auseinanderrücken.</translation>
    </message>
    <message>
        <source>Make one that may read gated repositories at {1}.</source>
        <translation>Unter {1} eines anlegen, das zugangsbeschränkte Repositorys lesen darf.</translation>
    </message>
    <message>
        <source>Make room there, or choose another disk.</source>
        <translation>Dort Platz schaffen oder eine andere Platte wählen.</translation>
    </message>
    <message>
        <source>Make room there, or move the models folder to a larger disk.</source>
        <translation>Dort Platz schaffen oder den Ordner der Modelle auf eine größere Platte verschieben.</translation>
    </message>
    <message>
        <source>Make room, or move the models folder to a larger disk.</source>
        <translation>Platz schaffen oder den Ordner der Modelle auf eine größere Platte verschieben.</translation>
    </message>
    <message>
        <source>Make room, or move the models folder to a larger disk; then import the model again.</source>
        <translation>Platz schaffen oder den Ordner der Modelle auf eine größere Platte verschieben; dann das Modell noch einmal importieren.</translation>
    </message>
    <message>
        <source>Make room, then go on. {1}</source>
        <translation>Platz schaffen, dann fortsetzen. {1}</translation>
    </message>
    <message>
        <source>Make the folder writable for you, or import the model into your models folder.</source>
        <translation>Den Ordner für sich beschreibbar machen oder das Modell in den Ordner der Modelle importieren.</translation>
    </message>
    <message>
        <source>Make the take again.</source>
        <translation>Den Take neu erzeugen.</translation>
    </message>
    <message>
        <source>Make them shorter.</source>
        <translation>Kürzer machen.</translation>
    </message>
    <message>
        <source>Make {1} instead</source>
        <translation>Stattdessen {1} erzeugen</translation>
    </message>
    <message>
        <source>Making sound</source>
        <translation>Klang entsteht</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Models: {1}</source>
        <translation>Modelle: {1}</translation>
    </message>
    <message>
        <source>Most make a few minutes: type 90 or 4:45.</source>
        <translation>Die meisten machen ein paar Minuten: 90 oder 4:45 eingeben.</translation>
    </message>
    <message>
        <source>Most models are published as model.safetensors too: get that file instead.</source>
        <translation>Die meisten Modelle gibt es auch als model.safetensors: stattdessen diese Datei nehmen.</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>Modelle werden verschoben</translation>
    </message>
    <message>
        <source>Moving the takes</source>
        <translation>Takes werden verschoben</translation>
    </message>
    <message>
        <source>Music up to two minutes in eight steps; made to run on a CPU.</source>
        <translation>Musik bis zwei Minuten in acht Schritten; für den Prozessor gemacht.</translation>
    </message>
    <message>
        <source>Musicapp knows LoRA, DoRA, LoRA-XS, LoHa and LoKr adapters of linear layers.</source>
        <translation>Musicapp kennt LoRA-, DoRA-, LoRA-XS-, LoHa- und LoKr-Adapter linearer Schichten.</translation>
    </message>
    <message>
        <source>Musicapp {1}</source>
        <translation>Musicapp {1}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Near: {1}.</source>
        <translation>Ähnlich: {1}.</translation>
    </message>
    <message>
        <source>New takes</source>
        <translation>New takes</translation>
    </message>
    <message>
        <source>New takes are also written to {1}</source>
        <translation>Neue Takes werden auch nach {1} geschrieben</translation>
    </message>
    <message>
        <source>No audio output was found.</source>
        <translation>Keine Audioausgabe gefunden.</translation>
    </message>
    <message>
        <source>No model called “{1}” is known.</source>
        <translation>Kein Modell namens „{1}“ ist bekannt.</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>Kein Modell geladen</translation>
    </message>
    <message>
        <source>No sound output was found.</source>
        <translation>Keine Klangausgabe gefunden.</translation>
    </message>
    <message>
        <source>No tempo was asked for, and no bars are heard for sure: marks stay where they are put.</source>
        <translation>Es wurde kein Tempo verlangt, und Takte sind nicht sicher zu hören: Marken bleiben, wo sie hingesetzt werden.</translation>
    </message>
    <message>
        <source>No token was kept.</source>
        <translation>Es war kein Token aufbewahrt.</translation>
    </message>
    <message>
        <source>Not all takes were moved to “{1}” yet.</source>
        <translation>Noch sind nicht alle Takes nach „{1}“ verschoben.</translation>
    </message>
    <message>
        <source>Nothing can be written to {1}.</source>
        <translation>In {1} lässt sich nichts schreiben.</translation>
    </message>
    <message>
        <source>Nothing is lost: what has arrived is kept.</source>
        <translation>Nichts ist verloren: Was angekommen ist, bleibt.</translation>
    </message>
    <message>
        <source>Nothing was exported</source>
        <translation>Nichts wurde exportiert</translation>
    </message>
    <message>
        <source>OGG Vorbis</source>
        <translation>OGG Vorbis</translation>
    </message>
    <message>
        <source>One file</source>
        <translation>Eine Datei</translation>
    </message>
    <message>
        <source>One take</source>
        <translation>Ein Take</translation>
    </message>
    <message>
        <source>One take deleted</source>
        <translation>Ein Take gelöscht</translation>
    </message>
    <message>
        <source>One take is back</source>
        <translation>Ein Take ist zurück</translation>
    </message>
    <message>
        <source>One take of before waits to be made.</source>
        <translation>Ein früherer Take wartet noch.</translation>
    </message>
    <message>
        <source>One-shots, loops and effects up to 11 seconds, in eight steps.</source>
        <translation>Einzelklänge, Loops und Effekte bis 11 Sekunden, in acht Schritten.</translation>
    </message>
    <message>
        <source>Only models that you added can go.</source>
        <translation>Nur selbst hinzugefügte Modelle können weg.</translation>
    </message>
    <message>
        <source>Only takes of that folder can be moved here.</source>
        <translation>Hierher lassen sich nur Takes dieses Ordners verschieben.</translation>
    </message>
    <message>
        <source>Opus</source>
        <translation>Opus</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Piano</source>
        <translation>Klavier</translation>
    </message>
    <message>
        <source>Playing goes on by itself when it is back. Or choose another output.</source>
        <translation>Die Wiedergabe geht von selbst weiter, wenn sie zurück ist. Oder eine andere Ausgabe wählen.</translation>
    </message>
    <message>
        <source>Preparing the engine …{1}</source>
        <translation>Engine wird vorbereitet …{1}</translation>
    </message>
    <message>
        <source>Preset “{1}” saved</source>
        <translation>Preset „{1}“ gesichert</translation>
    </message>
    <message>
        <source>Press Esc again to cancel</source>
        <translation>Zum Abbrechen noch einmal Esc drücken</translation>
    </message>
    <message>
        <source>Press Export again to save as “{1}{2}”, or type another name.</source>
        <translation>Noch einmal „Exportieren“ drücken, um als „{1}{2}“ zu sichern, oder einen anderen Namen eingeben.</translation>
    </message>
    <message>
        <source>Programs that edit or convert a file may take them out; the file that was exported has them.</source>
        <translation>Programme, die eine Datei bearbeiten oder umwandeln, nehmen sie vielleicht heraus; die exportierte Datei hat sie.</translation>
    </message>
    <message>
        <source>Put it beside the file, then recall the file again.</source>
        <translation>Neben die Datei legen, dann die Datei noch einmal zurückholen.</translation>
    </message>
    <message>
        <source>Put the file itself into the folder, or link the whole folder.</source>
        <translation>Die Datei selbst in den Ordner legen oder den ganzen Ordner verknüpfen.</translation>
    </message>
    <message>
        <source>Put the {1} of the same model beside it, then import it again.</source>
        <translation>{1} desselben Modells danebenlegen, dann noch einmal importieren.</translation>
    </message>
    <message>
        <source>Queued, seed {1}</source>
        <translation>Eingereiht, Seed {1}</translation>
    </message>
    <message>
        <source>Read as: {1}</source>
        <translation>Gelesen als: {1}</translation>
    </message>
    <message>
        <source>Reading {1} …{2}</source>
        <translation>{1} wird gelesen …{2}</translation>
    </message>
    <message>
        <source>Recent prompt</source>
        <translation>Letzter Prompt</translation>
    </message>
    <message>
        <source>Remove it first, or give this one another name.</source>
        <translation>Zuerst entfernen oder diesem einen anderen Namen geben.</translation>
    </message>
    <message>
        <source>Remove one first.</source>
        <translation>Zuerst eines entfernen.</translation>
    </message>
    <message>
        <source>Removing what was moved</source>
        <translation>Verschobenes wird entfernt</translation>
    </message>
    <message>
        <source>Removing {1}</source>
        <translation>{1} wird entfernt</translation>
    </message>
    <message>
        <source>No take is lost.</source>
        <translation>Kein Take ist verloren.</translation>
    </message>
    <message>
        <source>A passage was chosen of a take that is not there.</source>
        <translation>Gewählt wurde ein Abschnitt eines Takes, den es nicht gibt.</translation>
    </message>
    <message>
        <source>Ableton Link does not work here.</source>
        <translation>Ableton Link funktioniert hier nicht.</translation>
    </message>
    <message>
        <source>Ableton Link is not installed.</source>
        <translation>Ableton Link ist nicht installiert.</translation>
    </message>
    <message>
        <source>Ableton Link is not part of the built app.</source>
        <translation>Ableton Link ist nicht Teil der fertigen App.</translation>
    </message>
    <message>
        <source>Add an adapter</source>
        <translation>Adapter hinzufügen</translation>
    </message>
    <message>
        <source>Check its permissions, and those of the folders that it lies in.</source>
        <translation>Die Zugriffsrechte prüfen, auch die der Ordner darüber.</translation>
    </message>
    <message>
        <source>Choose 1 to {1}.</source>
        <translation>1 bis {1} wählen.</translation>
    </message>
    <message>
        <source>Choose a file in it.</source>
        <translation>Eine Datei darin wählen.</translation>
    </message>
    <message>
        <source>Choose more of it.</source>
        <translation>Mehr davon wählen.</translation>
    </message>
    <message>
        <source>Choose others in Settings, Keyboard.</source>
        <translation>Andere unter Einstellungen, Tastatur wählen.</translation>
    </message>
    <message>
        <source>Connect its disk and read the folder again (menu Library), or choose the folder where they are now in the menu File. New takes would begin a folder of that name.</source>
        <translation>Ihre Platte anschließen und den Ordner neu einlesen (Menü Archiv), oder im Menü Datei den Ordner wählen, in dem sie jetzt sind. Neue Takes würden einen Ordner dieses Namens beginnen.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Speicherkontingent überschritten</translation>
    </message>
    <message>
        <source>Distance from the sound</source>
        <translation>Abstand vom Klang</translation>
    </message>
    <message>
        <source>Drop a model’s folder or its weights here, and music or an adapter on the main window.</source>
        <translation>Hierher den Ordner eines Modells oder seine Gewichte ziehen, Musik oder einen Adapter auf das Hauptfenster.</translation>
    </message>
    <message>
        <source>Export folder</source>
        <translation>Exportordner</translation>
    </message>
    <message>
        <source>Export format</source>
        <translation>Exportformat</translation>
    </message>
    <message>
        <source>Export it as one of: {1}.</source>
        <translation>Als eines davon exportieren: {1}.</translation>
    </message>
    <message>
        <source>Export loudness</source>
        <translation>Lautheit des Exports</translation>
    </message>
    <message>
        <source>Export options</source>
        <translation>Exportoptionen</translation>
    </message>
    <message>
        <source>Export rate</source>
        <translation>Rate des Exports</translation>
    </message>
    <message>
        <source>Fade in</source>
        <translation>Einblenden</translation>
    </message>
    <message>
        <source>Fade out</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>Die Datei gibt es schon</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>Dateiname zu lang</translation>
    </message>
    <message>
        <source>For another one roll the dice, or open the lock of the seed.</source>
        <translation>Für einen anderen würfeln oder das Schloss des Seeds öffnen.</translation>
    </message>
    <message>
        <source>For example the first from 0:00 on, the second from 0:08 on.</source>
        <translation>Zum Beispiel der erste ab 0:00, der zweite ab 0:08.</translation>
    </message>
    <message>
        <source>Give its start and its end, for example 0:08-0:16.</source>
        <translation>Anfang und Ende angeben, zum Beispiel 0:08-0:16.</translation>
    </message>
    <message>
        <source>Glue takes of one length.</source>
        <translation>Takes von einer Länge zusammenfügen.</translation>
    </message>
    <message>
        <source>Glued of {1} takes, the first of them</source>
        <translation>Aus {1} Takes zusammengefügt, der erste davon</translation>
    </message>
    <message>
        <source>Heard key</source>
        <translation>Gehörte Tonart</translation>
    </message>
    <message>
        <source>Heard tempo</source>
        <translation>Gehörtes Tempo</translation>
    </message>
    <message>
        <source>Highest true peak</source>
        <translation>Höchster True Peak</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein-/Ausgabefehler</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>Ist ein Ordner</translation>
    </message>
    <message>
        <source>It is made as soon as all of the sound is read</source>
        <translation>Der Take entsteht, sobald der ganze Klang gelesen ist</translation>
    </message>
    <message>
        <source>Keep bars of more than one take, then glue.</source>
        <translation>Erst Takte von mehr als einem Take behalten, dann zusammenfügen.</translation>
    </message>
    <message>
        <source>Keep the seed</source>
        <translation>Seed behalten</translation>
    </message>
    <message>
        <source>Let go of the seed</source>
        <translation>Seed freigeben</translation>
    </message>
    <message>
        <source>Levels for broadcast</source>
        <translation>Pegel für den Rundfunk</translation>
    </message>
    <message>
        <source>Loop of the export</source>
        <translation>Loop des Exports</translation>
    </message>
    <message>
        <source>Make a take again with other settings; write another file anew with the program that made it.</source>
        <translation>Einen Take mit anderen Einstellungen noch einmal erzeugen; eine andere Datei mit dem Programm neu schreiben, aus dem sie kommt.</translation>
    </message>
    <message>
        <source>Mark one of a tenth of a second or more in the waveform, then try again.</source>
        <translation>In der Wellenform mindestens eine Zehntelsekunde markieren, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Mark one of half a second or more in the waveform, then try again.</source>
        <translation>In der Wellenform mindestens eine halbe Sekunde markieren, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Mark one of half a second or more, or none to close all of it to a loop.</source>
        <translation>Mindestens eine halbe Sekunde markieren, oder nichts, um das Ganze zum Loop zu schließen.</translation>
    </message>
    <message>
        <source>Names of exports</source>
        <translation>Namen der Exporte</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>Kein Platz mehr auf dem Gerät</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner nicht gefunden</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>Ist kein Ordner</translation>
    </message>
    <message>
        <source>Of so short a part nothing is left at {1} Hz.</source>
        <translation>Von einem so kurzen Teil bleibt bei {1} Hz nichts übrig.</translation>
    </message>
    <message>
        <source>Only takes of one length can be glued.</source>
        <translation>Nur Takes von gleicher Länge lassen sich zusammenfügen.</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>Vorgang nicht erlaubt</translation>
    </message>
    <message>
        <source>Part that is exported</source>
        <translation>Teil, der exportiert wird</translation>
    </message>
    <message>
        <source>Passages of the takes must be chosen.</source>
        <translation>Es müssen Abschnitte der Takes gewählt werden.</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Zugriff verweigert</translation>
    </message>
    <message>
        <source>Play it</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Put at least two takes into the comparison.</source>
        <translation>Mindestens zwei Takes in den Vergleich nehmen.</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Nur lesbares Dateisystem</translation>
    </message>
    <message>
        <source>Remove an adapter</source>
        <translation>Adapter entfernen</translation>
    </message>
    <message>
        <source>Run `musicapp train text` again, or remove the file.</source>
        <translation>`musicapp train text` noch einmal ausführen, oder die Datei entfernen.</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>Sampler</translation>
    </message>
    <message>
        <source>Save it as an ordinary LoRA: PEFT does that with path_initial_model_for_weight_conversion.</source>
        <translation>Als gewöhnliches LoRA sichern: PEFT tut das mit path_initial_model_for_weight_conversion.</translation>
    </message>
    <message>
        <source>Saved keys of {1} cannot be used: the usual ones are back.</source>
        <translation>Gesicherte Tasten von {1} lassen sich nicht verwenden: Die üblichen gelten wieder.</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gesichert …</translation>
    </message>
    <message>
        <source>Saxophone</source>
        <translation>Saxofon</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Seed copied</source>
        <translation>Seed kopiert</translation>
    </message>
    <message>
        <source>Seed {1}</source>
        <translation>Seed {1}</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>Beiseitelegen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Settings of version {1} are not known.</source>
        <translation>Einstellungen der Version {1} sind nicht bekannt.</translation>
    </message>
    <message>
        <source>Shorten it.</source>
        <translation>Kürzen.</translation>
    </message>
    <message>
        <source>Shorten it: a sentence or a few tags work best.</source>
        <translation>Kürzen: Ein Satz oder ein paar Stichwörter gehen am besten.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>So much music cannot be added.</source>
        <translation>So viel Musik lässt sich nicht anfügen.</translation>
    </message>
    <message>
        <source>Some saved settings could not be used and start anew: {1}.</source>
        <translation>Einige gesicherte Einstellungen waren unbrauchbar und beginnen neu: {1}.</translation>
    </message>
    <message>
        <source>Something between here and the hub changes it: try another network, or later.</source>
        <translation>Etwas zwischen hier und dem Hub verändert sie: ein anderes Netz versuchen oder später.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation>Etwas Unerwartetes ist schiefgegangen.</translation>
    </message>
    <message>
        <source>Sound effects and short ambience in eight steps; made to run on a CPU.</source>
        <translation>Klangeffekte und kurze Atmosphären in acht Schritten; für den Prozessor gemacht.</translation>
    </message>
    <message>
        <source>Sound output needs the PortAudio library, which is missing.</source>
        <translation>Für die Klangausgabe fehlt die Bibliothek PortAudio.</translation>
    </message>
    <message>
        <source>Sounds from elsewhere stay where they are.</source>
        <translation>Klänge von anderswo bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Stability AI Community License</source>
        <translation>Stability AI Community License</translation>
    </message>
    <message>
        <source>Stable Audio 3 medium</source>
        <translation>Stable Audio 3 medium</translation>
    </message>
    <message>
        <source>Stable Audio 3 medium, base</source>
        <translation>Stable Audio 3 medium, Basis</translation>
    </message>
    <message>
        <source>Stable Audio 3 small, music</source>
        <translation>Stable Audio 3 small, Musik</translation>
    </message>
    <message>
        <source>Stable Audio 3 small, music, base</source>
        <translation>Stable Audio 3 small, Musik, Basis</translation>
    </message>
    <message>
        <source>Stable Audio 3 small, sound effects</source>
        <translation>Stable Audio 3 small, Klangeffekte</translation>
    </message>
    <message>
        <source>Stable Audio 3 small, sound effects, base</source>
        <translation>Stable Audio 3 small, Klangeffekte, Basis</translation>
    </message>
    <message>
        <source>Stable Audio Open 1.0</source>
        <translation>Stable Audio Open 1.0</translation>
    </message>
    <message>
        <source>Stable Audio Open Small</source>
        <translation>Stable Audio Open Small</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>Stern</translation>
    </message>
    <message>
        <source>Start from a sound</source>
        <translation>Mit einem Klang beginnen</translation>
    </message>
    <message>
        <source>Start from it</source>
        <translation>Damit beginnen</translation>
    </message>
    <message>
        <source>Start from nothing</source>
        <translation>Ohne Klang beginnen</translation>
    </message>
    <message>
        <source>Start the engine anew</source>
        <translation>Engine neu starten</translation>
    </message>
    <message>
        <source>Starting the engine …{1}</source>
        <translation>Engine wird gestartet …{1}</translation>
    </message>
    <message>
        <source>Step {1} of {2}</source>
        <translation>Schritt {1} von {2}</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Wird angehalten</translation>
    </message>
    <message>
        <source>Strength of an adapter</source>
        <translation>Stärke eines Adapters</translation>
    </message>
    <message>
        <source>String quartet, a waltz</source>
        <translation>Streichquartett, ein Walzer</translation>
    </message>
    <message>
        <source>Strings</source>
        <translation>Streicher</translation>
    </message>
    <message>
        <source>Synth lead</source>
        <translation>Synth-Lead</translation>
    </message>
    <message>
        <source>Systems do that when memory runs out: if it happens again, close other programs or ask for a shorter take. Earlier takes are safe.</source>
        <translation>Systeme tun das, wenn der Speicher ausgeht: Kommt es wieder vor, andere Programme schließen oder einen kürzeren Take wünschen. Frühere Takes sind sicher.</translation>
    </message>
    <message>
        <source>T5 base</source>
        <translation>T5 base</translation>
    </message>
    <message>
        <source>T5Gemma b-b UL2</source>
        <translation>T5Gemma b-b UL2</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Tags are single words or a few; commas stand between them.</source>
        <translation>Tags sind ein Wort oder wenige; zwischen ihnen stehen Kommas.</translation>
    </message>
    <message>
        <source>Take it apart</source>
        <translation>Zerlegen</translation>
    </message>
    <message>
        <source>Take saved</source>
        <translation>Take gesichert</translation>
    </message>
    <message>
        <source>Take some off first.</source>
        <translation>Zuerst welche wegnehmen.</translation>
    </message>
    <message>
        <source>Take {1} of the comparison</source>
        <translation>Take {1} des Vergleichs</translation>
    </message>
    <message>
        <source>Takes are kept in “{1}” now.</source>
        <translation>Takes liegen ab jetzt in „{1}“.</translation>
    </message>
    <message>
        <source>Takes cannot be kept in “{1}”: {2}.</source>
        <translation>In „{1}“ lassen sich keine Takes aufbewahren: {2}.</translation>
    </message>
    <message>
        <source>Text encoder of Stable Audio 3.</source>
        <translation>Text-Encoder von Stable Audio 3.</translation>
    </message>
    <message>
        <source>Text encoder of Stable Audio Open.</source>
        <translation>Text-Encoder von Stable Audio Open.</translation>
    </message>
    <message>
        <source>That is longer than any model makes.</source>
        <translation>Das ist länger, als irgendein Modell macht.</translation>
    </message>
    <message>
        <source>That is the most {1} makes.</source>
        <translation>Mehr macht {1} nicht.</translation>
    </message>
    <message>
        <source>The adapter {1} also changes the text encoder ({2}); that part is left out.</source>
        <translation>Der Adapter {1} ändert auch den Text-Encoder ({2}); dieser Teil bleibt weg.</translation>
    </message>
    <message>
        <source>The adapter {1} changes one layer twice: “{2}” and “{3}”.</source>
        <translation>Der Adapter {1} ändert eine Schicht zweimal: „{2}“ und „{3}“.</translation>
    </message>
    <message>
        <source>The adapter {1} changes the text encoder alone, which Musicapp leaves as it is.</source>
        <translation>Der Adapter {1} ändert nur den Text-Encoder, den Musicapp lässt, wie er ist.</translation>
    </message>
    <message>
        <source>The adapter {1} changes “{2}”, which fits several layers of this model.</source>
        <translation>Der Adapter {1} ändert „{2}“, was auf mehrere Schichten dieses Modells passt.</translation>
    </message>
    <message>
        <source>The adapter {1} contradicts itself about the rank of “{2}”.</source>
        <translation>Der Adapter {1} widerspricht sich beim Rang von „{2}“.</translation>
    </message>
    <message>
        <source>The adapter {1} contradicts itself: its {2} is {3}.</source>
        <translation>Der Adapter {1} widerspricht sich: {2} ist {3}.</translation>
    </message>
    <message>
        <source>The adapter {1} does not start from the model&apos;s own weights (“{2}”), so it cannot be merged into them.</source>
        <translation>Der Adapter {1} geht nicht von den Gewichten des Modells aus („{2}“) und lässt sich darum nicht einrechnen.</translation>
    </message>
    <message>
        <source>The adapter {1} has another size than the model: {2} of “{3}” is {4}, where {5} would fit.</source>
        <translation>Der Adapter {1} hat eine andere Größe als das Modell: {2} von „{3}“ ist {4}, passen würde {5}.</translation>
    </message>
    <message>
        <source>The adapter {1} has no matrices for “{2}”.</source>
        <translation>Der Adapter {1} hat keine Matrizen für „{2}“.</translation>
    </message>
    <message>
        <source>The adapter {1} has {2} of “{3}” twice.</source>
        <translation>Der Adapter {1} hat {2} von „{3}“ zweimal.</translation>
    </message>
    <message>
        <source>The adapter {1} is of the kind “{2}”, not known.</source>
        <translation>Der Adapter {1} ist von der unbekannten Art „{2}“.</translation>
    </message>
    <message>
        <source>The adapter {1} is there already</source>
        <translation>Der Adapter {1} ist schon da</translation>
    </message>
    <message>
        <source>The adapter {1} makes numbers out of hand of “{2}”.</source>
        <translation>Durch den Adapter {1} geraten die Zahlen von „{2}“ außer Kontrolle.</translation>
    </message>
    <message>
        <source>The adapter {1} needs a {2} for “{3}”, which is not supported.</source>
        <translation>Der Adapter {1} braucht {2} für „{3}“, was nicht unterstützt wird.</translation>
    </message>
    <message>
        <source>The adapter {1} needs {2}, which is not supported.</source>
        <translation>Der Adapter {1} braucht {2}, was nicht unterstützt wird.</translation>
    </message>
    <message>
        <source>The adapter {1} says no rank or alpha that can be used: “{2}”.</source>
        <translation>Der Adapter {1} nennt keinen brauchbaren Rang oder kein brauchbares Alpha: „{2}“.</translation>
    </message>
    <message>
        <source>The adapter {1} says two kinds of itself.</source>
        <translation>Der Adapter {1} nennt zwei Arten seiner selbst.</translation>
    </message>
    <message>
        <source>The adapter {1} says use_dora, and has no magnitude of “{2}”.</source>
        <translation>Der Adapter {1} nennt use_dora und hat keinen Betrag von „{2}“.</translation>
    </message>
    <message>
        <source>The adapter {1} was made for another model: it changes “{2}”, which is not in this one.</source>
        <translation>Der Adapter {1} gehört zu einem anderen Modell: Er ändert „{2}“, das es in diesem nicht gibt.</translation>
    </message>
    <message>
        <source>The adapter {1}, of the kind {2}, is incomplete or mixed: “{3}” of “{4}”.</source>
        <translation>Der Adapter {1} der Art {2} ist unvollständig oder gemischt: „{3}“ von „{4}“.</translation>
    </message>
    <message>
        <source>The adapter “{1}”{2} is not here.</source>
        <translation>Der Adapter „{1}“{2} ist nicht hier.</translation>
    </message>
    <message>
        <source>The chosen passages must begin one after the other, the first at 0:00.</source>
        <translation>Die gewählten Abschnitte müssen nacheinander beginnen, der erste bei 0:00.</translation>
    </message>
    <message>
        <source>The connection to {1} broke off.</source>
        <translation>Die Verbindung zu {1} brach ab.</translation>
    </message>
    <message>
        <source>The disk of {1} got full, so the model is not there.</source>
        <translation>Die Platte von {1} wurde voll, darum ist das Modell nicht da.</translation>
    </message>
    <message>
        <source>The disk of {1} is full.</source>
        <translation>Die Platte von {1} ist voll.</translation>
    </message>
    <message>
        <source>The disk of “{1}” is full.</source>
        <translation>Die Platte von „{1}“ ist voll.</translation>
    </message>
    <message>
        <source>The download broke off.</source>
        <translation>Das Herunterladen brach ab.</translation>
    </message>
    <message>
        <source>The engine could not start.</source>
        <translation>Die Engine ließ sich nicht starten.</translation>
    </message>
    <message>
        <source>The engine crashed.</source>
        <translation>Die Engine ist abgestürzt.</translation>
    </message>
    <message>
        <source>The engine did not answer any more and was ended.</source>
        <translation>Die Engine antwortete nicht mehr und wurde beendet.</translation>
    </message>
    <message>
        <source>The engine does not answer</source>
        <translation>Die Engine antwortet nicht</translation>
    </message>
    <message>
        <source>The engine has not answered for {1} seconds.</source>
        <translation>Die Engine antwortet seit {1} Sekunden nicht.</translation>
    </message>
    <message>
        <source>The engine hit a problem while loading the model.</source>
        <translation>Beim Laden des Modells stieß die Engine auf ein Problem.</translation>
    </message>
    <message>
        <source>The engine hit a problem.</source>
        <translation>Die Engine stieß auf ein Problem.</translation>
    </message>
    <message>
        <source>The engine stopped twice in a short time, so the queue waits.</source>
        <translation>Die Engine blieb in kurzer Zeit zweimal stehen, darum wartet die Warteschlange.</translation>
    </message>
    <message>
        <source>The engine stopped.</source>
        <translation>Die Engine blieb stehen.</translation>
    </message>
    <message>
        <source>The engine was ended by the system or by another program.</source>
        <translation>Das System oder ein anderes Programm hat die Engine beendet.</translation>
    </message>
    <message>
        <source>The file may hold two models; save one alone.</source>
        <translation>Die Datei enthält vielleicht zwei Modelle; eines allein sichern.</translation>
    </message>
    <message>
        <source>The file name is too long.</source>
        <translation>Der Dateiname ist zu lang.</translation>
    </message>
    <message>
        <source>The file needs a name.</source>
        <translation>Die Datei braucht einen Namen.</translation>
    </message>
    <message>
        <source>The file of before is kept in {1}.</source>
        <translation>Die frühere Datei liegt in {1}.</translation>
    </message>
    <message>
        <source>The file stays as it is, whatever is made of it.</source>
        <translation>Die Datei bleibt, wie sie ist, was auch immer daraus gemacht wird.</translation>
    </message>
    <message>
        <source>The file “{1}” {2}.</source>
        <translation>Die Datei „{1}“ {2}.</translation>
    </message>
    <message>
        <source>The files could not be moved to “{1}”.</source>
        <translation>Die Dateien ließen sich nicht nach „{1}“ verschieben.</translation>
    </message>
    <message>
        <source>The files were set aside. Nothing was deleted.</source>
        <translation>Die Dateien wurden beiseitegelegt. Nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The folder is damaged or mixes two models; get it again.</source>
        <translation>Der Ordner ist beschädigt oder mischt zwei Modelle; neu beschaffen.</translation>
    </message>
    <message>
        <source>The folder is damaged or mixes two models; get the model again.</source>
        <translation>Der Ordner ist beschädigt oder mischt zwei Modelle; das Modell neu beschaffen.</translation>
    </message>
    <message>
        <source>The folder needs config.json, model.safetensors and tokenizer.json of the text encoder; get it again.</source>
        <translation>Der Ordner braucht config.json, model.safetensors und tokenizer.json des Text-Encoders; neu beschaffen.</translation>
    </message>
    <message>
        <source>The folder of the takes cannot be made: “{1}”.</source>
        <translation>Der Ordner der Takes lässt sich nicht anlegen: „{1}“.</translation>
    </message>
    <message>
        <source>The folder of the takes, “{1}”, is not there.</source>
        <translation>Der Ordner der Takes, „{1}“, ist nicht da.</translation>
    </message>
    <message>
        <source>The folder {1} has a weight “{2}” that no part of the model uses.</source>
        <translation>Der Ordner {1} hat ein Gewicht „{2}“, das kein Teil des Modells verwendet.</translation>
    </message>
    <message>
        <source>The folder {1} has no config.json, so it is no text encoder.</source>
        <translation>Der Ordner {1} hat keine config.json und ist damit kein Text-Encoder.</translation>
    </message>
    <message>
        <source>The folder “{1}” cannot be made.</source>
        <translation>Der Ordner „{1}“ lässt sich nicht anlegen.</translation>
    </message>
    <message>
        <source>The folder “{1}” cannot be written.</source>
        <translation>Der Ordner „{1}“ lässt sich nicht beschreiben.</translation>
    </message>
    <message>
        <source>The folder “{1}” does not exist.</source>
        <translation>Den Ordner „{1}“ gibt es nicht.</translation>
    </message>
    <message>
        <source>The folder&apos;s tokenizer does not say how many tokens it makes.</source>
        <translation>Der Tokenizer des Ordners sagt nicht, wie viele Token er macht.</translation>
    </message>
    <message>
        <source>The form is as it was before</source>
        <translation>Die Einstellungen sind wieder wie zuvor</translation>
    </message>
    <message>
        <source>The hub does not accept the token.</source>
        <translation>Der Hub nimmt das Token nicht an.</translation>
    </message>
    <message>
        <source>The hub does not let this token read {1}.</source>
        <translation>Der Hub lässt dieses Token {1} nicht lesen.</translation>
    </message>
    <message>
        <source>The hub has no repository {1}, or hides it.</source>
        <translation>Der Hub hat kein Repository {1} oder verbirgt es.</translation>
    </message>
    <message>
        <source>The length is not a number.</source>
        <translation>Die Länge ist keine Zahl.</translation>
    </message>
    <message>
        <source>The length must be at least {1} seconds.</source>
        <translation>Die Länge muss mindestens {1} Sekunden sein.</translation>
    </message>
    <message>
        <source>The length was set to {1}.</source>
        <translation>Die Länge wurde auf {1} gesetzt.</translation>
    </message>
    <message>
        <source>The licence of {1} has not been accepted by the account of this token.</source>
        <translation>Das Konto dieses Tokens hat die Lizenz von {1} nicht angenommen.</translation>
    </message>
    <message>
        <source>The list of sound outputs cannot be read.</source>
        <translation>Die Liste der Klangausgaben lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The list of takes cannot be kept in “{1}” ({2}); it is read anew at each start.</source>
        <translation>Die Liste der Takes lässt sich in „{1}“ nicht aufbewahren ({2}); sie wird bei jedem Start neu gelesen.</translation>
    </message>
    <message>
        <source>The list of takes in “{1}” was made by a newer Musicapp and stays as it is; this one keeps its own in memory.</source>
        <translation>Die Liste der Takes in „{1}“ stammt von einem neueren Musicapp und bleibt, wie sie ist; dieses hält seine eigene im Speicher.</translation>
    </message>
    <message>
        <source>The list of takes is closed.</source>
        <translation>Die Liste der Takes ist geschlossen.</translation>
    </message>
    <message>
        <source>The marked passage is too short for a loop.</source>
        <translation>Die markierte Passage ist zu kurz für einen Loop.</translation>
    </message>
    <message>
        <source>The model asks for a loudness without a highest peak.</source>
        <translation>Das Modell verlangt eine Lautheit ohne höchste Spitze.</translation>
    </message>
    <message>
        <source>The model could not be checked.</source>
        <translation>Das Modell ließ sich nicht prüfen.</translation>
    </message>
    <message>
        <source>The model could not be copied to {1}.</source>
        <translation>Das Modell ließ sich nicht nach {1} kopieren.</translation>
    </message>
    <message>
        <source>The model has a weight “{1}” that it does not use.</source>
        <translation>Das Modell hat ein Gewicht „{1}“, das es nicht verwendet.</translation>
    </message>
    <message>
        <source>The model has local conditions in modules.</source>
        <translation>Das Modell hat örtliche Bedingungen in Modulen.</translation>
    </message>
    <message>
        <source>The model in {1} needs the text encoder {2} ({3}), which is not there.</source>
        <translation>Das Modell in {1} braucht den Text-Encoder {2} ({3}), der fehlt.</translation>
    </message>
    <message>
        <source>The model is steered by “{1}”, which it does not describe.</source>
        <translation>Das Modell wird durch „{1}“ gesteuert, das es nicht beschreibt.</translation>
    </message>
    <message>
        <source>The model names a text encoder outside its folder.</source>
        <translation>Das Modell nennt einen Text-Encoder außerhalb seines Ordners.</translation>
    </message>
    <message>
        <source>The model of this take is no longer in memory.</source>
        <translation>Das Modell dieses Takes ist nicht mehr im Speicher.</translation>
    </message>
    <message>
        <source>The model turns positions at frequencies of its own, which is not supported.</source>
        <translation>Das Modell dreht Positionen mit eigenen Frequenzen, was nicht unterstützt wird.</translation>
    </message>
    <message>
        <source>The model uses layer {1} of a text encoder that has {2}.</source>
        <translation>Das Modell verwendet Schicht {1} eines Text-Encoders, der {2} hat.</translation>
    </message>
    <message>
        <source>The model&apos;s autoencoder makes noise of {1} times full scale.</source>
        <translation>Der Autoencoder des Modells macht Rauschen vom {1}-Fachen der Vollaussteuerung.</translation>
    </message>
    <message>
        <source>The model&apos;s autoencoder makes numbers that are not finite.</source>
        <translation>Der Autoencoder des Modells macht Zahlen, die nicht endlich sind.</translation>
    </message>
    <message>
        <source>The model&apos;s autoencoder makes silence whatever it is given.</source>
        <translation>Der Autoencoder des Modells macht Stille, was immer er bekommt.</translation>
    </message>
    <message>
        <source>The model&apos;s autoencoder makes the same sound whatever it is given.</source>
        <translation>Der Autoencoder des Modells macht denselben Klang, was immer er bekommt.</translation>
    </message>
    <message>
        <source>The model&apos;s description asks for at least {1} numbers in {2} weights of the {3}; the file holds {4} in {5}.</source>
        <translation>Die Beschreibung des Modells verlangt mindestens {1} Zahlen in {2} Gewichten von {3}; die Datei hat {4} in {5}.</translation>
    </message>
    <message>
        <source>The model&apos;s description contradicts itself: {1} is {2}, {3} is {4}.</source>
        <translation>Die Beschreibung des Modells widerspricht sich: {1} ist {2}, {3} ist {4}.</translation>
    </message>
    <message>
        <source>The model&apos;s description has an option “{1}.{2}” that is not known.{3}</source>
        <translation>Die Beschreibung des Modells hat eine unbekannte Option „{1}.{2}“.{3}</translation>
    </message>
    <message>
        <source>The model&apos;s description is damaged or made for another program; get the model again.</source>
        <translation>Die Beschreibung des Modells ist beschädigt oder für ein anderes Programm; das Modell neu beschaffen.</translation>
    </message>
    <message>
        <source>The model&apos;s numbers got out of hand, so there is no sound to decode.</source>
        <translation>Die Zahlen des Modells gerieten außer Kontrolle, darum gibt es keinen Klang.</translation>
    </message>
    <message>
        <source>The model&apos;s transformer ({1} blocks) answers the same whatever it is given.</source>
        <translation>Der Transformer des Modells ({1} Blöcke) antwortet immer gleich, was immer er bekommt.</translation>
    </message>
    <message>
        <source>The model&apos;s transformer answers noise with numbers of {1}.</source>
        <translation>Der Transformer des Modells antwortet auf Rauschen mit Zahlen von {1}.</translation>
    </message>
    <message>
        <source>The model&apos;s transformer makes numbers that are not finite.</source>
        <translation>Der Transformer des Modells macht Zahlen, die nicht endlich sind.</translation>
    </message>
    <message>
        <source>The models are in {1} already.</source>
        <translation>Die Modelle sind schon in {1}.</translation>
    </message>
    <message>
        <source>The models could not be moved to {1}.</source>
        <translation>Die Modelle ließen sich nicht nach {1} verschieben.</translation>
    </message>
    <message>
        <source>The models folder {1} is not there.</source>
        <translation>Der Ordner der Modelle {1} ist nicht da.</translation>
    </message>
    <message>
        <source>The models need {1}, but only {2} are free in {3}.</source>
        <translation>Die Modelle brauchen {1}, aber in {3} sind nur {2} frei.</translation>
    </message>
    <message>
        <source>The model’s own settings</source>
        <translation>Die Einstellungen des Modells</translation>
    </message>
    <message>
        <source>The name has {1} characters; {2} is the most.</source>
        <translation>Der Name hat {1} Zeichen; höchstens {2} gehen.</translation>
    </message>
    <message>
        <source>The name is kept</source>
        <translation>Name gesichert</translation>
    </message>
    <message>
        <source>The new take could not be exported.</source>
        <translation>Der neue Take ließ sich nicht exportieren.</translation>
    </message>
    <message>
        <source>The option {1} is {2}; only {3} is supported.</source>
        <translation>Die Option {1} ist {2}; nur {3} wird unterstützt.</translation>
    </message>
    <message>
        <source>The option {1} is {2}; supported are {3}.</source>
        <translation>Die Option {1} ist {2}; unterstützt werden {3}.</translation>
    </message>
    <message>
        <source>The others can be used.</source>
        <translation>Die anderen sind benutzbar.</translation>
    </message>
    <message>
        <source>The output “{1}” is not connected.</source>
        <translation>Die Ausgabe „{1}“ ist nicht verbunden.</translation>
    </message>
    <message>
        <source>The part of “{1}” lasts {2}; a variation of it cannot last longer.</source>
        <translation>Der Teil von „{1}“ dauert {2}; eine Variation davon kann nicht länger dauern.</translation>
    </message>
    <message>
        <source>The parts of the weight “{1}” do not fit together.</source>
        <translation>Die Teile des Gewichts „{1}“ passen nicht zusammen.</translation>
    </message>
    <message>
        <source>The passage from {1} on begins behind the end of the takes.</source>
        <translation>Der Abschnitt ab {1} beginnt hinter dem Ende der Takes.</translation>
    </message>
    <message>
        <source>The passage {1} does not lie inside of “{2}”, which lasts {3}.</source>
        <translation>Der Abschnitt {1} liegt nicht in „{2}“, das {3} dauert.</translation>
    </message>
    <message>
        <source>The path “{1}” is too long for this system.</source>
        <translation>Der Pfad „{1}“ ist für dieses System zu lang.</translation>
    </message>
    <message>
        <source>The playback was stopped for that.</source>
        <translation>Die Wiedergabe wurde dafür angehalten.</translation>
    </message>
    <message>
        <source>The preset is back</source>
        <translation>Das Preset ist zurück</translation>
    </message>
    <message>
        <source>The preset “{1}” is in the form.</source>
        <translation>Das Preset „{1}“ ist eingestellt.</translation>
    </message>
    <message>
        <source>The preset “{1}” is removed.</source>
        <translation>Das Preset „{1}“ ist entfernt.</translation>
    </message>
    <message>
        <source>The preset “{1}” was there already and has the settings of the form now.</source>
        <translation>Das Preset „{1}“ gab es schon und hat jetzt die aktuellen Einstellungen.</translation>
    </message>
    <message>
        <source>The presets could not be read.</source>
        <translation>Die Presets ließen sich nicht lesen.</translation>
    </message>
    <message>
        <source>The presets could not be saved.</source>
        <translation>Die Presets ließen sich nicht sichern.</translation>
    </message>
    <message>
        <source>The presets could not be saved: the disk is full.</source>
        <translation>Die Presets ließen sich nicht sichern: Die Platte ist voll.</translation>
    </message>
    <message>
        <source>The prompt is longer than this model reads. Not heard is: “{1}”. Put what matters most first.</source>
        <translation>Der Prompt ist länger, als dieses Modell liest. Nicht gehört wird: „{1}“. Das Wichtigste an den Anfang stellen.</translation>
    </message>
    <message>
        <source>The prompt says another one in words of its own.</source>
        <translation>Der Prompt nennt mit eigenen Worten etwas anderes.</translation>
    </message>
    <message>
        <source>The prompt states no tempo, so bars have no length.</source>
        <translation>Der Prompt nennt kein Tempo, darum haben Takte keine Länge.</translation>
    </message>
    <message>
        <source>The queue could not be saved.</source>
        <translation>Die Warteschlange ließ sich nicht sichern.</translation>
    </message>
    <message>
        <source>The queue could not be saved: the disk is full.</source>
        <translation>Die Warteschlange ließ sich nicht sichern: Die Platte ist voll.</translation>
    </message>
    <message>
        <source>The queue holds {1} takes at most.</source>
        <translation>Die Warteschlange fasst höchstens {1} Takes.</translation>
    </message>
    <message>
        <source>The queue is paused.</source>
        <translation>Die Warteschlange ist angehalten.</translation>
    </message>
    <message>
        <source>The queue of before could not be read.</source>
        <translation>Die frühere Warteschlange ließ sich nicht lesen.</translation>
    </message>
    <message>
        <source>The queue was written by another version of Musicapp; what this one knows of it is here.</source>
        <translation>Die Warteschlange schrieb eine andere Version von Musicapp; was diese davon kennt, ist hier.</translation>
    </message>
    <message>
        <source>The sampler {1} does not fit this model.</source>
        <translation>Der Sampler {1} passt nicht zu diesem Modell.</translation>
    </message>
    <message>
        <source>The seed of the take is in the form and kept; all else is as it was.</source>
        <translation>Der Seed des Takes ist eingestellt und festgehalten; alles andere ist wie zuvor.</translation>
    </message>
    <message>
        <source>The seed {1} is out of range.</source>
        <translation>Der Seed {1} liegt außerhalb des Bereichs.</translation>
    </message>
    <message>
        <source>The session plays at {1} bpm, this take at {2} bpm: it is not stretched</source>
        <translation>Die Sitzung spielt mit {1} bpm, dieser Take mit {2} bpm: er wird nicht gestreckt</translation>
    </message>
    <message>
        <source>The settings could not be read and start anew.</source>
        <translation>Die Einstellungen ließen sich nicht lesen und beginnen neu.</translation>
    </message>
    <message>
        <source>The settings could not be saved.</source>
        <translation>Die Einstellungen ließen sich nicht sichern.</translation>
    </message>
    <message>
        <source>The settings could not be saved: the disk is full.</source>
        <translation>Die Einstellungen ließen sich nicht sichern: Die Platte ist voll.</translation>
    </message>
    <message>
        <source>The settings of the adapter {1} are damaged.</source>
        <translation>Die Einstellungen des Adapters {1} sind beschädigt.</translation>
    </message>
    <message>
        <source>The settings of the take are in the form; its seed is kept.</source>
        <translation>Die Einstellungen des Takes sind übernommen; sein Seed ist festgehalten.</translation>
    </message>
    <message>
        <source>The settings of the take are in the form; the seed is the one of before.</source>
        <translation>Die Einstellungen des Takes sind übernommen; der Seed ist der vorige.</translation>
    </message>
    <message>
        <source>The sound file of this take is gone.</source>
        <translation>Die Klangdatei dieses Takes ist weg.</translation>
    </message>
    <message>
        <source>The sound has samples that are not numbers.</source>
        <translation>Der Klang hat Samples, die keine Zahlen sind.</translation>
    </message>
    <message>
        <source>The sound output cannot be opened.</source>
        <translation>Die Klangausgabe lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The sound output is back.</source>
        <translation>Die Klangausgabe ist zurück.</translation>
    </message>
    <message>
        <source>The sound output went away while playing.</source>
        <translation>Die Klangausgabe verschwand während der Wiedergabe.</translation>
    </message>
    <message>
        <source>The sound system does not answer.</source>
        <translation>Das Klangsystem antwortet nicht.</translation>
    </message>
    <message>
        <source>The sound “{1}” that it was made from is not here.</source>
        <translation>Der Klang „{1}“, aus dem er gemacht ist, ist nicht hier.</translation>
    </message>
    <message>
        <source>The source “{1}” is gone.</source>
        <translation>Die Vorlage „{1}“ ist weg.</translation>
    </message>
    <message>
        <source>The star is gone</source>
        <translation>Der Stern ist weg</translation>
    </message>
    <message>
        <source>The summary “{1}” can only be part of the global condition.</source>
        <translation>Die Zusammenfassung „{1}“ kann nur Teil der globalen Bedingung sein.</translation>
    </message>
    <message>
        <source>The system allows this program no more threads.</source>
        <translation>Das System erlaubt diesem Programm keine weiteren Threads.</translation>
    </message>
    <message>
        <source>The system does not let this program look at “{1}”.</source>
        <translation>Das System lässt dieses Programm „{1}“ nicht ansehen.</translation>
    </message>
    <message>
        <source>The system gives this program no more memory.</source>
        <translation>Das System gibt diesem Programm keinen Speicher mehr.</translation>
    </message>
    <message>
        <source>The system lets this program open no more files.</source>
        <translation>Das System lässt dieses Programm keine weiteren Dateien öffnen.</translation>
    </message>
    <message>
        <source>The tag “{1}…” has {2} characters; {3} is the most.</source>
        <translation>Der Tag „{1}…“ hat {2} Zeichen; höchstens {3} gehen.</translation>
    </message>
    <message>
        <source>The tags are kept</source>
        <translation>Tags gesichert</translation>
    </message>
    <message>
        <source>The take could not be written to “{1}”{2}.</source>
        <translation>Der Take ließ sich nicht in „{1}“ schreiben{2}.</translation>
    </message>
    <message>
        <source>The take is in the comparison already</source>
        <translation>Der Take ist schon im Vergleich</translation>
    </message>
    <message>
        <source>The take is too long for a WAV file.</source>
        <translation>Der Take ist zu lang für eine WAV-Datei.</translation>
    </message>
    <message>
        <source>The take “{1}” is no longer there.</source>
        <translation>Den Take „{1}“ gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>The take&apos;s file ends earlier than it says.</source>
        <translation>Die Datei des Takes endet früher, als sie angibt.</translation>
    </message>
    <message>
        <source>The takes are not equally long: {1}.</source>
        <translation>Die Takes sind nicht gleich lang: {1}.</translation>
    </message>
    <message>
        <source>The takes could not all be moved to “{1}”: {2}.</source>
        <translation>Nicht alle Takes ließen sich nach „{1}“ verschieben: {2}.</translation>
    </message>
    <message>
        <source>The takes need {1} GB, and “{2}” has {3} GB free.</source>
        <translation>Die Takes brauchen {1} GB, und „{2}“ hat {3} GB frei.</translation>
    </message>
    <message>
        <source>The takes themselves are all there and can be used.</source>
        <translation>Die Takes selbst sind alle da und benutzbar.</translation>
    </message>
    <message>
        <source>The template of names is empty.</source>
        <translation>Die Vorlage für Namen ist leer.</translation>
    </message>
    <message>
        <source>The template of names is too long.</source>
        <translation>Die Vorlage für Namen ist zu lang.</translation>
    </message>
    <message>
        <source>The text encoder belongs to another model; get the model again.</source>
        <translation>Der Text-Encoder gehört zu einem anderen Modell; das Modell neu beschaffen.</translation>
    </message>
    <message>
        <source>The text encoder in the model&apos;s file is left out; the one in its own folder is used.</source>
        <translation>Der Text-Encoder in der Datei des Modells bleibt weg; verwendet wird der im eigenen Ordner.</translation>
    </message>
    <message>
        <source>The text encoder in {1} cannot be loaded.</source>
        <translation>Der Text-Encoder in {1} lässt sich nicht laden.</translation>
    </message>
    <message>
        <source>The text encoder in {1} has a {2} of {3}.</source>
        <translation>Der Text-Encoder in {1} hat {2} = {3}.</translation>
    </message>
    <message>
        <source>The text encoder in {1} has {2} weights by its config.json; the file holds {3}.</source>
        <translation>Der Text-Encoder in {1} hat laut config.json {2} Gewichte; die Datei hat {3}.</translation>
    </message>
    <message>
        <source>The text encoder in {1} is of the type {2}, not {3}.</source>
        <translation>Der Text-Encoder in {1} ist vom Typ {2}, nicht {3}.</translation>
    </message>
    <message>
        <source>The text encoder in {1} is too short for {2} tokens.</source>
        <translation>Der Text-Encoder in {1} ist zu kurz für {2} Token.</translation>
    </message>
    <message>
        <source>The text encoder in {1} {2}.</source>
        <translation>Der Text-Encoder in {1} {2}.</translation>
    </message>
    <message>
        <source>The timeline “{1}” can only travel beside latents.</source>
        <translation>Die Zeitleiste „{1}“ kann nur neben Latents laufen.</translation>
    </message>
    <message>
        <source>The token is forgotten.</source>
        <translation>Das Token ist vergessen.</translation>
    </message>
    <message>
        <source>The tokenizer in {1} does not fit its text encoder.</source>
        <translation>Der Tokenizer in {1} passt nicht zu seinem Text-Encoder.</translation>
    </message>
    <message>
        <source>The unfinished take could not be repaired.</source>
        <translation>Der unfertige Take ließ sich nicht reparieren.</translation>
    </message>
    <message>
        <source>The weight “{1}” has numbers that are not finite.</source>
        <translation>Das Gewicht „{1}“ hat Zahlen, die nicht endlich sind.</translation>
    </message>
    <message>
        <source>The weight “{1}” has the shape {2}; the model&apos;s description asks for {3}.</source>
        <translation>Das Gewicht „{1}“ hat die Form {2}; die Beschreibung des Modells verlangt {3}.</translation>
    </message>
    <message>
        <source>The weight “{1}” in {2} has values that are not numbers.</source>
        <translation>Das Gewicht „{1}“ in {2} hat Werte, die keine Zahlen sind.</translation>
    </message>
    <message>
        <source>The weight “{1}” is missing from the model.</source>
        <translation>Das Gewicht „{1}“ fehlt im Modell.</translation>
    </message>
    <message>
        <source>The weight “{1}” is stored in a way that is not known ({2}).</source>
        <translation>Das Gewicht „{1}“ ist auf unbekannte Weise gespeichert ({2}).</translation>
    </message>
    <message>
        <source>The weight “{1}” is stored incompletely or twice.</source>
        <translation>Das Gewicht „{1}“ ist unvollständig oder doppelt gespeichert.</translation>
    </message>
    <message>
        <source>The weight “{1}” is there only in part.</source>
        <translation>Das Gewicht „{1}“ ist nur zum Teil da.</translation>
    </message>
    <message>
        <source>The weight “{1}” is there twice, as “{2}” and “{3}”.</source>
        <translation>Das Gewicht „{1}“ ist doppelt da, als „{2}“ und „{3}“.</translation>
    </message>
    <message>
        <source>The weight “{1}” is there twice.</source>
        <translation>Das Gewicht „{1}“ ist doppelt da.</translation>
    </message>
    <message>
        <source>The weights in {1} are {2}, a kind of file that can run programs when opened; only {3} is read.</source>
        <translation>Die Gewichte in {1} sind {2}, eine Art Datei, die beim Öffnen Programme ausführen kann; gelesen wird nur {3}.</translation>
    </message>
    <message>
        <source>The window speaks {1} from the next start</source>
        <translation>Das Fenster spricht ab dem nächsten Start {1}</translation>
    </message>
    <message>
        <source>The {1} has {2} characters; {3} is the most.</source>
        <translation>{1}: {2} Zeichen; höchstens {3} gehen.</translation>
    </message>
    <message>
        <source>The {1} is empty.</source>
        <translation>Leer: {1}.</translation>
    </message>
    <message>
        <source>The {1} that this one was made from is not in the list.</source>
        <translation>Nicht in der Liste ist, woraus dieser gemacht wurde: {1}.</translation>
    </message>
    <message>
        <source>The {1}&apos;s sizes cannot be built: {2}.</source>
        <translation>Die Größen von {1} lassen sich nicht bauen: {2}.</translation>
    </message>
    <message>
        <source>There already is a file “{1}”.</source>
        <translation>Eine Datei „{1}“ gibt es schon.</translation>
    </message>
    <message>
        <source>There are too few or too many takes to glue.</source>
        <translation>Zum Zusammenfügen sind es zu wenige oder zu viele Takes.</translation>
    </message>
    <message>
        <source>There are {1} presets already.</source>
        <translation>Es gibt schon {1} Presets.</translation>
    </message>
    <message>
        <source>There are {1} takes.</source>
        <translation>Es gibt {1} Takes.</translation>
    </message>
    <message>
        <source>There are: {1}.</source>
        <translation>Es gibt: {1}.</translation>
    </message>
    <message>
        <source>There is a model called “{1}” already.</source>
        <translation>Ein Modell namens „{1}“ gibt es schon.</translation>
    </message>
    <message>
        <source>There is a take of this prompt, seed and length already: this one will sound the same.</source>
        <translation>Einen Take mit diesem Prompt, Seed und dieser Länge gibt es schon: Dieser wird gleich klingen.</translation>
    </message>
    <message>
        <source>There is no adapter {1}.</source>
        <translation>Es gibt keinen Adapter {1}.</translation>
    </message>
    <message>
        <source>There is no file {1} any more; put it back and use the settings again, or go on without.</source>
        <translation>Die Datei {1} gibt es nicht mehr; sie zurücklegen und die Einstellungen noch einmal übernehmen oder ohne sie weitermachen.</translation>
    </message>
    <message>
        <source>There is no file “{1}”.</source>
        <translation>Es gibt keine Datei „{1}“.</translation>
    </message>
    <message>
        <source>There is no finished take to compare</source>
        <translation>Es gibt keinen fertigen Take zu vergleichen</translation>
    </message>
    <message>
        <source>There is no folder {1}.</source>
        <translation>Es gibt keinen Ordner {1}.</translation>
    </message>
    <message>
        <source>There is no model folder {1}.</source>
        <translation>Es gibt keinen Ordner eines Modells {1}.</translation>
    </message>
    <message>
        <source>There is no model “{1}” to remove.</source>
        <translation>Es gibt kein Modell „{1}“ zu entfernen.</translation>
    </message>
    <message>
        <source>There is no model “{1}”.</source>
        <translation>Es gibt kein Modell „{1}“.</translation>
    </message>
    <message>
        <source>There is no model.safetensors in {1}.</source>
        <translation>In {1} ist keine model.safetensors.</translation>
    </message>
    <message>
        <source>There is no passage to make anew.</source>
        <translation>Es gibt keinen Abschnitt, der neu zu erzeugen wäre.</translation>
    </message>
    <message>
        <source>There is no passage to start from.</source>
        <translation>Es gibt keinen Abschnitt, mit dem sich beginnen ließe.</translation>
    </message>
    <message>
        <source>There is no sampler named {1}.</source>
        <translation>Es gibt keinen Sampler namens {1}.</translation>
    </message>
    <message>
        <source>There is no sound of this take to keep.</source>
        <translation>Von diesem Take gibt es keinen Klang zu behalten.</translation>
    </message>
    <message>
        <source>There is no text encoder in {1}.</source>
        <translation>In {1} ist kein Text-Encoder.</translation>
    </message>
    <message>
        <source>There is no {1} in {2}, and more than one other file with weights: {3}.</source>
        <translation>In {2} ist kein {1}, und mehr als eine andere Datei mit Gewichten: {3}.</translation>
    </message>
    <message>
        <source>There is no {1} in {2}.</source>
        <translation>In {2} ist kein {1}.</translation>
    </message>
    <message>
        <source>There is not enough memory for this model.</source>
        <translation>Für dieses Modell reicht der Speicher nicht.</translation>
    </message>
    <message>
        <source>There is not enough memory to open this take.</source>
        <translation>Um diesen Take zu öffnen, reicht der Speicher nicht.</translation>
    </message>
    <message>
        <source>There is nothing at “{1}”.</source>
        <translation>Bei „{1}“ ist nichts.</translation>
    </message>
    <message>
        <source>There is nothing between the noise levels {1} and {2} to guide at.</source>
        <translation>Zwischen den Rauschpegeln {1} und {2} liegt nichts, wo gelenkt werden könnte.</translation>
    </message>
    <message>
        <source>There is nothing to export from {1} s on: the sound is {2} s long.</source>
        <translation>Ab {1} s gibt es nichts zu exportieren: Der Klang ist {2} s lang.</translation>
    </message>
    <message>
        <source>These weights are the average that the training kept.</source>
        <translation>Diese Gewichte sind der Mittelwert, den das Training behielt.</translation>
    </message>
    <message>
        <source>They are in {1}</source>
        <translation>Sie sind in {1}</translation>
    </message>
    <message>
        <source>They are kept in {1}.</source>
        <translation>Sie liegen in {1}.</translation>
    </message>
    <message>
        <source>They last {1}.</source>
        <translation>Sie dauern {1}.</translation>
    </message>
    <message>
        <source>This Musicapp does not know {1}.</source>
        <translation>Dieses Musicapp kennt nicht: {1}.</translation>
    </message>
    <message>
        <source>This diffusers folder is a pipeline of the type “{1}”, not {2} or {3}.</source>
        <translation>Dieser diffusers-Ordner ist eine Pipeline vom Typ „{1}“, nicht {2} oder {3}.</translation>
    </message>
    <message>
        <source>This is an autoencoder alone: it turns audio into latents and back, but has no transformer to make music.</source>
        <translation>Das ist nur ein Autoencoder: Er macht aus Klang Latents und zurück, hat aber keinen Transformer für Musik.</translation>
    </message>
    <message>
        <source>This is not a token.</source>
        <translation>Das ist kein Token.</translation>
    </message>
    <message>
        <source>This machine has no {1} that PyTorch can use.</source>
        <translation>Dieser Computer hat keine {1}, die PyTorch verwenden kann.</translation>
    </message>
    <message>
        <source>This machine orders bytes unlike the files of models.</source>
        <translation>Dieser Computer ordnet Bytes anders als die Dateien der Modelle.</translation>
    </message>
    <message>
        <source>This model can use: {1}.</source>
        <translation>Dieses Modell kennt: {1}.</translation>
    </message>
    <message>
        <source>This model cannot be removed now.</source>
        <translation>Dieses Modell lässt sich gerade nicht entfernen.</translation>
    </message>
    <message>
        <source>This model does not know: {1}.{2}</source>
        <translation>Dieses Modell kennt nicht: {1}.{2}</translation>
    </message>
    <message>
        <source>This model in {1}</source>
        <translation>Dieses Modell in {1}</translation>
    </message>
    <message>
        <source>This model needs a feature that this version does not have; choose another model.</source>
        <translation>Dieses Modell braucht etwas, das diese Version nicht kann; ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>This model needs a value for “{1}”.</source>
        <translation>Dieses Modell braucht einen Wert für „{1}“.</translation>
    </message>
    <message>
        <source>This model wants conditions that were encoded before.</source>
        <translation>Dieses Modell verlangt Bedingungen, die schon kodiert sind.</translation>
    </message>
    <message>
        <source>This model_config.json is {1}.</source>
        <translation>Diese model_config.json ist {1}.</translation>
    </message>
    <message>
        <source>This output is not there any more.</source>
        <translation>Diese Ausgabe ist nicht mehr da.</translation>
    </message>
    <message>
        <source>This system has no keyring that could keep the token.</source>
        <translation>Dieses System hat keinen Schlüsselbund, der das Token aufbewahren könnte.</translation>
    </message>
    <message>
        <source>This version cannot tell what it changes; choose another model or update the app.</source>
        <translation>Diese Version weiß nicht, was sie ändert; ein anderes Modell wählen oder die App erneuern.</translation>
    </message>
    <message>
        <source>Those in “{1}” are listed. None is lost.</source>
        <translation>Die in „{1}“ sind aufgelistet. Keiner ist verloren.</translation>
    </message>
    <message>
        <source>Those of before stay in “{1}”.</source>
        <translation>Die früheren bleiben in „{1}“.</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>Wegwerfen</translation>
    </message>
    <message>
        <source>Throw away again when the export is done.</source>
        <translation>Noch einmal wegwerfen, wenn der Export fertig ist.</translation>
    </message>
    <message>
        <source>To share, −14 LUFS</source>
        <translation>Zum Teilen, −14 LUFS</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>Zu viele offene Dateien</translation>
    </message>
    <message>
        <source>Trumpet</source>
        <translation>Trompete</translation>
    </message>
    <message>
        <source>Try again later. {1}</source>
        <translation>Später noch einmal versuchen. {1}</translation>
    </message>
    <message>
        <source>Try again later; a proxy or a log-in page of the network may have answered instead.</source>
        <translation>Später noch einmal versuchen; vielleicht hat stattdessen ein Proxy oder eine Anmeldeseite des Netzes geantwortet.</translation>
    </message>
    <message>
        <source>Try again. {1}</source>
        <translation>Noch einmal versuchen. {1}</translation>
    </message>
    <message>
        <source>Try again: it starts anew. Earlier takes are safe; details are in the log folder.</source>
        <translation>Noch einmal versuchen: Sie startet neu. Frühere Takes sind sicher; Einzelheiten stehen im Protokollordner.</translation>
    </message>
    <message>
        <source>Try less guidance, another sampler or another seed.</source>
        <translation>Weniger Guidance, einen anderen Sampler oder einen anderen Seed versuchen.</translation>
    </message>
    <message>
        <source>Two conditions of the model have the same name.</source>
        <translation>Zwei Bedingungen des Modells haben denselben Namen.</translation>
    </message>
    <message>
        <source>Two of the passages overlap.</source>
        <translation>Zwei der Abschnitte überlappen.</translation>
    </message>
    <message>
        <source>Type a time, for example 0:30.</source>
        <translation>Eine Zeit eingeben, zum Beispiel 0:30.</translation>
    </message>
    <message>
        <source>Type seconds or minutes:seconds, for example 90 or 1:30.</source>
        <translation>Sekunden oder Minuten:Sekunden eingeben, zum Beispiel 90 oder 1:30.</translation>
    </message>
    <message>
        <source>Type seconds, for example 30, or 1:30.</source>
        <translation>Sekunden eingeben, zum Beispiel 30, oder 1:30.</translation>
    </message>
    <message>
        <source>Type seconds, for example 30.</source>
        <translation>Sekunden eingeben, zum Beispiel 30.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undone</source>
        <translation>Rückgängig gemacht</translation>
    </message>
    <message>
        <source>Unset it, or import a file that you have.</source>
        <translation>Sie aufheben oder eine vorhandene Datei importieren.</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Ohne Titel</translation>
    </message>
    <message>
        <source>Up to {1}</source>
        <translation>Bis {1}</translation>
    </message>
    <message>
        <source>Use 0 to 1: 0 is the source itself, 1 ignores it.</source>
        <translation>0 bis 1 verwenden: 0 ist die Vorlage selbst, bei 1 zählt sie nicht.</translation>
    </message>
    <message>
        <source>Use 0 to {1}.</source>
        <translation>0 bis {1} verwenden.</translation>
    </message>
    <message>
        <source>Use 1 to 16.</source>
        <translation>1 bis 16 verwenden.</translation>
    </message>
    <message>
        <source>Use 1 to {1}, or a newer Musicapp.</source>
        <translation>1 bis {1} verwenden oder ein neueres Musicapp.</translation>
    </message>
    <message>
        <source>Use 1 to {1}.</source>
        <translation>1 bis {1} verwenden.</translation>
    </message>
    <message>
        <source>Use 2 to {1}.</source>
        <translation>2 bis {1} verwenden.</translation>
    </message>
    <message>
        <source>Use WAV, FLAC, Ogg, MP3 or AIFF; the file may also be damaged.</source>
        <translation>WAV, FLAC, Ogg, MP3 oder AIFF verwenden; die Datei kann auch beschädigt sein.</translation>
    </message>
    <message>
        <source>Use a shorter one.</source>
        <translation>Einen kürzeren wählen.</translation>
    </message>
    <message>
        <source>Use a sound of {1} seconds or more.</source>
        <translation>Einen Klang von mindestens {1} Sekunden verwenden.</translation>
    </message>
    <message>
        <source>Use a whole number from 0 to {1}, or roll the dice.</source>
        <translation>Eine ganze Zahl von 0 bis {1} verwenden oder würfeln.</translation>
    </message>
    <message>
        <source>Use all but its seed</source>
        <translation>Alles außer dem Seed übernehmen</translation>
    </message>
    <message>
        <source>Use another machine.</source>
        <translation>Einen anderen Computer verwenden.</translation>
    </message>
    <message>
        <source>Use at most {1} characters.</source>
        <translation>Höchstens {1} Zeichen verwenden.</translation>
    </message>
    <message>
        <source>Use its seed</source>
        <translation>Seed übernehmen</translation>
    </message>
    <message>
        <source>Use letters and digits.</source>
        <translation>Buchstaben und Ziffern verwenden.</translation>
    </message>
    <message>
        <source>Use letters, digits, spaces and hyphens; none of \ / : * ? &quot; &lt; &gt; |.</source>
        <translation>Buchstaben, Ziffern, Leerzeichen und Bindestriche verwenden; keines von \ / : * ? &quot; &lt; &gt; |.</translation>
    </message>
    <message>
        <source>Use one of: auto, {1}.</source>
        <translation>Eines davon verwenden: auto, {1}.</translation>
    </message>
    <message>
        <source>Use one of: {1}.</source>
        <translation>Eines davon verwenden: {1}.</translation>
    </message>
    <message>
        <source>Use settings</source>
        <translation>Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>Use the usual folder</source>
        <translation>Den üblichen Ordner verwenden</translation>
    </message>
    <message>
        <source>Use two numbers from 0 to 1, the smaller one first, for example 0.2-0.9.</source>
        <translation>Zwei Zahlen von 0 bis 1 angeben, die kleinere zuerst, zum Beispiel 0.2-0.9.</translation>
    </message>
    <message>
        <source>Use {1} at most.</source>
        <translation>Höchstens {1} verwenden.</translation>
    </message>
    <message>
        <source>Use {1} seconds or more.</source>
        <translation>{1} Sekunden oder mehr verwenden.</translation>
    </message>
    <message>
        <source>Use {1} to {2} Hz.</source>
        <translation>{1} bis {2} Hz verwenden.</translation>
    </message>
    <message>
        <source>Use {1} to {2} {3}.</source>
        <translation>{1} bis {2} {3} verwenden.</translation>
    </message>
    <message>
        <source>Use {1} to {2}.</source>
        <translation>{1} bis {2} verwenden.</translation>
    </message>
    <message>
        <source>Use {1} to {2}; 1 is as it was trained, 0 is off.</source>
        <translation>{1} bis {2} verwenden; 1 ist wie trainiert, 0 ist aus.</translation>
    </message>
    <message>
        <source>Violin</source>
        <translation>Geige</translation>
    </message>
    <message>
        <source>WAV, 16 bit</source>
        <translation>WAV, 16 Bit</translation>
    </message>
    <message>
        <source>WAV, 24 bit</source>
        <translation>WAV, 24 Bit</translation>
    </message>
    <message>
        <source>WAV, 32 bit float</source>
        <translation>WAV, 32 Bit Float</translation>
    </message>
    <message>
        <source>Wait until it is complete, then retry.</source>
        <translation>Warten, bis es vollständig ist, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Wait until it is done, then try again.</source>
        <translation>Warten, bis es fertig ist, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>Warten, bis es fertig ist.</translation>
    </message>
    <message>
        <source>Wait until the copy or download has finished, then try again.</source>
        <translation>Warten, bis das Kopieren oder Herunterladen fertig ist, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>Waiting for the engine …</source>
        <translation>Wartet auf die Engine …</translation>
    </message>
    <message>
        <source>Waits for the other download</source>
        <translation>Wartet auf den anderen Download</translation>
    </message>
    <message>
        <source>Warm pads</source>
        <translation>Warme Pads</translation>
    </message>
    <message>
        <source>What is being made stays.</source>
        <translation>Was gerade entsteht, bleibt.</translation>
    </message>
    <message>
        <source>What was made of the take could not be kept.</source>
        <translation>Was vom Take entstanden ist, ließ sich nicht behalten.</translation>
    </message>
    <message>
        <source>What was made of this take, {1}, is kept in the list.</source>
        <translation>Was von diesem Take entstanden ist, {1}, bleibt in der Liste.</translation>
    </message>
    <message>
        <source>Whole songs with the best structure and sound, in eight steps; slow without a GPU.</source>
        <translation>Ganze Stücke mit bestem Aufbau und Klang, in acht Schritten; ohne Grafikkarte langsam.</translation>
    </message>
    <message>
        <source>With passages made anew of</source>
        <translation>Mit neu erzeugten Abschnitten von</translation>
    </message>
    <message>
        <source>With the others it will make other music; a newer Musicapp may know them.</source>
        <translation>Mit den übrigen entsteht andere Musik; ein neueres Musicapp kennt sie vielleicht.</translation>
    </message>
    <message>
        <source>Write it anew with another program.</source>
        <translation>Mit einem anderen Programm neu schreiben.</translation>
    </message>
    <message>
        <source>Write one, for example 90 bpm.</source>
        <translation>Eines schreiben, zum Beispiel 90 bpm.</translation>
    </message>
    <message>
        <source>Zero crossings</source>
        <translation>Nulldurchgänge</translation>
    </message>
    <message>
        <source>about {1} left</source>
        <translation>noch etwa {1}</translation>
    </message>
    <message>
        <source>blues</source>
        <translation>Blues</translation>
    </message>
    <message>
        <source>checking, {1} of {2}</source>
        <translation>wird geprüft, {1} von {2}</translation>
    </message>
    <message>
        <source>choose the precision int8 or int4</source>
        <translation>die Genauigkeit int8 oder int4 wählen</translation>
    </message>
    <message>
        <source>copying, {1} of {2}</source>
        <translation>wird kopiert, {1} von {2}</translation>
    </message>
    <message>
        <source>fetching, {1} of {2}</source>
        <translation>wird geholt, {1} von {2}</translation>
    </message>
    <message>
        <source>lydian</source>
        <translation>lydisch</translation>
    </message>
    <message>
        <source>major</source>
        <translation>Dur</translation>
    </message>
    <message>
        <source>major pentatonic</source>
        <translation>Dur-Pentatonik</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>mittel</translation>
    </message>
    <message>
        <source>minor</source>
        <translation>Moll</translation>
    </message>
    <message>
        <source>minor pentatonic</source>
        <translation>Moll-Pentatonik</translation>
    </message>
    <message>
        <source>mixolydian</source>
        <translation>mixolydisch</translation>
    </message>
    <message>
        <source>negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>phrygian</source>
        <translation>phrygisch</translation>
    </message>
    <message>
        <source>phrygian dominant</source>
        <translation>phrygisch-dominant</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>langsam</translation>
    </message>
    <message>
        <source>{1} The queue goes on, but a crash would lose it.</source>
        <translation>{1} Die Warteschlange läuft weiter, aber ein Absturz würde sie verlieren.</translation>
    </message>
    <message>
        <source>{1} are nothing that Musicapp can use.</source>
        <translation>Mit {1} kann Musicapp nichts anfangen.</translation>
    </message>
    <message>
        <source>{1} are of a kind that Musicapp does not read, or damaged.</source>
        <translation>{1} sind von einer Art, die Musicapp nicht liest, oder beschädigt.</translation>
    </message>
    <message>
        <source>{1} cannot stand in the name of a file and are left out.</source>
        <translation>{1} können nicht im Namen einer Datei stehen und bleiben weg.</translation>
    </message>
    <message>
        <source>{1} cannot stand in the name of a file and is left out.</source>
        <translation>{1} kann nicht im Namen einer Datei stehen und bleibt weg.</translation>
    </message>
    <message>
        <source>{1} is of a kind that Musicapp does not read, or damaged.</source>
        <translation>{1} ist von einer Art, die Musicapp nicht liest, oder beschädigt.</translation>
    </message>
    <message>
        <source>“{1}” lasts {2}; a variation of it cannot last longer.</source>
        <translation>„{1}“ dauert {2}; eine Variation davon kann nicht länger dauern.</translation>
    </message>
    <message>
        <source>“{1}…” is too long to name a file.</source>
        <translation>„{1}…“ ist als Dateiname zu lang.</translation>
    </message>
    <message>
        <source>You can go on working.</source>
        <translation>Es lässt sich weiterarbeiten.</translation>
    </message>
    <message>
        <source>Choose another model and then this one again, or restart Musicapp.</source>
        <translation>Ein anderes Modell und dann wieder dieses wählen oder Musicapp neu starten.</translation>
    </message>
    <message>
        <source>Free some space: what is in the trash can be deleted for good.</source>
        <translation>Platz schaffen: Was im Papierkorb ist, lässt sich endgültig löschen.</translation>
    </message>
    <message>
        <source>Get the text encoder again.</source>
        <translation>Den Text-Encoder neu beschaffen.</translation>
    </message>
    <message>
        <source>One take is</source>
        <translation>Ein Take</translation>
    </message>
    <message>
        <source>One take is out of the queue.</source>
        <translation>Ein Take ist aus der Warteschlange genommen.</translation>
    </message>
    <message>
        <source>Open it again to see it as it is now.</source>
        <translation>Noch einmal öffnen, um sie so zu sehen, wie sie jetzt ist.</translation>
    </message>
    <message>
        <source>Settings of the take are back, but not the adapter {1}.</source>
        <translation>Die Einstellungen des Takes sind zurück, aber nicht der Adapter {1}.</translation>
    </message>
    <message>
        <source>Settings of the take are back, but not the adapters {1}.</source>
        <translation>Die Einstellungen des Takes sind zurück, aber nicht die Adapter {1}.</translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation>Aus der Warteschlange nehmen</translation>
    </message>
    <message>
        <source>That part cannot be used.</source>
        <translation>Dieser Teil ist nicht zu gebrauchen.</translation>
    </message>
    <message>
        <source>That part is too short.</source>
        <translation>Dieser Teil ist zu kurz.</translation>
    </message>
    <message>
        <source>The details of the take could not be saved in “{1}”{2}.</source>
        <translation>Die Angaben zum Take ließen sich in „{1}“ nicht sichern{2}.</translation>
    </message>
    <message>
        <source>Vary it, make passages of it anew, add music to it, close it to a loop, or glue it with other takes.</source>
        <translation>Sie variieren, Abschnitte neu erzeugen, Musik anfügen, zu einem Loop schließen oder mit anderen Takes zusammenfügen.</translation>
    </message>
    <message>
        <source>Your models are in {1} now.</source>
        <translation>Die Modelle sind jetzt in {1}.</translation>
    </message>
    <message>
        <source>asking the hub</source>
        <translation>der Hub wird gefragt</translation>
    </message>
    <message>
        <source>asks to slow down</source>
        <translation>bittet um langsamere Anfragen</translation>
    </message>
    <message>
        <source>cannot stand in the name of a file.</source>
        <translation>kann nicht im Namen einer Datei stehen.</translation>
    </message>
    <message>
        <source>differs from full precision by −{1} dB (mel distance {2})</source>
        <translation>weicht um −{1} dB von voller Genauigkeit ab (Mel-Abstand {2})</translation>
    </message>
    <message>
        <source>does not say the format of its samples</source>
        <translation>nennt das Format seiner Samples nicht</translation>
    </message>
    <message>
        <source>dorian</source>
        <translation>dorisch</translation>
    </message>
    <message>
        <source>double harmonic</source>
        <translation>doppelt harmonisch</translation>
    </message>
    <message>
        <source>drums</source>
        <translation>Schlagzeug</translation>
    </message>
    <message>
        <source>ends before its header does</source>
        <translation>endet vor dem Ende ihres Kopfs</translation>
    </message>
    <message>
        <source>everything was read</source>
        <translation>alles wurde gelesen</translation>
    </message>
    <message>
        <source>fast</source>
        <translation>schnell</translation>
    </message>
    <message>
        <source>full precision</source>
        <translation>volle Genauigkeit</translation>
    </message>
    <message>
        <source>harmonic minor</source>
        <translation>harmonisch Moll</translation>
    </message>
    <message>
        <source>has a damaged header</source>
        <translation>hat einen beschädigten Kopf</translation>
    </message>
    <message>
        <source>has a problem of its own</source>
        <translation>hat selbst ein Problem</translation>
    </message>
    <message>
        <source>has its bytes in the other order, which is not read; save it as WAV anew</source>
        <translation>hat ihre Bytes in der anderen Reihenfolge, die nicht gelesen wird; neu als WAV sichern</translation>
    </message>
    <message>
        <source>has no samples</source>
        <translation>hat keine Samples</translation>
    </message>
    <message>
        <source>hirajoshi</source>
        <translation>Hirajoshi</translation>
    </message>
    <message>
        <source>holds its sound in a form that is not read (code {1}, {2} bits)</source>
        <translation>enthält ihren Klang in einer Form, die nicht gelesen wird (Code {1}, {2} Bit)</translation>
    </message>
    <message>
        <source>in-sen</source>
        <translation>In-Sen</translation>
    </message>
    <message>
        <source>is a Wave64 file, which is not read; save it as WAV</source>
        <translation>ist eine Wave64-Datei, die nicht gelesen wird; als WAV sichern</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>is no WAV file</source>
        <translation>ist keine WAV-Datei</translation>
    </message>
    <message>
        <source>it could not be written</source>
        <translation>sie ließ sich nicht schreiben</translation>
    </message>
    <message>
        <source>its key: Cmin</source>
        <translation>seine Tonart: Cmin</translation>
    </message>
    <message>
        <source>its length: 1m30s</source>
        <translation>seine Länge: 1m30s</translation>
    </message>
    <message>
        <source>its number among several: 01</source>
        <translation>seine Nummer unter mehreren: 01</translation>
    </message>
    <message>
        <source>its seed</source>
        <translation>sein Seed</translation>
    </message>
    <message>
        <source>its tempo</source>
        <translation>sein Tempo</translation>
    </message>
    <message>
        <source>lowered by {1} dB so that no player clips</source>
        <translation>um {1} dB abgesenkt, damit kein Player übersteuert</translation>
    </message>
    <message>
        <source>more than is free</source>
        <translation>mehr als frei ist</translation>
    </message>
    <message>
        <source>move again.</source>
        <translation>noch einmal verschieben.</translation>
    </message>
    <message>
        <source>moving, {1} of {2}</source>
        <translation>wird verschoben, {1} von {2}</translation>
    </message>
    <message>
        <source>nearest known: {1}</source>
        <translation>am nächsten kommt: {1}</translation>
    </message>
    <message>
        <source>no drums</source>
        <translation>ohne Schlagzeug</translation>
    </message>
    <message>
        <source>no level</source>
        <translation>kein Pegel</translation>
    </message>
    <message>
        <source>no list of takes</source>
        <translation>keine Liste von Takes</translation>
    </message>
    <message>
        <source>no list of takes of this version</source>
        <translation>keine Liste von Takes dieser Version</translation>
    </message>
    <message>
        <source>no state of a take</source>
        <translation>kein Zustand eines Takes</translation>
    </message>
    <message>
        <source>no tempo or key</source>
        <translation>kein Tempo oder keine Tonart</translation>
    </message>
    <message>
        <source>pretransform.scale is {1}, not a number above 0.</source>
        <translation>pretransform.scale ist {1}, keine Zahl über 0.</translation>
    </message>
    <message>
        <source>says that it has {1} samples per second</source>
        <translation>nennt {1} Samples je Sekunde</translation>
    </message>
    <message>
        <source>take</source>
        <translation>Take</translation>
    </message>
    <message>
        <source>text encoder</source>
        <translation>Text-Encoder</translation>
    </message>
    <message>
        <source>the disk got full</source>
        <translation>die Platte wurde voll</translation>
    </message>
    <message>
        <source>the disk has no room for one</source>
        <translation>auf der Platte ist kein Platz dafür</translation>
    </message>
    <message>
        <source>the folder cannot be written</source>
        <translation>der Ordner lässt sich nicht beschreiben</translation>
    </message>
    <message>
        <source>the model’s name</source>
        <translation>der Name des Modells</translation>
    </message>
    <message>
        <source>the system’s language</source>
        <translation>die Sprache des Systems</translation>
    </message>
    <message>
        <source>the take’s title, or how its prompt begins</source>
        <translation>der Titel des Takes oder wie sein Prompt beginnt</translation>
    </message>
    <message>
        <source>trying again in {1}</source>
        <translation>neuer Versuch in {1}</translation>
    </message>
    <message>
        <source>{1} ({2}) is not a multiple of {3} ({4}).</source>
        <translation>{1} ({2}) ist kein Vielfaches von {3} ({4}).</translation>
    </message>
    <message>
        <source>{1} A smaller strength may do.</source>
        <translation>{1} Vielleicht reicht eine kleinere Stärke.</translation>
    </message>
    <message>
        <source>{1} Hz is no usual sample rate.</source>
        <translation>{1} Hz ist keine übliche Abtastrate.</translation>
    </message>
    <message>
        <source>{1} The file of before is kept in {2}.</source>
        <translation>{1} Die frühere Datei liegt in {2}.</translation>
    </message>
    <message>
        <source>{1} The old ones are kept in {2}.</source>
        <translation>{1} Die alten liegen in {2}.</translation>
    </message>
    <message>
        <source>{1} You can go on working.</source>
        <translation>{1} Es lässt sich weiterarbeiten.</translation>
    </message>
    <message>
        <source>{1} and the files beside it differ in the weight “{2}”.</source>
        <translation>{1} und die Dateien daneben unterscheiden sich im Gewicht „{2}“.</translation>
    </message>
    <message>
        <source>{1} and “{2}”</source>
        <translation>{1} und „{2}“</translation>
    </message>
    <message>
        <source>{1} are being exported and stayed.</source>
        <translation>{1} werden noch exportiert und blieben.</translation>
    </message>
    <message>
        <source>{1} are free</source>
        <translation>{1} sind frei</translation>
    </message>
    <message>
        <source>{1} are in the trash.</source>
        <translation>{1} sind im Papierkorb.</translation>
    </message>
    <message>
        <source>{1} bars of that tempo are too short for a loop.</source>
        <translation>{1} Takte in diesem Tempo sind zu kurz für einen Loop.</translation>
    </message>
    <message>
        <source>{1} can be pasted as a file</source>
        <translation>{1} lässt sich als Datei einfügen</translation>
    </message>
    <message>
        <source>{1} cannot be reached.</source>
        <translation>{1} ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>{1} cannot be read.</source>
        <translation>{1} lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{1} cannot hold a loop: it adds silence at its edges.</source>
        <translation>{1} kann keinen Loop enthalten: Das Format fügt an den Rändern Stille an.</translation>
    </message>
    <message>
        <source>{1} changed while it was copied.</source>
        <translation>{1} hat sich beim Kopieren geändert.</translation>
    </message>
    <message>
        <source>{1} could not be read.</source>
        <translation>{1}: nicht lesbar.</translation>
    </message>
    <message>
        <source>{1} dB quieter than {2} LUFS: its peaks would pass {3} dBTP</source>
        <translation>{1} dB leiser als {2} LUFS: Die Spitzen würden {3} dBTP übersteigen</translation>
    </message>
    <message>
        <source>{1} does not exist in the revision asked for.</source>
        <translation>{1} gibt es in der gewünschten Revision nicht.</translation>
    </message>
    <message>
        <source>{1} does not say where the weights are.</source>
        <translation>{1} sagt nicht, wo die Gewichte sind.</translation>
    </message>
    <message>
        <source>{1} files</source>
        <translation>{1} Dateien</translation>
    </message>
    <message>
        <source>{1} first: {2}</source>
        <translation>Zuerst {1}: {2}</translation>
    </message>
    <message>
        <source>{1} gave an answer about {2} that makes no sense.</source>
        <translation>{1} gab über {2} eine Antwort, die keinen Sinn ergibt.</translation>
    </message>
    <message>
        <source>{1} has a version that is not known.</source>
        <translation>{1} hat eine unbekannte Version.</translation>
    </message>
    <message>
        <source>{1} has a weight “{2}” that no part of the model uses.</source>
        <translation>{1} hat ein Gewicht „{2}“, das kein Teil des Modells verwendet.</translation>
    </message>
    <message>
        <source>{1} has no rate of {2} Hz.</source>
        <translation>{1} kennt keine Rate von {2} Hz.</translation>
    </message>
    <message>
        <source>{1} has no readable tokenizer.json.</source>
        <translation>{1} hat keine lesbare tokenizer.json.</translation>
    </message>
    <message>
        <source>{1} has no {2}{3} in this revision.</source>
        <translation>{1} hat in dieser Revision kein {2}{3}.</translation>
    </message>
    <message>
        <source>{1} has numbers that are not finite in “{2}”.</source>
        <translation>{1} hat in „{2}“ Zahlen, die nicht endlich sind.</translation>
    </message>
    <message>
        <source>{1} has something called “{2}” already.</source>
        <translation>In {1} gibt es schon etwas namens „{2}“.</translation>
    </message>
    <message>
        <source>{1} has too many files for a model.</source>
        <translation>{1} hat zu viele Dateien für ein Modell.</translation>
    </message>
    <message>
        <source>{1} has {2} rows, not {3}</source>
        <translation>{1} hat {2} Zeilen, nicht {3}</translation>
    </message>
    <message>
        <source>{1} has “{2}” in a number format that is not read ({3}).</source>
        <translation>{1} hat „{2}“ in einem Zahlenformat, das nicht gelesen wird ({3}).</translation>
    </message>
    <message>
        <source>{1} holds at most {2} channels; this sound has {3}.</source>
        <translation>{1} fasst höchstens {2} Kanäle; dieser Klang hat {3}.</translation>
    </message>
    <message>
        <source>{1} holds neither a model nor a text encoder that is known.</source>
        <translation>{1} enthält weder ein Modell noch einen bekannten Text-Encoder.</translation>
    </message>
    <message>
        <source>{1} holds no adapter.</source>
        <translation>{1} enthält keinen Adapter.</translation>
    </message>
    <message>
        <source>{1} holds no audio tower.</source>
        <translation>{1} enthält keinen Teil, der Ton liest.</translation>
    </message>
    <message>
        <source>{1} holds {2}.</source>
        <translation>{1} enthält {2}.</translation>
    </message>
    <message>
        <source>{1} in the folder of takes could not be read. All other takes are here.</source>
        <translation>{1} im Ordner der Takes: nicht lesbar. Alle anderen Takes sind hier.</translation>
    </message>
    <message>
        <source>{1} in the queue again</source>
        <translation>{1} wieder in der Warteschlange</translation>
    </message>
    <message>
        <source>{1} in {2} asks for code of its own ({3}), which is never run.</source>
        <translation>{1} in {2} verlangt eigenen Code ({3}), der nie ausgeführt wird.</translation>
    </message>
    <message>
        <source>{1} in {2} changed since its model was loaded.</source>
        <translation>{1} in {2} hat sich geändert, seit das Modell geladen wurde.</translation>
    </message>
    <message>
        <source>{1} in {2} changed while it was read.</source>
        <translation>{1} in {2} hat sich beim Lesen geändert.</translation>
    </message>
    <message>
        <source>{1} in {2} holds no weights.</source>
        <translation>{1} in {2} enthält keine Gewichte.</translation>
    </message>
    <message>
        <source>{1} in {2} is a link to a place outside.</source>
        <translation>{1} in {2} ist eine Verknüpfung nach außerhalb.</translation>
    </message>
    <message>
        <source>{1} in {2} is damaged or incomplete, or in a number format that is not known: {3}.</source>
        <translation>{1} in {2} ist beschädigt, unvollständig oder in einem unbekannten Zahlenformat: {3}.</translation>
    </message>
    <message>
        <source>{1} in {2} is damaged or incomplete.</source>
        <translation>{1} in {2} ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>{1} in {2} is damaged: it is not valid JSON.</source>
        <translation>{1} in {2} ist beschädigt: kein gültiges JSON.</translation>
    </message>
    <message>
        <source>{1} in {2} is no ordinary file.</source>
        <translation>{1} in {2} ist keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>{1} is a file.</source>
        <translation>{1} ist eine Datei.</translation>
    </message>
    <message>
        <source>{1} is a kind of file that can run programs when it is opened, so it never is.</source>
        <translation>{1} ist eine Art Datei, die beim Öffnen Programme ausführen kann, und wird darum nie geöffnet.</translation>
    </message>
    <message>
        <source>{1} is an adapter of an unknown kind: it has “{2}”.</source>
        <translation>{1} ist ein Adapter unbekannter Art: Er hat „{2}“.</translation>
    </message>
    <message>
        <source>{1} is an adapter, not a model.</source>
        <translation>{1} ist ein Adapter, kein Modell.</translation>
    </message>
    <message>
        <source>{1} is being exported and stayed.</source>
        <translation>{1} wird noch exportiert und blieb.</translation>
    </message>
    <message>
        <source>{1} is being fetched already.</source>
        <translation>{1} wird schon heruntergeladen.</translation>
    </message>
    <message>
        <source>{1} is damaged, or no adapter at all.</source>
        <translation>{1} ist beschädigt oder gar kein Adapter.</translation>
    </message>
    <message>
        <source>{1} is far too large to be a description.</source>
        <translation>{1} ist viel zu groß für eine Beschreibung.</translation>
    </message>
    <message>
        <source>{1} is far too large to be a tokenizer.</source>
        <translation>{1} ist viel zu groß für einen Tokenizer.</translation>
    </message>
    <message>
        <source>{1} is far too large to be an adapter.</source>
        <translation>{1} ist viel zu groß für einen Adapter.</translation>
    </message>
    <message>
        <source>{1} is gone, {2} are free again.</source>
        <translation>{1} ist weg, {2} sind wieder frei.</translation>
    </message>
    <message>
        <source>{1} is handed out only to people who accepted its licence.</source>
        <translation>{1} bekommt nur, wer die Lizenz angenommen hat.</translation>
    </message>
    <message>
        <source>{1} is here.</source>
        <translation>{1} ist da.</translation>
    </message>
    <message>
        <source>{1} is in the trash.</source>
        <translation>{1} ist im Papierkorb.</translation>
    </message>
    <message>
        <source>{1} is no LoRA adapter: it has a weight “{2}”.</source>
        <translation>{1} ist kein LoRA-Adapter: Es hat ein Gewicht „{2}“.</translation>
    </message>
    <message>
        <source>{1} is no file with a model&apos;s weights.</source>
        <translation>{1} ist keine Datei mit Gewichten eines Modells.</translation>
    </message>
    <message>
        <source>{1} is no list of words.</source>
        <translation>{1} ist keine Wortliste.</translation>
    </message>
    <message>
        <source>{1} is no ordinary file</source>
        <translation>{1} ist keine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>{1} is not connected. It is used again when it is back.</source>
        <translation>{1} ist nicht verbunden. Es wird wieder verwendet, wenn es zurück ist.</translation>
    </message>
    <message>
        <source>{1} is not connected: playing on the system&apos;s own output</source>
        <translation>{1} ist nicht verbunden: Wiedergabe über die Ausgabe des Systems</translation>
    </message>
    <message>
        <source>{1} is nothing that Musicapp can use.</source>
        <translation>Mit {1} kann Musicapp nichts anfangen.</translation>
    </message>
    <message>
        <source>{1} is the weights alone; how the model is built stands in its {2}.</source>
        <translation>{1} sind nur die Gewichte; wie das Modell gebaut ist, steht in seiner {2}.</translation>
    </message>
    <message>
        <source>{1} is {2}; it must be from {3} to {4}.</source>
        <translation>{1} ist {2}; erlaubt ist {3} bis {4}.</translation>
    </message>
    <message>
        <source>{1} is {2}; it must be two numbers from {3} to {4}, the smaller one first.</source>
        <translation>{1} ist {2}; nötig sind zwei Zahlen von {3} bis {4}, die kleinere zuerst.</translation>
    </message>
    <message>
        <source>{1} its folder (config.json, model.safetensors, tokenizer.json) at {2}, or choose it with --text-encoder.</source>
        <translation>{1} seinen Ordner (config.json, model.safetensors, tokenizer.json) nach {2} legen oder mit --text-encoder wählen.</translation>
    </message>
    <message>
        <source>{1} left</source>
        <translation>noch {1}</translation>
    </message>
    <message>
        <source>{1} lies in the models folder already.</source>
        <translation>{1} liegt schon im Ordner der Modelle.</translation>
    </message>
    <message>
        <source>{1} makes at most {2}, not {3}.</source>
        <translation>{1} macht höchstens {2}, nicht {3}.</translation>
    </message>
    <message>
        <source>{1} names “{2}”, no file beside it.</source>
        <translation>{1} nennt „{2}“, keine Datei daneben.</translation>
    </message>
    <message>
        <source>{1} needs about {2} of memory, {3}.</source>
        <translation>{1} braucht etwa {2} Speicher, {3}.</translation>
    </message>
    <message>
        <source>{1} needs {2} more, but only {3} are free in {4}.</source>
        <translation>{1} braucht noch {2}, aber in {4} sind nur {3} frei.</translation>
    </message>
    <message>
        <source>{1} needs {2}, but only {3} are free in {4}.</source>
        <translation>{1} braucht {2}, aber in {4} sind nur {3} frei.</translation>
    </message>
    <message>
        <source>{1} of memory for the weights</source>
        <translation>{1} Speicher für die Gewichte</translation>
    </message>
    <message>
        <source>{1} of the queue could not be read.</source>
        <translation>{1} der Warteschlange: nicht lesbar.</translation>
    </message>
    <message>
        <source>{1} of the takes could not be exported.</source>
        <translation>{1} der Takes ließen sich nicht exportieren.</translation>
    </message>
    <message>
        <source>{1} of {2} arrived damaged twice.</source>
        <translation>{1} von {2} kam zweimal beschädigt an.</translation>
    </message>
    <message>
        <source>{1} of {2} takes stay as they are.</source>
        <translation>{1} von {2} Takes bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>{1} on disk beside the original</source>
        <translation>{1} auf der Platte neben dem Original</translation>
    </message>
    <message>
        <source>{1} passages are too many.</source>
        <translation>{1} Abschnitte sind zu viele.</translation>
    </message>
    <message>
        <source>{1} ready</source>
        <translation>{1} bereit</translation>
    </message>
    <message>
        <source>{1} refused to send {2} (error {3}).</source>
        <translation>{1} wollte {2} nicht senden (Fehler {3}).</translation>
    </message>
    <message>
        <source>{1} steps cannot be made.</source>
        <translation>{1} Schritte sind nicht möglich.</translation>
    </message>
    <message>
        <source>{1} takes</source>
        <translation>{1} Takes</translation>
    </message>
    <message>
        <source>{1} takes are</source>
        <translation>{1} Takes</translation>
    </message>
    <message>
        <source>{1} takes are back</source>
        <translation>{1} Takes sind zurück</translation>
    </message>
    <message>
        <source>{1} takes are out of the queue.</source>
        <translation>{1} Takes sind aus der Warteschlange genommen.</translation>
    </message>
    <message>
        <source>{1} takes are the most that can be compared</source>
        <translation>Höchstens {1} Takes lassen sich vergleichen</translation>
    </message>
    <message>
        <source>{1} takes deleted</source>
        <translation>{1} Takes gelöscht</translation>
    </message>
    <message>
        <source>{1} takes make no project.</source>
        <translation>{1} Takes ergeben kein Projekt.</translation>
    </message>
    <message>
        <source>{1} takes of before wait to be made.</source>
        <translation>{1} frühere Takes warten noch.</translation>
    </message>
    <message>
        <source>{1} takes were. Close other programs that use it, then try again.</source>
        <translation>{1} Takes schon. Andere Programme schließen, die ihn benutzen, dann noch einmal versuchen.</translation>
    </message>
    <message>
        <source>{1} was not made by Musicapp and has no settings to bring back.</source>
        <translation>{1} stammt nicht von Musicapp und hat keine Einstellungen zum Zurückholen.</translation>
    </message>
    <message>
        <source>{1} was replaced while it was read.</source>
        <translation>{1} wurde beim Lesen ersetzt.</translation>
    </message>
    <message>
        <source>{1} were not made by Musicapp and have no settings to bring back.</source>
        <translation>{1} stammen nicht von Musicapp und haben keine Einstellungen zum Zurückholen.</translation>
    </message>
    <message>
        <source>{1} would fit.</source>
        <translation>{1} würden passen.</translation>
    </message>
    <message>
        <source>{1}, then try again. The sound itself is there.</source>
        <translation>{1}, dann noch einmal versuchen. Der Klang selbst ist da.</translation>
    </message>
    <message>
        <source>{1}: the most {2} makes</source>
        <translation>{1}: mehr macht {2} nicht</translation>
    </message>
    <message>
        <source>{1}{2} from</source>
        <translation>{1}{2} ab</translation>
    </message>
    <message>
        <source>“musicapp models list” shows the names.</source>
        <translation>„musicapp models list“ zeigt die Namen.</translation>
    </message>
    <message>
        <source>“musicapp models list” shows them.</source>
        <translation>„musicapp models list“ zeigt sie.</translation>
    </message>
    <message>
        <source>“{1}.configs” should be a list of conditions.</source>
        <translation>„{1}.configs“ sollte eine Liste von Bedingungen sein.</translation>
    </message>
    <message>
        <source>“{1}.{2}” is missing from the model&apos;s description.</source>
        <translation>„{1}.{2}“ fehlt in der Beschreibung des Modells.</translation>
    </message>
    <message>
        <source>“{1}{2}” is there already and was left as it is.</source>
        <translation>„{1}{2}“ gibt es schon und blieb, wie es war.</translation>
    </message>
    <message>
        <source>“{1}{2}” is there already; “{3}” is free.</source>
        <translation>„{1}{2}“ gibt es schon; „{3}“ ist frei.</translation>
    </message>
    <message>
        <source>“{1}”</source>
        <translation>„{1}“</translation>
    </message>
    <message>
        <source>“{1}” and the folder of the takes lie in each other.</source>
        <translation>„{1}“ und der Ordner der Takes liegen ineinander.</translation>
    </message>
    <message>
        <source>“{1}” cannot be measured.</source>
        <translation>„{1}“ lässt sich nicht messen.</translation>
    </message>
    <message>
        <source>“{1}” cannot be opened: {2}.</source>
        <translation>„{1}“ lässt sich nicht öffnen: {2}.</translation>
    </message>
    <message>
        <source>“{1}” cannot be read as a source.</source>
        <translation>„{1}“ lässt sich nicht als Vorlage lesen.</translation>
    </message>
    <message>
        <source>“{1}” cannot be read.</source>
        <translation>„{1}“ lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>“{1}” cannot be read: {2}.</source>
        <translation>„{1}“ lässt sich nicht lesen: {2}.</translation>
    </message>
    <message>
        <source>“{1}” cannot be the name of a condition.</source>
        <translation>„{1}“ kann nicht der Name einer Bedingung sein.</translation>
    </message>
    <message>
        <source>“{1}” cannot be the name of a file.</source>
        <translation>„{1}“ kann nicht der Name einer Datei sein.</translation>
    </message>
    <message>
        <source>“{1}” cannot be the name of a model.</source>
        <translation>„{1}“ kann nicht der Name eines Modells sein.</translation>
    </message>
    <message>
        <source>“{1}” cannot be understood: {2}.</source>
        <translation>„{1}“ ist nicht zu verstehen: {2}.</translation>
    </message>
    <message>
        <source>“{1}” could not be deleted: {2}.</source>
        <translation>„{1}“ ließ sich nicht löschen: {2}.</translation>
    </message>
    <message>
        <source>“{1}” could not be moved: {2}.</source>
        <translation>„{1}“ ließ sich nicht verschieben: {2}.</translation>
    </message>
    <message>
        <source>“{1}” could not be removed.</source>
        <translation>„{1}“ ließ sich nicht entfernen.</translation>
    </message>
    <message>
        <source>“{1}” could not be written.</source>
        <translation>„{1}“ ließ sich nicht schreiben.</translation>
    </message>
    <message>
        <source>“{1}” exists already.</source>
        <translation>„{1}“ gibt es schon.</translation>
    </message>
    <message>
        <source>“{1}” has no settings of Musicapp in it.</source>
        <translation>„{1}“ hat keine Einstellungen von Musicapp.</translation>
    </message>
    <message>
        <source>“{1}” has no sound in it.</source>
        <translation>„{1}“ hat keinen Klang.</translation>
    </message>
    <message>
        <source>“{1}” has {2} channels, not {3} any more.</source>
        <translation>„{1}“ hat {2} Kanäle, nicht mehr {3}.</translation>
    </message>
    <message>
        <source>“{1}” has {2} channels; takes have one or two.</source>
        <translation>„{1}“ hat {2} Kanäle; Takes haben einen oder zwei.</translation>
    </message>
    <message>
        <source>“{1}” holds no sound any more.</source>
        <translation>„{1}“ hat keinen Klang mehr.</translation>
    </message>
    <message>
        <source>“{1}” holds samples that are no numbers.</source>
        <translation>„{1}“ hat Samples, die keine Zahlen sind.</translation>
    </message>
    <message>
        <source>“{1}” in the model&apos;s description should be a section.</source>
        <translation>„{1}“ in der Beschreibung des Modells sollte ein Abschnitt sein.</translation>
    </message>
    <message>
        <source>“{1}” is a folder.</source>
        <translation>„{1}“ ist ein Ordner.</translation>
    </message>
    <message>
        <source>“{1}” is being fetched.</source>
        <translation>„{1}“ wird gerade heruntergeladen.</translation>
    </message>
    <message>
        <source>“{1}” is being made right now.</source>
        <translation>„{1}“ entsteht gerade.</translation>
    </message>
    <message>
        <source>“{1}” is far larger than any model&apos;s.</source>
        <translation>„{1}“ ist viel größer als bei jedem Modell.</translation>
    </message>
    <message>
        <source>“{1}” is gone.</source>
        <translation>„{1}“ ist weg.</translation>
    </message>
    <message>
        <source>“{1}” is no longer there.</source>
        <translation>„{1}“ ist nicht mehr da.</translation>
    </message>
    <message>
        <source>“{1}” is no model.</source>
        <translation>„{1}“ ist kein Modell.</translation>
    </message>
    <message>
        <source>“{1}” is no name of a model.</source>
        <translation>„{1}“ ist kein Name eines Modells.</translation>
    </message>
    <message>
        <source>“{1}” is no number of bars.</source>
        <translation>„{1}“ ist keine Zahl von Takten.</translation>
    </message>
    <message>
        <source>“{1}” is no path on this computer.</source>
        <translation>„{1}“ ist kein Pfad auf diesem Computer.</translation>
    </message>
    <message>
        <source>“{1}” is no way to denoise.</source>
        <translation>„{1}“ ist kein Verfahren zum Entrauschen.</translation>
    </message>
    <message>
        <source>“{1}” is not a device.</source>
        <translation>„{1}“ ist kein Gerät.</translation>
    </message>
    <message>
        <source>“{1}” is not a length of time.</source>
        <translation>„{1}“ ist keine Zeitlänge.</translation>
    </message>
    <message>
        <source>“{1}” is not a precision.</source>
        <translation>„{1}“ ist keine Genauigkeit.</translation>
    </message>
    <message>
        <source>“{1}” is not a quality.</source>
        <translation>„{1}“ ist keine Qualität.</translation>
    </message>
    <message>
        <source>“{1}” is not a seed.</source>
        <translation>„{1}“ ist kein Seed.</translation>
    </message>
    <message>
        <source>“{1}” is not in “{2}”.</source>
        <translation>„{1}“ ist nicht in „{2}“.</translation>
    </message>
    <message>
        <source>“{1}” is not the sound any more that this take starts from.</source>
        <translation>„{1}“ ist nicht mehr der Klang, mit dem dieser Take beginnt.</translation>
    </message>
    <message>
        <source>“{1}” is silent.</source>
        <translation>„{1}“ ist still.</translation>
    </message>
    <message>
        <source>“{1}” is too short to start from.</source>
        <translation>„{1}“ ist zu kurz, um damit zu beginnen.</translation>
    </message>
    <message>
        <source>“{1}” is {2}, not {3}.</source>
        <translation>„{1}“ ist {2}, nicht {3}.</translation>
    </message>
    <message>
        <source>“{1}” lasts {2}; a source may last {3}.</source>
        <translation>„{1}“ dauert {2}; eine Vorlage darf {3} dauern.</translation>
    </message>
    <message>
        <source>“{1}” leads nowhere.</source>
        <translation>„{1}“ führt nirgendwohin.</translation>
    </message>
    <message>
        <source>“{1}” ships with the app and stays.</source>
        <translation>„{1}“ wird mit der App geliefert und bleibt.</translation>
    </message>
    <message>
        <source>“{1}” should be a list.</source>
        <translation>„{1}“ sollte eine Liste sein.</translation>
    </message>
    <message>
        <source>“{1}” was changed since it was opened.</source>
        <translation>„{1}“ wurde geändert, seit die Datei geöffnet wurde.</translation>
    </message>
    <message>
        <source>“{1}” was not measured to its end.</source>
        <translation>„{1}“ wurde nicht bis zum Ende gemessen.</translation>
    </message>
    <message>
        <source>“{1}” would be too large here.</source>
        <translation>„{1}“ würde hier zu groß.</translation>
    </message>
</context>
</TS>
