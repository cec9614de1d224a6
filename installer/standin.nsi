; A tiny Windows program that stands in for EvalAssist where no Windows is, so that the setup's logic can be tried out.
; It tells what it is, in a window or, silent, in a file beside it. With /WAIT it stays open.
Unicode true
Target amd64-unicode
Name "EvalAssist"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
!include FileFunc.nsh
!include LogicLib.nsh
Section
  ${GetParameters} $0
  ${If} $0 == "/WAIT"
    Sleep 20000
  ${EndIf}
  MessageBox MB_OK "This is not EvalAssist but a stand-in, by which its setup is tried out. The real setup is built on Windows." /SD IDOK
  FileOpen $1 "$EXEDIR\stand-in-ran.txt" w
  FileWrite $1 "${VERSION}"
  FileClose $1
SectionEnd
