; The installer for Windows, made by Inno Setup 6: iscc /DVersion=0.1.0 packaging\windows.iss
; Before it: python dev bundle. The result lies in dist\Musicapp-VERSION-setup.exe.
; For one user without an administrator's rights, or for all with them; the person who installs chooses.

#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0 packaging\windows.iss
#endif

[Setup]
; AppId tells an update from another program: it must never change.
AppId={{6C1B7C0E-5B8B-4C8C-9B35-2C7F1B6C8D11}
AppName=Musicapp
AppVersion={#Version}
AppPublisher=The Musicapp project
DefaultDirName={autopf}\Musicapp
DefaultGroupName=Musicapp
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
ChangesAssociations=yes
CloseApplications=yes
Compression=lzma2/normal
SolidCompression=yes
LicenseFile=..\LICENSE
SetupIconFile=..\build\musicapp.ico
UninstallDisplayIcon={app}\musicapp.exe
OutputDir=..\dist
OutputBaseFilename=Musicapp-{#Version}-setup
WizardStyle=modern

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
Name: "german"; MessagesFile: "compiler:Languages\German.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; Libraries of the version before, which the new one may not have any more.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\dist\Musicapp\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{group}\Musicapp"; Filename: "{app}\musicapp.exe"
Name: "{autodesktop}\Musicapp"; Filename: "{app}\musicapp.exe"; Tasks: desktopicon

[Registry]
; Offered under "Open with" for sounds, whose tags hold a take's settings; never made the first choice.
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Musicapp"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\shell\open\command"; ValueType: string; ValueData: """{app}\musicapp.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\SupportedTypes"; ValueType: string; ValueName: ".wav"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\SupportedTypes"; ValueType: string; ValueName: ".flac"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\SupportedTypes"; ValueType: string; ValueName: ".ogg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\SupportedTypes"; ValueType: string; ValueName: ".opus"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\musicapp.exe\SupportedTypes"; ValueType: string; ValueName: ".mp3"; ValueData: ""
; `musicapp` in Windows' Run box and in "start musicapp".
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\musicapp.exe"; ValueType: string; ValueData: "{app}\musicapp.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\musicapp.exe"; Description: "{cm:LaunchProgram,Musicapp}"; Flags: nowait postinstall skipifsilent
