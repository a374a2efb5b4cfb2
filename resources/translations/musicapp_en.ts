<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n more wait and are kept for the next start.</source>
        <translation>
            <numerusform>One more waits and is kept for the next start.</numerusform>
            <numerusform>%n more wait and are kept for the next start.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tags of %n takes</source>
        <translation>
            <numerusform>Tags of one take</numerusform>
            <numerusform>Tags of %n takes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n takes</source>
        <translation>
            <numerusform>One take</numerusform>
            <numerusform>%n takes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n adapters</source>
        <translation>
            <numerusform>1 adapter</numerusform>
            <numerusform>%n adapters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>1 waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>1 failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n samples go beyond full scale; the export is lowered so that none does.</source>
        <translation>
            <numerusform>1 sample goes beyond full scale; the export is lowered so that it does not.</numerusform>
            <numerusform>%n samples go beyond full scale; the export is lowered so that none does.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>1 step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ableton Link: %n other program(s), {bpm} bpm</source>
        <translation>
            <numerusform>Ableton Link: %n other program, {bpm} bpm</numerusform>
            <numerusform>Ableton Link: %n other programs, {bpm} bpm</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n channels</source>
        <translation>
            <numerusform>1 channel</numerusform>
            <numerusform>%n channels</numerusform>
        </translation>
    </message>
</context>
</TS>
