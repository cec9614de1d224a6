; The setup for Windows. windows.py compiles it: makensis -DVERSION=0.1.0 -DSTAGED=folder -DFILES=list -DOUT=setup.exe ...
; Silent: setup.exe /S [/CurrentUser | /AllUsers] [/D=C:\folder without quotes, last].
; Exit codes: 0 done; 2 not installed because of a fault; 3 a newer version is installed; 4 EvalAssist is open.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetDateSave off
ManifestDPIAware true

!define NAME "EvalAssist"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

!define MULTIUSER_MUI
!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_INSTALLMODE_DEFAULT_CURRENTUSER
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "${NAME}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallLocation"

!include MultiUser.nsh
!include MUI2.nsh
!include LogicLib.nsh
!include WordFunc.nsh
!include x64.nsh
!include "${FILES}"

Name "${NAME}"
OutFile "${OUT}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "Setup of ${NAME}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\EvalAssist.exe"
!define MUI_FINISHPAGE_RUN_NOTCHECKED
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!macro REFUSE CODE WORDS
  MessageBox MB_OK|MB_ICONSTOP "${WORDS}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend

; The program cannot be written to while it runs.
!macro REFUSE_WHILE_OPEN
  ${If} ${FileExists} "$INSTDIR\EvalAssist.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\EvalAssist.exe" a
    ${If} ${Errors}
      !insertmacro REFUSE 4 "EvalAssist is open, or you may not change it here. Close it in every window, then try again. Nothing was changed."
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; What is ours, and only that: never the folder itself, which may be one that holds other things.
; The records lie in %LOCALAPPDATA%\EvalAssist and are not touched.
!macro REMOVE_PROGRAM
  Delete "$INSTDIR\EvalAssist.exe"
  Delete "$INSTDIR\evalassist-command.exe"
  RMDir /r "$INSTDIR\_internal"
!macroend

; What an administrator fixes for all (managed.toml) is read from here: Users may read it, and only administrators write.
; The folder stays when the program is removed.
!macro CLOSE_MANAGED
  CreateDirectory "$APPDATA\${NAME}"
  nsExec::Exec '"$SYSDIR\icacls.exe" "$APPDATA\${NAME}" /setowner *S-1-5-32-544 /T'
  Pop $0
  nsExec::Exec '"$SYSDIR\icacls.exe" "$APPDATA\${NAME}" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX'
  Pop $1
  ${If} "$0$1" != "00"
    DetailPrint "Close $APPDATA\${NAME} by hand: only administrators should write there."
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    !insertmacro REFUSE 2 "EvalAssist needs a 64-bit Windows."
  ${EndIf}
  !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section
  ReadRegStr $1 SHCTX "${KEY}" "DisplayVersion"
  ${If} $1 != ""
    ${VersionCompare} "$1" "${VERSION}" $2
    ${If} $2 == 1
      !insertmacro REFUSE 3 "EvalAssist $1 is installed, which is newer than ${VERSION}. Older versions may not understand its records, so nothing was changed."
    ${EndIf}
  ${EndIf}
  !insertmacro REFUSE_WHILE_OPEN
  ${If} ${FileExists} "$INSTDIR\EvalAssist.exe" ; an upgrade: no file of the former version may stay
    !insertmacro REMOVE_PROGRAM
  ${EndIf}
  ClearErrors
  !insertmacro INSTALL_FILES
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  ${If} ${Errors}
    !insertmacro REFUSE 2 "Not all files could be written to $INSTDIR. Free some space or choose another folder, then start the setup again."
  ${EndIf}
  ${If} $MultiUser.InstallMode == "AllUsers"
    !insertmacro CLOSE_MANAGED
  ${EndIf}
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\EvalAssist.exe"
  WriteRegStr SHCTX "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\EvalAssist.exe"
  WriteRegStr SHCTX "${KEY}" "Publisher" "EvalAssist maintainers"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S /$MultiUser.InstallMode'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro REFUSE_WHILE_OPEN
  !insertmacro REMOVE_PROGRAM
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR" ; stays when something else lies in it
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey SHCTX "${KEY}"
SectionEnd
