"""What each picture shows: how the program is started, and the steps that lead to the screen.

A step is a key as tmux names it, `Text(...)` to type, `Pause(...)` to wait, or `Until(...)`, a pattern
the screen has to show before the next step. When the steps are done the screen has to come to rest.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Until:
    pattern: str


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Scene:
    name: str
    steps: tuple = ()
    size: tuple = (100, 30)
    options: tuple = ()
    variables: dict = field(default_factory=dict)
    palette: str = "dark"


# The tab of the screen that is shown stands in brackets.
OVERVIEW = Until(r"\[1 Overview\]")
FINDINGS = (OVERVIEW, "2", Until(r"\[2 Findings\]"))
CHECKLIST = (OVERVIEW, "5", Until(r"\[5 Checklist\]"))
SMALL, LARGE = (80, 24), (200, 60)
# Three marked findings, their plan, tried and about to be applied.
MARKED = (*FINDINGS, "Space", "j", "Space", "j", "j", "Space")
CLEANUP = (*MARKED, "6", Until(r"\[6 Cleanup\]"))
CONFIRM = (*CLEANUP, "D", Until(r"dry run passed"), "A", Until(r"Apply the plan"))
# The dialog takes no key at first, so that none typed before it counts.
PHRASE = (Pause(1.0), Text("delete 2 and change 1 in acme-sandbox"), Until(r"Enter begins"), "Enter")

SCENES = [
    Scene("overview", (OVERVIEW,)),
    Scene("overview-80x24", (OVERVIEW,), SMALL),
    Scene("overview-200x60", (OVERVIEW,), LARGE),
    Scene("overview-light", (OVERVIEW,), options=("--theme", "light"), palette="light"),
    Scene("overview-mono", (OVERVIEW,), variables={"NO_COLOR": "1"}),
    Scene("findings", FINDINGS),
    Scene("findings-80x24", FINDINGS, SMALL),
    Scene("findings-200x60", FINDINGS, LARGE),
    Scene("findings-detail", (*FINDINGS, "j", "Enter")),
    Scene("score", (*FINDINGS, "j", "w")),
    Scene("filter", (*FINDINGS, "/", Text("cost>20 region:us"))),
    Scene("marks", MARKED),
    Scene("quotas", (OVERVIEW, "3", Until(r"\[3 Quotas\]"))),
    Scene("bill", (OVERVIEW, "4", Until(r"\[4 Bill\]"))),
    Scene("checklist", (*CHECKLIST, "j")),
    Scene("checklist-billing", (*CHECKLIST, "Tab", "Tab", "z")),
    Scene("cleanup", CLEANUP),
    Scene("confirm", CONFIRM),
    Scene("apply", (*CONFIRM, *PHRASE, Until(r"4 of 4 steps"))),
    Scene("journal", (*CONFIRM, *PHRASE, Until(r"4 of 4 steps"), "7", Until(r"\[7 Journal\]"))),
    Scene("coverage", (OVERVIEW, "8", Until(r"\[8 Coverage\]"))),
    Scene("help", (*FINDINGS, "?")),
    Scene("palette", (*FINDINGS, ":", Text("mark"))),
]
