"""A scheduled task of the user for Windows (the Task Scheduler's schema 1.2)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from searcher.home import Home
from ui.autostart.plan import Plan

NAME = "searcher"


def plan(home: Home, arguments: list[str]) -> Plan:
    file = home.service_task
    return Plan(
        system="Task Scheduler",
        files={file: task(arguments)},
        install=(
            ("schtasks", "/Create", "/F", "/TN", NAME, "/XML", str(file)),
            ("schtasks", "/Run", "/TN", NAME),
        ),
        start=(("schtasks", "/Run", "/TN", NAME),),
        stop=(("schtasks", "/End", "/TN", NAME),),
        uninstall=(("schtasks", "/End", "/TN", NAME), ("schtasks", "/Delete", "/F", "/TN", NAME)),
        encoding="utf-16",
    )


def task(arguments: list[str]) -> str:
    """Started at logon, without a window, also on battery (the settings decide whether indexing rests then),
    for as long as it likes, three times more after a failure. Priority 7 is below normal."""
    program, *rest = arguments
    program = _windowless(program)
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Semantic search over your own files</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(rest))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def _windowless(program: str) -> str:
    """Python without a console window, where it lies beside the other."""
    other = Path(program).with_name("pythonw.exe")
    return str(other) if program.lower().endswith("python.exe") and other.exists() else program
